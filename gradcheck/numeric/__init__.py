"""A derivative along a path, with its error bar."""
