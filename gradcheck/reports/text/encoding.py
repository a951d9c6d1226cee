"""Reports in files: whatever an op's name or message holds, there are bytes for it."""

from __future__ import annotations

from pathlib import Path

from gradcheck.results import atomic


def write(path: Path, text: str) -> None:
    """Write a report to a file, in one step; folders that are missing are made.

    Raises:
        OSError: if that cannot be done; what was there before then still is.
    """
    atomic.write(path, encoded(text))


def encoded(text: str) -> bytes:
    """Return a document in UTF-8; half a surrogate pair, which has no bytes, as an escape."""
    return text.encode("utf-8", "backslashreplace")
