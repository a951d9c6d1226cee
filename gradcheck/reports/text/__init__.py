"""Numbers, words and code as text."""
