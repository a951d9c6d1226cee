"""What this process may use of the machine that it runs on."""

from __future__ import annotations

import os


def processors() -> int:
    """How many processors this process may use, at least 1."""
    allowed = getattr(os, "sched_getaffinity", None)  # not on macOS and Windows
    return len(allowed(0)) if allowed else os.cpu_count() or 1
