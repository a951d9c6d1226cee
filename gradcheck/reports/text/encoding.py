"""Reports as bytes and files, whatever characters they hold."""

from __future__ import annotations

from pathlib import Path

from gradcheck.results import atomic


def write(path: Path, text: str) -> None:
    """Write a report in one step, making missing folders.

    Raises:
        OSError: if that cannot be done; what was there before then still is.
    """
    atomic.write(path, encoded(text))


def encoded(text: str) -> bytes:
    """Return UTF-8; half a surrogate pair becomes an escape."""
    return text.encode("utf-8", "backslashreplace")
