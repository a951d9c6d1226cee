"""What an op is called with."""
