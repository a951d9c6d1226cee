"""Domains: the values that an input may take.

A domain gives a Hypothesis strategy for arrays of a shape and a dtype. It also knows how
far each entry may be moved before it leaves the domain (`room`), from which the step of
the numeric derivative follows, the directions that stay on it (`project`), and the way
back onto it from a point beside it (`retract`).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import wraps
from inspect import signature
from typing import Any, ParamSpec

import numpy as np

from gradcheck.errors import SpecError, did_you_mean, listing
from gradcheck.ndarrays import buckets, matrices
from gradcheck.ndarrays.buckets import Bounds
from gradcheck.ndarrays.strategies import seeds
from gradcheck.ndarrays.types import Array
from gradcheck.spec.domain_strategies import (
    Shape,
    Strategy,
    distinct_values,
    filled,
    nonzero_values,
    of_matrices,
    of_squares,
    seeded,
)

_DISTINCT = 0.1  # half a distance; arbitrary: below 0.2, the least that is drawn
_NAME_SHOWN = 60  # characters in a message; arbitrary: most of a line
_MESSAGE_SHOWN = 200  # characters of an inner error; arbitrary: two lines or three

Given = ParamSpec("Given")


@dataclass(frozen=True, slots=True)
class Origin:
    """The function that made a domain, and its arguments, as data."""

    factory: str
    arguments: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Domain:
    """The values an input may take.

    Attributes:
        name: how tables and messages call it.
        strategy: `(shape, dtype) -> SearchStrategy` of arrays of that shape and dtype.
        room: for an array, how far each entry may move either way (same shape), or None
            where nothing bounds it. Zero means that the entry stays where it is: nothing
            is said about the derivative by it.
        project: turns any direction at x, `(x, u)`, into one that is tangent to the domain.
        contains: whether an array lies in the domain, where that can be told; a failing
            case is simplified only where it can.
        retract: brings an array beside the domain, moved there along a tangent, back onto it.
        origin: what made it, or None for one of the user's own.
        integral: whether its arrays are of an integer dtype.
    """

    name: str
    strategy: Callable[[Shape, np.dtype[Any]], Strategy]
    room: Callable[[Array], Array] | None = None
    project: Callable[[Array, Array], Array] | None = None
    contains: Callable[[Array], bool] | None = None
    retract: Callable[[Array], Array] | None = None
    origin: Origin | None = field(default=None, compare=False)
    integral: bool = False

    def __str__(self) -> str:
        return self.name


def _remembered(factory: Callable[Given, Domain]) -> Callable[Given, Domain]:
    """Let a domain keep its origin, for stored cases."""
    parameters = signature(factory)

    @wraps(factory)
    def made(*args: Given.args, **kwargs: Given.kwargs) -> Domain:
        bound = parameters.bind(*args, **kwargs)
        bound.apply_defaults()
        return replace(factory(*args, **kwargs), origin=Origin(factory.__name__, bound.arguments))

    _FACTORIES[factory.__name__] = made
    return made


_FACTORIES: dict[str, Callable[..., Domain]] = {}


def from_origin(origin: Origin) -> Domain:
    """Make a domain again.

    Raises:
        SpecError: if there is no such function, or it does not take the arguments.
    """
    if origin.factory not in _FACTORIES:
        factory = origin.factory[:_NAME_SHOWN]
        raise SpecError(
            f"There is no domain {factory!r}; known are {listing(_FACTORIES)}."
            f"{did_you_mean(factory, _FACTORIES)}"
        )
    try:
        return _FACTORIES[origin.factory](**origin.arguments)
    except (TypeError, ValueError, OverflowError, SpecError) as error:
        message = str(error).rstrip(".")[:_MESSAGE_SHOWN]
        raise SpecError(f"The domain {origin.factory!r} cannot be made: {message}.") from None


def domain(strategy: Callable[[Shape, np.dtype[Any]], Strategy], *, name: str = "custom") -> Domain:
    """Make a domain from a function `(shape, dtype) -> strategy of arrays`."""
    if not callable(strategy):
        raise SpecError(f"A domain is made from a function (shape, dtype); got {strategy!r}.")
    return Domain(name, strategy)


@_remembered
def real(
    low: float = -math.inf,
    high: float = math.inf,
    *,
    closed: bool = False,
    infinite: bool = False,
) -> Domain:
    """All numbers strictly between `low` and `high`, by default all finite ones.

    Arrays come in buckets: ordinary values of both signs, exact zeros, ties, near ties,
    constant arrays, values near zero, tails, and in two or more axes structured matrices,
    each as far as the bounds allow.

    Args:
        low: the lower bound.
        high: the upper bound.
        closed: whether finite bounds belong to the domain. An entry on a bound cannot be
            moved both ways: nothing is said about the derivative by it.
        infinite: whether infinities belong to it, on the sides without a bound: a masked
            entry, a row of them, all. They are not moved either.

    Raises:
        SpecError: if `low` is not smaller than `high`, or no side is open to infinity.
    """
    if not low < high:
        raise SpecError(f"real(low={low}, high={high}): low must be smaller than high.")
    bounds = Bounds(low=float(low), high=float(high), closed=closed)
    signs = tuple(math.copysign(1, b) for b in (low, high) if infinite and math.isinf(b))
    if infinite and not signs:
        raise SpecError(f"real(low={low}, high={high}, infinite=True): both sides are bounded.")

    def room(x: Array) -> Array:
        with np.errstate(invalid="ignore"):  # ∞ − ∞
            free = np.minimum(_parts(x) - low, high - _parts(x)).min(axis=0)
        return np.where(np.isfinite(x), free, 0.0)

    def contains(x: Array) -> bool:
        parts = _parts(x)
        infinity = np.isin(parts, np.array(signs) * math.inf)
        return bool((bounds.hold(parts) | infinity).all())

    return Domain(
        _interval(bounds, infinite),
        lambda shape, dtype: filled(shape, dtype, bounds, signs),
        room if bounds.finite or infinite else None,
        contains=contains,
    )


def _interval(bounds: Bounds, infinite: bool) -> str:
    kind = "extended real" if infinite else "real"
    if not bounds.finite:
        return kind
    ends = "[]" if bounds.closed else "()"
    left, right = (
        "()"[i] if math.isinf(b) else ends[i] for i, b in enumerate((bounds.low, bounds.high))
    )
    return f"{kind}{left}{bounds.low:g}, {bounds.high:g}{right}"


@_remembered
def positive() -> Domain:
    """Numbers greater than zero, near it too."""
    return replace(real(low=0.0), name="positive")


@_remembered
def nonnegative() -> Domain:
    """Numbers from zero on, near it too; zero itself is not moved."""
    return replace(real(low=0.0, closed=True), name="nonnegative")


@_remembered
def nonzero() -> Domain:
    """Numbers of both signs but never zero."""
    return Domain(
        "nonzero", nonzero_values, abs, contains=lambda x: bool(((x != 0) & np.isfinite(x)).all())
    )


@_remembered
def distinct() -> Domain:
    """Numbers without ties: no two so near that a step joins them."""

    def contains(x: Array) -> bool:
        return bool(np.isfinite(x).all() and (_gap(x) >= _DISTINCT).all())

    return Domain("distinct", distinct_values, _gap, contains=contains)


@_remembered
def unit_norm() -> Domain:
    """Vectors of length 1 along the last axis; moved along the sphere."""
    return Domain(
        "unit norm",
        seeded(matrices.unit_vectors, matrices.first_axis),
        project=matrices.tangent_to_sphere,
        retract=matrices.normalised,
    )


@_remembered
def orthogonal() -> Domain:
    """Matrices with orthonormal columns, or rows where there are fewer.

    They stand in the last two axes, and are moved so that they stay orthonormal:
    x + t·x·(a skew matrix), and back onto them.
    """
    return Domain(
        "orthogonal",
        of_matrices(matrices.orthonormal),
        project=matrices.tangent_to_orthonormal,
        retract=matrices.polar,
    )


@_remembered
def well_conditioned() -> Domain:
    """Matrices, in the last two axes, of singular values 1/2 … 2."""
    return Domain("well-conditioned", of_matrices(matrices.conditioned))


@_remembered
def symmetric() -> Domain:
    """Symmetric matrices, of complex numbers Hermitian; many have repeated eigenvalues."""
    return Domain(
        "symmetric",
        of_squares(matrices.symmetric, "symmetric()"),
        project=lambda _, u: matrices.hermitian(u),
        contains=lambda x: np.array_equal(x, matrices.adjoint(x)),
    )


@_remembered
def spd() -> Domain:
    """Symmetric positive definite matrices, eigenvalues in 1/2 … 2; moved symmetrically."""
    return Domain(
        "symmetric positive definite",
        of_squares(matrices.definite, "spd()"),
        project=lambda _, u: matrices.hermitian(u),
    )


@_remembered
def lower_triangular() -> Domain:
    """Lower triangular matrices, diagonal of size 1/2 … 2; zeros stay."""
    return Domain(
        "lower triangular",
        of_matrices(matrices.triangular),
        project=lambda _, u: np.tril(u),
    )


@_remembered
def integers(low: int, high: int) -> Domain:
    """Whole numbers from `low` to `high`, both included, as int64: not differentiable.

    Raises:
        SpecError: if the range is empty.
    """
    for bound in (low, high):
        if not isinstance(bound, int | np.integer) or not -(2**63) <= bound < 2**63:
            raise SpecError(
                f"integers(low={low}, high={high}): {bound!r} is no whole number that fits int64."
            )
    if low > high:
        raise SpecError(f"integers(low={low}, high={high}) is empty: low must not exceed high.")

    def strategy(shape: Shape, _dtype: np.dtype[Any]) -> Strategy:
        return seeds().map(lambda seed: buckets.whole(seed, shape, int(low), int(high)))

    def contains(x: Array) -> bool:
        return x.dtype.kind in "iu" and bool(((x >= low) & (x <= high)).all())

    return Domain(f"integers({low}, {high})", strategy, contains=contains, integral=True)


def _parts(x: Array) -> Array:
    """Real and, if complex, imaginary parts along a first axis."""
    return np.stack([x.real, x.imag]) if np.iscomplexobj(x) else x[np.newaxis]


def _gap(x: Array) -> Array:
    """Half the distance from each entry to its nearest neighbour in value."""
    flat = x.real.ravel()
    order = np.argsort(flat)
    gaps = np.diff(flat[order], prepend=-np.inf, append=np.inf)
    nearest: Array = np.empty(x.shape)
    nearest.flat[order] = np.minimum(gaps[:-1], gaps[1:]) / 2
    return nearest
