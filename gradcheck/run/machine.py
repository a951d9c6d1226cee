"""The share of the machine that this process may use."""

from __future__ import annotations

import os


def processors() -> int:
    """The number of processors, at least 1."""
    allowed = getattr(os, "sched_getaffinity", None)  # not on macOS and Windows
    return len(allowed(0)) if allowed else os.cpu_count() or 1
