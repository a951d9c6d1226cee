"""One case judged."""
