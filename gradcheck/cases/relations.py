"""Relations between inputs: all extreme, equal, or equal in places.

Random inputs are all different, and that hides mistakes: a gradient that is looked up by
value, a maximum of two equal numbers, a quotient of two that are both huge.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

import numpy as np

from gradcheck.ndarrays import buckets, masks
from gradcheck.ndarrays.dtypes import is_floating
from gradcheck.ndarrays.types import Array
from gradcheck.spec.domains import Domain

# Of these, inputs are best of one shape.
ALIKE = ("equal", "equal in places")
# The first is the most frequent, and the one that a case shrinks to.
RELATIONS = (
    *("their own",) * 17,
    *ALIKE * 4,
    *("huge", "tiny") * 3,
)
# Beyond these a square overflows or vanishes, and so a quotient computed by way of one.
_HUGE: Mapping[str, float] = MappingProxyType(
    {"float64": 1e160, "float32": 1e20, "bfloat16": 1e20, "float16": 300.0}
)
_PLACES = ("one", "half", "a row", "all")


def related(
    relation: str,
    value: Array,
    domain: Domain | None,
    earlier: Sequence[Array],
    seed: Callable[[], int],
) -> Array:
    """Relate an input to those drawn before it.

    Args:
        relation: one of `RELATIONS`.
        value: the input as it was drawn.
        domain: its domain; it is changed only if this can tell that it still holds it.
        earlier: the inputs drawn before.
        seed: draws a seed, where one is needed.

    Returns:
        The input, changed if its shape and its domain allow it.
    """
    if domain is None or domain.contains is None or not is_floating(value.dtype):
        return value
    changed = _changed(relation, value, earlier, seed)
    if changed is None or not domain.contains(changed):
        return value
    return changed


def _changed(
    relation: str, value: Array, earlier: Sequence[Array], seed: Callable[[], int]
) -> Array | None:
    if relation in ("huge", "tiny"):
        huge = _HUGE[value.real.dtype.name]
        with np.errstate(all="ignore"):
            scaled = (value * (huge if relation == "huge" else 1 / huge)).astype(value.dtype)
        return scaled if np.isfinite(scaled).all() else None
    for other in earlier:
        shared = _shared(other, value)
        if shared is None:
            continue
        if relation == "equal":
            return shared.copy()
        number = seed()
        where = masks.mask(_PLACES[number % len(_PLACES)], buckets.generator(number), value.shape)
        return np.where(where, shared, value)
    return None


def _shared(other: Array, value: Array) -> Array | None:
    """The entries of an earlier input that broadcasting lets this one meet."""
    if other.dtype != value.dtype:
        return None
    try:
        shape = np.broadcast_shapes(other.shape, value.shape)
    except ValueError:
        return None
    spread = np.broadcast_to(other, shape)
    if value.ndim < len(shape):
        if 0 in shape:
            return None
        spread = spread[(0,) * (len(shape) - value.ndim)]
    met = spread[
        tuple(
            slice(None) if n == m else slice(0, 1)
            for n, m in zip(value.shape, spread.shape, strict=True)
        )
    ]
    return met if met.shape == value.shape else None
