"""Numbers that differ, written so that it shows."""

from __future__ import annotations

from typing import Any

_MOST = 17  # derived: as many digits tell any two float64 apart


def apart(*values: Any, digits: int = 7) -> tuple[str, ...]:
    """Write numbers in equally many digits, as few as tell them apart.

    Args:
        values: real or complex; long doubles may take more digits than float64.
        digits: significant digits to begin with.
    """
    different = len(set(values))
    for most in range(digits, _MOST + 1):
        texts = tuple(f"{value:.{most}g}" for value in values)
        if len(set(texts)) >= different:
            return texts
    return tuple(map(str, values))
