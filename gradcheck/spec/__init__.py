"""What an op is, and where it comes from."""
