"""Whose code a file holds: gradcheck's own, or that of an op."""

from __future__ import annotations

from pathlib import Path

PACKAGE = Path(__file__).parents[1]
# Ops that are shipped are code under test, wherever they lie.
_OPS = (PACKAGE / "ops", PACKAGE / "audit" / "museum" / "rooms")


def is_own(file: str) -> bool:
    """Whether a file is part of gradcheck and holds no ops."""
    path = Path(file)
    return path.is_relative_to(PACKAGE) and not any(path.is_relative_to(ops) for ops in _OPS)
