"""What is checked besides the value of a gradient: a module each."""
