"""Sizes of memory in words."""

from __future__ import annotations

import re

from gradcheck.errors import SettingsError

_UNITS = {"": 1, "K": 2**10, "M": 2**20, "G": 2**30, "T": 2**40}
_SIZE = re.compile(r"\s*(\d{1,12}(?:\.\d{1,6})?)\s*([KMGT]?)(?:i?B)?\s*", re.IGNORECASE)


def parsed_size(text: str) -> int:
    """The bytes of a size in words; units are powers of 1024.

    Raises:
        SettingsError: if it is none, or 0.
    """
    match = _SIZE.fullmatch(text)
    size = int(float(match[1]) * _UNITS[match[2].upper()]) if match else 0
    if not size:
        raise SettingsError(f"{text!r} is no size of memory; write 512M or 2G.")
    return size


def written_size(size: int) -> str:
    """A size as `parsed_size` reads it, in the largest whole unit."""
    unit = next(unit for unit in reversed(_UNITS) if size % _UNITS[unit] == 0)
    return f"{size // _UNITS[unit]}{unit}"


def said_size(size: int) -> str:
    """A size in words, "1.5 GiB"."""
    value, unit = float(size), "bytes"
    for larger in ("KiB", "MiB", "GiB", "TiB"):
        if value < 1024:
            break
        value, unit = value / 1024, larger
    return f"{value:.4g} {unit}"
