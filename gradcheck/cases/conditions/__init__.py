"""One table of conditions on a call: which hold, and which could by a spec.

Coverage counts those that hold in the cases of a run, a mutant names one as its trigger, and
a diagnosis separates failing cases from passing ones by them. Each module has those of one
kind; those of `on_gradients` are left out of coverage.
"""

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

__all__ = ["CONDITIONS", "CallView", "Condition", "Scope", "Trait", "in_order", "possible"]
__all__ += ["traits_of"]

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
        found = chain.from_iterable(group.traits(call) for group in _GROUPS)
        return _of_shapes(call.shapes).union(found, on_calls.params_themselves(call))


@lru_cache(maxsize=4096)  # arbitrary: the cases of a run have fewer different shapes
def _of_shapes(shapes: ShapeView) -> frozenset[Trait]:
    call = CallView(shapes=shapes)
    return frozenset(trait for group in on_shapes.GROUPS for trait in group.traits(call))


def possible(scope: Scope) -> tuple[Trait, ...]:
    """Return the conditions that could hold of the cases of an op, in order."""
    found = (group.could(scope) for group in (*on_shapes.GROUPS, *_GROUPS))
    every = dict.fromkeys(chain(*found, on_calls.possible_params(scope)))
    return tuple(sorted(every, key=in_order))


def in_order(trait: Trait) -> tuple[int, str]:
    """A key that sorts traits as they are listed: by group, then from usual to unusual.

    It says nothing about subjects; a stable sort leaves those as they were.
    """
    return _PLACES.get((trait.group, trait.value), len(_PLACES)), trait.value
