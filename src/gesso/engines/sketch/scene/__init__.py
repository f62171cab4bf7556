"""Places drawn by rule: sky, land, water, towns, rooms, space, and the weather in them. `paint` makes the stage that subjects stand on."""
