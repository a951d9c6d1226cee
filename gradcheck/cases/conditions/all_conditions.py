"""The table of conditions: which hold of a case, and which could."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import chain
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.cases.case import Case
from gradcheck.cases.conditions import (
    on_calls,
    on_gradients,
    on_indices,
    on_matrices,
    on_shapes,
    on_values,
)
from gradcheck.cases.conditions.call_view import CallView, ShapeView
from gradcheck.cases.conditions.condition import Condition, Trait
from gradcheck.cases.conditions.possible import Scope
from gradcheck.spec.signature import Signature

_GROUPS = (*on_values.GROUPS, *on_matrices.GROUPS, *on_indices.GROUPS, *on_calls.GROUPS)
CONDITIONS: Mapping[tuple[str, str], Condition] = MappingProxyType(
    {
        (condition.group, condition.value): condition
        for group in (*on_shapes.GROUPS, *_GROUPS, *on_gradients.GROUPS)
        for condition in group.conditions
    }
)
_PLACES = MappingProxyType({listed: place for place, listed in enumerate(CONDITIONS)})


def traits_of(
    case: Case,
    *,
    signature: Signature | None = None,
    cotangents: Sequence[NDArray[Any] | None] = (),
    defaults: Mapping[str, Any] | None = None,
) -> frozenset[Trait]:
    """Return all conditions that hold of a case.

    Args:
        case: the case; its arrays are read only.
        signature: of the op, which tells leading axes from others; without it, all axes of
            inputs whose shapes broadcast count as leading ones.
        cotangents: one per output, None where there is none; without them nothing is said
            about them.
        defaults: of params that have one; without them nothing is said about them.
    """
    call = CallView.of(case, signature, cotangents, defaults)
    with np.errstate(all="ignore"):
        traits = chain.from_iterable(group.traits(call) for group in _GROUPS)
        return _of_shapes(call.shapes).union(traits, on_calls.params_themselves(call))


@lru_cache(maxsize=4096)  # arbitrary: the cases of a run have fewer different shapes
def _of_shapes(shapes: ShapeView) -> frozenset[Trait]:
    call = CallView(shapes=shapes)
    return frozenset(trait for group in on_shapes.GROUPS for trait in group.traits(call))


def possible(scope: Scope) -> tuple[Trait, ...]:
    """Return the conditions that could hold in the cases of an op."""
    traits = (group.could(scope) for group in (*on_shapes.GROUPS, *_GROUPS))
    every = dict.fromkeys(chain(*traits, on_calls.possible_params(scope)))
    return tuple(sorted(every, key=in_order))


def in_order(trait: Trait) -> tuple[int, str]:
    """A key that sorts by group, then from usual to unusual.

    It says nothing about subjects; a stable sort leaves those as they were.
    """
    return _PLACES.get((trait.group, trait.value), len(_PLACES)), trait.value
