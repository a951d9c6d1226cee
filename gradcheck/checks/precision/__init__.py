"""Checks of gradients in short dtypes."""
