"""Edits of a given picture: what an instruction asks, where in the picture, and how it is done."""
