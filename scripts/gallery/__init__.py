"""The gallery: every endpoint's own example, made by the embedded engine and kept small."""
