"""The command line; NumPy, Hypothesis and rich wait for a command."""
