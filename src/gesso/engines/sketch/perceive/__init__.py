"""What is in a picture: faces, people, things; small open networks with their pre- and post-processing."""
