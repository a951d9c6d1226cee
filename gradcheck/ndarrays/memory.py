"""Whether two arrays hold the same bytes, and whether they share them."""

from __future__ import annotations

import numpy as np

from gradcheck.ndarrays.types import Array

_SMALL = 2**20  # arbitrary, it is memory only: bytes copied to be compared
_OVERLAP_WORK = 10_000  # arbitrary: candidates for a shared element; slices need one or two


def same_bytes(a: Array, b: Array) -> bool:
    """Whether two arrays hold the same bytes: -0.0 is not 0.0."""
    if a.shape != b.shape or a.dtype != b.dtype:
        return False
    if a.nbytes <= _SMALL:
        return a.tobytes() == b.tobytes()
    if a.dtype.kind == "c":
        return same_bytes(a.real, b.real) and same_bytes(a.imag, b.imag)
    if a.ndim > 1 and not (a.flags.c_contiguous and b.flags.c_contiguous):
        return all(map(same_bytes, a, b))  # a slice at a time: only that much is copied
    whole = np.dtype(f"u{a.dtype.itemsize}")
    return np.array_equal(np.ascontiguousarray(a).view(whole), np.ascontiguousarray(b).view(whole))


def overlap(a: Array, b: Array) -> bool:
    """Whether writing to one of two arrays can change the other."""
    if not (np.may_share_memory(a, b) and a.flags.writeable and b.flags.writeable):
        return False
    try:
        return bool(np.shares_memory(a, b, max_work=_OVERLAP_WORK))  # type: ignore[arg-type]
    except np.exceptions.TooHardError:
        return False
