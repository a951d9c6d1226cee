"""Text that came from elsewhere (names, docstrings, messages), made safe to print."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gradcheck.spec.binding import Location


def visible(text: str) -> str:
    """Write control characters and line breaks as escapes."""
    return "".join(c if c.isprintable() else _escape(c) for c in text)


def block(text: str) -> str:
    """Write control characters as escapes, but keep line breaks; tabs become blanks."""
    return "\n".join(visible(line) for line in text.expandtabs(4).split("\n"))


def place(location: Location) -> str:
    """Return "file:line", relative to the current directory where that is below it."""
    file = location.file
    try:
        relative = os.path.relpath(file)
    except ValueError:  # another drive
        relative = file
    below = os.path.isabs(file) and not relative.startswith(os.pardir)  # noqa: PTH117 - a string in, a string out
    return visible(f"{relative if below else file}:{location.line}")


def _escape(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")
