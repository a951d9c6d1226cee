"""The list of properties: checks besides the value of a gradient.

A property is a plain function of a trial. The docstring of its module is what
`gradcheck explain` prints: what it checks, why, and a real bug that it finds.

Properties that are checked always look at what a case returned anyway. The others call
the op again, so each case checks a few of them in turn; `Case.turn` says which, and 0
stands for all.
"""

from __future__ import annotations

import importlib
from functools import cache

from gradcheck.checks.properties.property import Property
from gradcheck.errors import SelectionError, did_you_mean, listing
from gradcheck.spec.property_names import NAMES


@cache
def property_of(name: str) -> Property:
    """Return the property of that name.

    Raises:
        SelectionError: if there is none.
    """
    if name not in NAMES:
        raise SelectionError(
            f"There is no property {name!r}; there are {listing(NAMES)}.{did_you_mean(name, NAMES)}"
        )
    checked: Property = importlib.import_module(f"gradcheck.checks.properties.{name}").PROPERTY
    return checked


@cache
def properties() -> tuple[Property, ...]:
    """All properties, in the order in which they are checked."""
    return tuple(map(property_of, NAMES))


@cache
def due(turn: int, turns: int, skip: frozenset[str], also: frozenset[str]) -> tuple[Property, ...]:
    """The properties that call the op again and that a case checks.

    They are dealt out among so many turns; turn 0 has all. `also` names those on request.
    """
    dealt = [p for p in properties() if p.when == "in turn"]
    mine = [p for i, p in enumerate(dealt) if turn == 0 or i % turns == turn - 1]
    requested = [p for p in properties() if p.when == "on request" and p.name in also]
    return tuple(p for p in (*mine, *requested) if p.name not in skip)
