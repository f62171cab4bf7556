"""A LoRA from examples: reading the archive, a small video transformer, its training, the files that come of it."""
