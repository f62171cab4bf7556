"""The places: land, water, towns, rooms, skies, their light and weather."""
