"""All exhibits, by their ids; rooms are entered on demand."""

from __future__ import annotations

import importlib
from functools import cache

from gradcheck.audit.museum.exhibits import Exhibit
from gradcheck.errors import SelectionError, did_you_mean
from gradcheck.spec.definitions import kept_out

_ROOMS = (
    "elementwise",
    "reductions",
    "losses",
    "linalg",
    "normalization",
    "layers",
    "windows",
    "sequences",
    "arrays",
    "first_mistakes",
)


@cache
def exhibits() -> tuple[Exhibit, ...]:
    """Return all exhibits, ordered by id: released mistakes first, then typical ones."""
    with kept_out():
        rooms = [importlib.import_module(f"gradcheck.audit.museum.rooms.{name}") for name in _ROOMS]
    objects = (value for room in rooms for value in vars(room).values())
    return tuple(sorted((e for e in objects if isinstance(e, Exhibit)), key=_order))


def exhibit(key: str) -> Exhibit:
    """Return the exhibit of that id, in upper or lower case.

    Raises:
        SelectionError: if there is none; it names the nearest one.
    """
    known = {e.id: e for e in exhibits()}
    if key.upper() not in known:
        raise SelectionError(
            f"There is no exhibit {key!r}.{_meant(key, known)} "
            f"'gradcheck museum' lists all {len(known)}."
        )
    return known[key.upper()]


def _meant(key: str, known: dict[str, Exhibit]) -> str:
    """Name the exhibit of the nearest number, or of that op."""
    named = [e.id for e in known.values() if e.op == key]
    if named:
        return f" {key!r} is {named[0]}."
    row = [other for other in known if other.startswith(key[:1].upper())]
    if not (row and key[1:].isdecimal()):
        return did_you_mean(key.upper(), known)
    nearest = min(row, key=lambda other: abs(int(other[1:]) - int(key[1:])))
    return f" Did you mean '{nearest}'?"


def _order(exhibit: Exhibit) -> tuple[str, int]:
    return exhibit.id[0], int(exhibit.id[1:])
