"""Files written whole or not at all."""

from __future__ import annotations

import contextlib
import os
import stat
from pathlib import Path


def obstacle(path: Path) -> str:
    """Say why a file cannot be written, or nothing; touch nothing."""
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


def write(path: Path, content: bytes) -> None:
    """Write a file in one step; folders that are missing are made.

    A link stays a link and a file keeps its mode. A device or a pipe cannot be replaced:
    it is written to.

    Raises:
        OSError: if that cannot be done; what was there before then still is. It may name
            a temporary file: its `strerror` says why, the caller knows which file was meant.
        ValueError: if the path is none, having a null character in it.
    """
    if path.exists() and not path.is_file():
        path.write_bytes(content)
        return
    target = Path(os.path.realpath(path))
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = target.with_name(f".gradcheck-{os.urandom(8).hex()}.tmp")
    try:
        with unfinished.open("xb") as file:
            file.write(content)
        if target.exists():
            unfinished.chmod(stat.S_IMODE(target.stat().st_mode))
        unfinished.replace(target)
    except BaseException:
        with contextlib.suppress(OSError):
            unfinished.unlink()
        raise
