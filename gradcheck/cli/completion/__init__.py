"""Completion of names in a shell."""
