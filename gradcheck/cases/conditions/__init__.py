"""Traits: what a case shows, derived from its data alone.

They say what a run has drawn (`coverage`), and what failing cases have in common. Each
module has the traits of one kind: when a case shows them, and which of them an op could
show by its spec.
"""

from __future__ import annotations

from collections.abc import Sequence
from types import MappingProxyType
from typing import Any

from numpy.typing import NDArray

from gradcheck.cases.case import Case
from gradcheck.cases.conditions import on_calls, on_indices, on_matrices, on_shapes, on_values
from gradcheck.cases.conditions.condition import Trait
from gradcheck.cases.conditions.possible import Scope
from gradcheck.spec.signature import Signature

__all__ = ["Scope", "Trait", "in_order", "possible", "traits_of"]

_KINDS = (on_shapes, on_values, on_matrices, on_indices, on_calls)
_LISTED = [
    (group, value)
    for kind in _KINDS
    for group, values_of_group in kind.VALUES.items()
    for value in values_of_group
]
_PLACES = MappingProxyType({listed: place for place, listed in enumerate(_LISTED)})


def traits_of(
    case: Case,
    *,
    signature: Signature | None = None,
    cotangents: Sequence[NDArray[Any] | None] = (),
) -> frozenset[Trait]:
    """Return all that a case shows.

    Args:
        case: the case; its arrays are read only.
        signature: of the op, which tells leading axes from others; without it, all axes of
            inputs whose shapes broadcast count as leading ones.
        cotangents: one per output, None where there is none; without them nothing is said
            about them.
    """
    found: set[Trait] = set()
    for kind in _KINDS:
        found.update(kind.traits(case, signature))
    found.update(on_calls.of_cotangents(cotangents))
    return frozenset(found)


def possible(scope: Scope) -> tuple[Trait, ...]:
    """Return what the cases of an op could show, in order."""
    found = dict.fromkeys(trait for kind in _KINDS for trait in kind.possible(scope))
    return tuple(sorted(found, key=in_order))


def in_order(trait: Trait) -> tuple[int, str]:
    """A key that sorts traits as they are listed: by group, then from usual to unusual.

    It says nothing about subjects; a stable sort leaves those as they were.
    """
    return _PLACES.get((trait.group, trait.value), len(_PLACES)), trait.value
