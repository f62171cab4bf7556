"""Moving pictures: clips in and out, and what makes a picture or a scene move."""
