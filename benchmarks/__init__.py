"""Speed as ratios to something bare, measured the same way on the same machine. See ``registry.py``."""
