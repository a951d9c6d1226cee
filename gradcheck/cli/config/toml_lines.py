"""Lines of keys in a TOML file, which `tomllib` does not tell."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence

# Both bound the cost: each trial parses up to a whole file. Arbitrary: a configuration has a few
# dozen lines, and a name stands in a few of them; beyond, a message goes without its line.
MOST_LINES = 1000  # arbitrary: 10 times what a large configuration has
_MOST_TRIALS = 40  # arbitrary: at 1000 lines that is 0.1 s


def line_of(text: str, path: Sequence[str]) -> int:
    """The line of a key or table, from 1; 0 if unknown.

    No second parser: it is the first line that holds the key's name before which the file
    does not have the key, and with which, or soon after which, it does.

    Args:
        text: a whole file that can be parsed.
        path: the tables and the key, ("tool", "gradcheck", "cases").
    """
    lines = text.splitlines()
    if not path or len(lines) > MOST_LINES:
        return 0
    name = path[-1]
    for place in [i for i, line in enumerate(lines) if name in line][:_MOST_TRIALS]:
        before = _has(lines[:place], path)
        if before is False and _first_parsed(lines, place, path):
            return place + 1
    return 0


def _first_parsed(lines: list[str], place: int, path: Sequence[str]) -> bool:
    """Whether the shortest valid beginning with a line has the key."""
    for end in range(place + 1, min(len(lines), place + _MOST_TRIALS) + 1):
        known = _has(lines[:end], path)
        if known is not None:
            return known
    return False


def _has(lines: list[str], path: Sequence[str]) -> bool | None:
    """Whether these lines have a key; None if they do not parse."""
    try:
        table: object = tomllib.loads("\n".join(lines) + "\n")
    except tomllib.TOMLDecodeError:
        return None
    for part in path:
        if not isinstance(table, dict) or part not in table:
            return False
        table = table[part]
    return True
