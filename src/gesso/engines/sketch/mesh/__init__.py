"""A mesh from pictures of a thing: silhouettes, hull, surface, atlas, textures, and the files that carry them."""
