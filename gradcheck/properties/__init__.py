"""What is checked about an op besides the value of its gradient: one module a property.

A property is a plain function of a trial. The docstring of its module is what
`gradcheck explain` prints: what it checks, why, and a real bug that it finds.

Properties that are checked always look at what a case returned anyway. The others call
the op again, so each case checks a few of them in turn; `Case.turn` says which, and 0
stands for all.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Literal

from gradcheck.errors import SelectionError, did_you_mean, listing

if TYPE_CHECKING:
    from gradcheck.trial import Trial
    from gradcheck.violations import Violation

When = Literal["always", "in turn", "on request", "per run"]

# In the order in which they are checked and listed.
NAMES = (
    "purity",
    "contract",
    "aliasing",
    "raises",
    "precision",
    "vacuity",
    "infinities",
    "determinism",
    "state",
    "zero",
    "linearity",
    "layouts",
    "empty",
    "batch",
    "twice",
    "adjoint",
    "reference",
    "tails",
    "hessian",
)
ON_REQUEST = ("tails", "hessian")
# Without these nothing could be compared.
ESSENTIAL = ("contract", "raises")
LAYOUT_HINT = "If it is to take C-contiguous arrays only, say layouts=('C',) in the spec."
SKIPPABLE = tuple(name for name in NAMES if name not in ESSENTIAL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Property:
    """Something that must hold of an op besides the value of its gradient.

    Attributes:
        name: what tables, messages and `skip=` call it.
        when: "always" with each case, "in turn" with some, "on request" where `also=` asks
            for it, "per run" on all cases together.
        text: the docstring of its module.
        hint: what a message adds where the op raises on what this property tries.
        check: what is wrong with a trial, or None; absent where the examination or the
            engine itself sees it.
    """

    name: str
    when: When
    text: str
    check: Callable[[Trial], Violation | None] | None = None
    hint: str = ""

    @property
    def summary(self) -> str:
        """The first line of the text."""
        return self.text.strip().partition("\n")[0]


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
    found: Property = importlib.import_module(f"gradcheck.properties.{name}").PROPERTY
    return found


@cache
def properties() -> tuple[Property, ...]:
    """All properties, in the order in which they are checked."""
    return tuple(map(property_of, NAMES))


@cache
def due(turn: int, turns: int, skip: frozenset[str], also: frozenset[str]) -> tuple[Property, ...]:
    """The properties that call the op again and that a case checks.

    Args:
        turn: of the case, from 1 to `turns`; 0 for all.
        turns: among how many turns the properties are dealt out.
        skip: names of those that are left out.
        also: names of those that are checked on request.
    """
    dealt = [p for p in properties() if p.when == "in turn"]
    mine = [p for i, p in enumerate(dealt) if turn == 0 or i % turns == turn - 1]
    asked = [p for p in properties() if p.when == "on request" and p.name in also]
    return tuple(p for p in (*mine, *asked) if p.name not in skip)
