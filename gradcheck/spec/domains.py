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
from functools import lru_cache, partial, wraps
from inspect import signature
from typing import Any, ParamSpec

import numpy as np
from hypothesis import strategies as st

from gradcheck.errors import SpecError, did_you_mean, listing
from gradcheck.ndarrays import buckets, matrices
from gradcheck.ndarrays.buckets import Bounds
from gradcheck.ndarrays.dtypes import unit_of
from gradcheck.ndarrays.strategies import one_with_seed, seeds
from gradcheck.ndarrays.types import Array

_DISTINCT = 0.1  # half the smallest distance between two entries of `distinct()`
_NAMED = 60  # characters of a name that a message shows
_SAID = 200  # characters of an error that is told within another
_LONG = 2**10  # entries of an array that is drawn for its length

Shape = tuple[int, ...]
Strategy = st.SearchStrategy[Array]
Kind = Callable[[np.random.Generator, Shape, bool], Array]
Given = ParamSpec("Given")


@dataclass(frozen=True, slots=True)
class Origin:
    """What made a domain, as data: the name of a function here, and its arguments."""

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
    """Let a domain say how it was made, so that a stored case can have it again."""
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
        factory = origin.factory[:_NAMED]
        raise SpecError(
            f"There is no domain {factory!r}; known are {listing(_FACTORIES)}."
            f"{did_you_mean(factory, _FACTORIES)}"
        )
    try:
        return _FACTORIES[origin.factory](**origin.arguments)
    except (TypeError, ValueError, OverflowError, SpecError) as error:
        said = str(error).rstrip(".")
        raise SpecError(f"The domain {origin.factory!r} cannot be made: {said[:_SAID]}.") from None


def domain(strategy: Callable[[Shape, np.dtype[Any]], Strategy], *, name: str = "custom") -> Domain:
    """Make a domain of one's own from `(shape, dtype) -> Hypothesis strategy of arrays`."""
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
        lambda shape, dtype: _filled(shape, dtype, bounds, signs),
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
    """Numbers greater than zero, near it too, and zero itself, which is not moved."""
    return replace(real(low=0.0, closed=True), name="nonnegative")


@_remembered
def nonzero() -> Domain:
    """Numbers of both signs but never zero."""
    return Domain(
        "nonzero", _nonzero, abs, contains=lambda x: bool(((x != 0) & np.isfinite(x)).all())
    )


@_remembered
def distinct() -> Domain:
    """Numbers of which no two in an array are equal or so near that a step joins them."""

    def contains(x: Array) -> bool:
        return bool(np.isfinite(x).all() and (_gap(x) >= _DISTINCT).all())

    return Domain("distinct", _distinct, _gap, contains=contains)


@_remembered
def unit_norm() -> Domain:
    """Vectors of Euclidean length 1 along the last axis; moved along the sphere."""
    return Domain(
        "unit norm",
        _seeded(matrices.unit_vectors, matrices.first_axis),
        project=matrices.tangent_to_sphere,
        retract=matrices.normalised,
    )


@_remembered
def orthogonal() -> Domain:
    """Matrices with orthonormal columns (rows where there are fewer) in the last two axes.

    They are moved so that they stay orthonormal: x + t·x·(a skew matrix), and back onto them.
    """
    return Domain(
        "orthogonal",
        _of_matrices(matrices.orthonormal),
        project=matrices.tangent_to_orthonormal,
        retract=matrices.polar,
    )


@_remembered
def well_conditioned() -> Domain:
    """Matrices whose singular values lie between 1/2 and 2, in the last two axes."""
    return Domain("well-conditioned", _of_matrices(matrices.conditioned))


@_remembered
def symmetric() -> Domain:
    """Symmetric matrices, of complex numbers Hermitian; many have repeated eigenvalues."""
    return Domain(
        "symmetric",
        _of_squares(matrices.symmetric, "symmetric()"),
        project=lambda _, u: matrices.hermitian(u),
        contains=lambda x: np.array_equal(x, matrices.adjoint(x)),
    )


@_remembered
def spd() -> Domain:
    """Symmetric positive definite matrices, eigenvalues in 1/2 … 2; moved symmetrically."""
    return Domain(
        "symmetric positive definite",
        _of_squares(matrices.definite, "spd()"),
        project=lambda _, u: matrices.hermitian(u),
    )


@_remembered
def lower_triangular() -> Domain:
    """Matrices with zeros above the diagonal and 1/2 … 2 in size on it; the zeros stay."""
    return Domain(
        "lower triangular",
        _of_matrices(matrices.triangular),
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


@lru_cache(maxsize=4096)
def _filled(
    shape: Shape, dtype: np.dtype[Any], bounds: Bounds, infinite: tuple[float, ...] = ()
) -> Strategy:
    """Draw from the buckets, and among them infinities of the signs that are allowed."""
    part = np.empty(0, dtype).real.dtype
    magnitudes = buckets.MAGNITUDES[part.name]

    def finite(bucket: str, seed: int) -> Array:
        name = "mixture" if bucket == "infinite" else bucket
        return _cast(buckets.fill(name, seed, shape, bounds, magnitudes), part, bounds)

    def build(drawn: tuple[str, int]) -> Array:
        bucket, seed = drawn
        x = finite(bucket, seed)
        if bucket == "infinite":
            x = x + buckets.infinities(seed, shape, infinite).astype(part)
        if dtype.kind != "c":
            return x
        both = np.empty(shape, dtype)
        both.real, both.imag = x, finite(bucket, seed + buckets.SEEDS)
        if seed % 2 and bounds.hold(np.zeros(())):
            both.imag[x == 0] = 0  # wholly zero, not in one part only
        return both

    mix = buckets.LONG_MIX if math.prod(shape) > _LONG else buckets.MIX
    return one_with_seed((*mix, *("infinite",) * (len(mix) // 2)) if infinite else mix).map(build)


def _cast(values: Array, dtype: np.dtype[Any], bounds: Bounds) -> Array:
    """Cast to a shorter dtype; what this carries beyond a bound comes back inside."""
    if values.dtype == dtype:
        return values
    limit = buckets.MAGNITUDES[dtype.name].largest
    cast = np.asarray(values.clip(-limit, limit), dtype)
    outside = ~bounds.hold(cast)
    if outside.any():
        low, high = bounds.low, bounds.high
        if len(bounds.finite) == 2:
            cast[outside] = low + (high - low) / 2
        else:
            cast[outside] = low + max(1.0, low) if math.isfinite(low) else high - max(1.0, -high)
    return cast


def _seeded(
    kind: Kind,
    simplest: Callable[[Shape], Array] = matrices.identity,
    check: Callable[[Shape], None] = lambda shape: None,
) -> Callable[[Shape, np.dtype[Any]], Strategy]:
    """A strategy that draws arrays of a kind from a seed; it shrinks to the simplest."""

    def strategy(shape: Shape, dtype: np.dtype[Any]) -> Strategy:
        check(shape)

        def build(seed: int) -> Array:
            drawn = (
                kind(buckets.generator(seed), shape, dtype.kind == "c") if seed else simplest(shape)
            )
            return np.asarray(drawn, dtype)

        return seeds().map(build)

    return strategy


def _of_matrices(kind: Kind) -> Callable[[Shape, np.dtype[Any]], Strategy]:
    return _seeded(kind, check=_check_matrix)


def _of_squares(kind: Kind, domain: str) -> Callable[[Shape, np.dtype[Any]], Strategy]:
    return _seeded(kind, check=partial(_check_square, domain=domain))


def _check_matrix(shape: Shape) -> None:
    if len(shape) < 2:
        raise SpecError(f"A matrix domain needs at least two axes; the input has shape {shape}.")


def _check_square(shape: Shape, domain: str) -> None:
    _check_matrix(shape)
    if shape[-1] != shape[-2]:
        raise SpecError(f"{domain} gives square matrices; the input has shape {shape}.")


def _parts(x: Array) -> Array:
    """Real and imaginary parts along a first axis; a real array has one part."""
    return np.stack([x.real, x.imag]) if np.iscomplexobj(x) else x[np.newaxis]


def _nonzero(shape: Shape, dtype: np.dtype[Any]) -> Strategy:
    def build(x: Array) -> Array:
        return np.where(x == 0, np.ones_like(x), x)

    return _filled(shape, dtype, buckets.ANYWHERE).map(build)


def _distinct(shape: Shape, dtype: np.dtype[Any]) -> Strategy:
    size = math.prod(shape)
    spacing = size * unit_of(dtype).eps  # of the largest numbers, in the worst case
    if spacing > 1:
        return st.nothing()  # so many numbers, so far apart, a short dtype does not have
    spread = 0.3 if spacing < 0.2 else 0.0

    def build(seed: int) -> Array:
        steps = np.arange(1.0, size + 1)
        if seed > 1:
            rng = buckets.generator(seed)
            steps = rng.permutation(steps - size // 2 + rng.uniform(-spread, spread, size).round(1))
        return np.asarray(steps.reshape(shape), dtype)

    return seeds().map(build)


def _gap(x: Array) -> Array:
    """Half the distance from each entry to its nearest neighbour in value."""
    flat = x.real.ravel()
    order = np.argsort(flat)
    gaps = np.diff(flat[order], prepend=-np.inf, append=np.inf)
    nearest: Array = np.empty(x.shape)
    nearest.flat[order] = np.minimum(gaps[:-1], gaps[1:]) / 2
    return nearest
