"""Checks besides the value of a gradient: one module each."""
