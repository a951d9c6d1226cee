"""From specs to results."""
