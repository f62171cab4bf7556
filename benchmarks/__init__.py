"""One script per claim: each runs the peer, or the limit, and Gesso in one run, and writes what it measured."""
