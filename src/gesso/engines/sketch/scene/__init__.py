"""Places drawn by rule: sky, land, water, towns, rooms, space, and the weather in them."""
