"""What runs leave behind, and what is done with it later."""
