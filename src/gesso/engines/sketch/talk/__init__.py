"""Faces that speak: the shape of a mouth over time, and a picture warped to it."""
