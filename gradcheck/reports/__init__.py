"""Renderers: text from results. Only they import rich."""
