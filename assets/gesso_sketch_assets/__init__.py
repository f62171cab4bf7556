"""Data of Gesso's embedded engine: small open networks, sprites, words, fonts. `assets.toml` tells where each is from."""
