"""Renderers: they turn results into text and decide nothing. rich is imported here only."""
