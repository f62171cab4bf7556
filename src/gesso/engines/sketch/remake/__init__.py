"""The parts that make a video out of a video: motion, what is carried along it, what lies outside the frame."""
