"""Data of Gesso's embedded engine: networks, sprites, words, fonts. `assets.toml` tells where each comes from."""
