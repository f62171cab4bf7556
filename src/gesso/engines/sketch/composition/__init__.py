"""Where things stand: subjects on the ground of a scene, from sprites and drawings."""
