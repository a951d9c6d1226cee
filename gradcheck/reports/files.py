"""Files that reports are written to: whether that can be done, and doing it in one step."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
from pathlib import Path


def obstacle(path: Path) -> str:
    """Say why a file cannot be written, or nothing if it can; nothing is changed on disk."""
    if path.is_dir():
        return f"{path} is a folder; name a file in it"
    if path.exists():
        return "" if os.access(path, os.W_OK) else f"{path} is there and may not be written to"
    parent = next(p for p in path.absolute().parents if p.exists())
    if not parent.is_dir():
        return f"{parent} is a file, so nothing can be put below it"
    if not os.access(parent, os.W_OK | os.X_OK):
        return f"nothing may be written to the folder {parent}"
    return ""


def write(path: Path, text: str) -> None:
    """Write a file so that nobody ever sees half of it; folders that are missing are made.

    Raises:
        OSError: if that cannot be done; what was there before then still is.
    """
    target = path.resolve()  # a link stays a link
    if target.exists() and not target.is_file():  # a device or a pipe cannot be replaced
        target.write_bytes(encoded(text))
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = target.with_name(f".gradcheck-{secrets.token_hex(8)}.tmp")
    try:
        with unfinished.open("xb") as file:
            file.write(encoded(text))
        if target.exists():
            shutil.copymode(target, unfinished)
        unfinished.replace(target)
    except BaseException:
        with contextlib.suppress(OSError):
            unfinished.unlink()
        raise


def encoded(text: str) -> bytes:
    """Return a document in UTF-8; half a surrogate pair, which has no bytes, as an escape."""
    return text.encode("utf-8", "backslashreplace")
