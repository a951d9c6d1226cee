"""Long tables of tests, of which a few rows are quick and all are run in CI."""

import pytest


def sampled(rows, every):
    """All rows, of which every n-th is quick and the others are marked slow."""
    return [
        row if i % every == 0 else pytest.param(*_values(row), marks=pytest.mark.slow)
        for i, row in enumerate(rows)
    ]


def _values(row):
    return row if isinstance(row, tuple) else (row,)
