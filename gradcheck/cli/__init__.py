"""The command line. Nothing in here imports NumPy, Hypothesis or rich before a command runs."""
