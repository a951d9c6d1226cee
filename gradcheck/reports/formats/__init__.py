"""Reports in formats that other programs read."""
