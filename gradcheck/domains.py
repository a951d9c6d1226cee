"""Domains: the values that an input may take.

A domain gives a Hypothesis strategy for arrays of a shape and a dtype. It also knows
how far each entry may be moved before it leaves the domain (`room`), from which the
step of the numeric derivative follows, and the directions that stay on it (`project`).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

from gradcheck import fills
from gradcheck.draws import one_with_seed, seeds
from gradcheck.errors import SpecError

if TYPE_CHECKING:
    from collections.abc import Iterator

_DISTINCT = 0.1  # half the smallest distance between two entries of `distinct()`

Array = NDArray[Any]
Shape = tuple[int, ...]
Strategy = st.SearchStrategy[Array]


@dataclass(frozen=True, slots=True)
class Domain:
    """The values an input may take.

    Attributes:
        name: how tables and messages call it.
        strategy: `(shape, dtype) -> SearchStrategy` of arrays of that shape and dtype.
        room: for an array, how far each entry may move either way (same shape), or None
            where nothing bounds it.
        project: turns any direction at x, `(x, u)`, into one that stays on the domain.
        contains: whether an array lies in the domain, where that can be told; a failing
            case is simplified only where it can.
    """

    name: str
    strategy: Callable[[Shape, np.dtype[Any]], Strategy]
    room: Callable[[Array], Array] | None = None
    project: Callable[[Array, Array], Array] | None = None
    contains: Callable[[Array], bool] | None = None

    def __str__(self) -> str:
        return self.name


def domain(strategy: Callable[[Shape, np.dtype[Any]], Strategy], *, name: str = "custom") -> Domain:
    """Make a domain of one's own from `(shape, dtype) -> Hypothesis strategy of arrays`."""
    if not callable(strategy):
        raise SpecError(f"A domain is made from a function (shape, dtype); got {strategy!r}.")
    return Domain(name, strategy)


def real(low: float = -math.inf, high: float = math.inf) -> Domain:
    """All numbers strictly between `low` and `high`, by default all finite ones.

    Arrays come in buckets: ordinary values of both signs, exact zeros, ties, constant
    arrays, values near zero, and tails, each as far as the bounds allow.

    Raises:
        SpecError: if `low` is not smaller than `high`.
    """
    if not low < high:
        raise SpecError(f"real(low={low}, high={high}): low must be smaller than high.")
    bounded = np.isfinite(low) or np.isfinite(high)
    return Domain(
        f"real({low:g}, {high:g})" if bounded else "real",
        lambda shape, dtype: _filled(shape, dtype, low, high),
        (lambda x: np.minimum(_parts(x) - low, high - _parts(x)).min(axis=0)) if bounded else None,
        contains=lambda x: bool(((low < _parts(x)) & (_parts(x) < high)).all()),
    )


def positive() -> Domain:
    """Numbers greater than zero, near it too."""
    return replace(real(low=0.0), name="positive")


def nonzero() -> Domain:
    """Numbers of both signs but never zero."""
    return Domain("nonzero", _nonzero, abs, contains=lambda x: bool((x != 0).all()))


def distinct() -> Domain:
    """Numbers of which no two in an array are equal or so near that a step joins them."""
    return Domain(
        "distinct", _distinct, _gap, contains=lambda x: bool((_gap(x) >= _DISTINCT).all())
    )


def unit_norm() -> Domain:
    """Vectors of Euclidean length 1 along the last axis."""
    return Domain("unit norm", lambda shape, dtype: _seeded(shape, dtype, _unit_norm))


def orthogonal() -> Domain:
    """Matrices with orthonormal columns (rows where there are fewer) in the last two axes."""
    return Domain("orthogonal", lambda shape, dtype: _seeded(shape, dtype, _orthogonal))


def well_conditioned() -> Domain:
    """Matrices whose singular values lie between 1/2 and 2, in the last two axes."""
    return Domain("well-conditioned", lambda shape, dtype: _seeded(shape, dtype, _conditioned))


def spd() -> Domain:
    """Symmetric positive definite matrices, eigenvalues in 1/2 … 2; moved symmetrically."""
    return Domain(
        "symmetric positive definite",
        lambda shape, dtype: _seeded(shape, dtype, _spd),
        project=lambda x, u: (u + np.conj(u.swapaxes(-1, -2))) / 2,
    )


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
        return seeds().map(lambda seed: _integers(seed, shape, int(low), int(high)))

    return Domain(f"integers({low}, {high})", strategy)


def arrays(shape: int | Sequence[int], domain: Domain | None = None) -> Strategy:
    """A strategy of arrays, for use in `domains=`, `params=` and `cases=`.

    It draws with the buckets and the shrinking of everything else and with the dtype of
    the case that is being drawn. `domain` is `real()` unless given.
    """
    if domain is not None and not isinstance(domain, Domain):
        raise SpecError(f"arrays(shape, domain) takes a domain such as real(); got {domain!r}.")
    wanted = tuple(map(int, (shape,) if isinstance(shape, int | np.integer) else shape))
    chosen = real() if domain is None else domain

    @st.composite
    def of_the_case(draw: Callable[[Strategy], Array]) -> Array:
        current = drawing()
        array = draw(chosen.strategy(wanted, current.dtype))
        current.domains[id(array)] = (chosen, array)
        return array

    return of_the_case()


@dataclass(frozen=True, slots=True)
class Drawing:
    """What holds while one case is drawn: its dtype, and where its arrays came from.

    The arrays are kept beside their domains so that no identity is used twice.
    """

    dtype: np.dtype[Any]
    domains: dict[int, tuple[Domain, Array]] = field(default_factory=dict)

    def domain_of(self, array: Any) -> Domain | None:
        known = self.domains.get(id(array))
        return known[0] if known else None


_drawing: ContextVar[Drawing] = ContextVar("drawing")


def drawing() -> Drawing:
    """Return the drawing under way; outside of one, that of float64."""
    return _drawing.get(None) or Drawing(np.dtype(np.float64))


@contextmanager
def drawing_as(dtype: np.dtype[Any]) -> Iterator[Drawing]:
    """Make `arrays()` draw with this dtype while the context lasts."""
    current = Drawing(dtype)
    token = _drawing.set(current)
    try:
        yield current
    finally:
        _drawing.reset(token)


@lru_cache(maxsize=4096)
def _filled(shape: Shape, dtype: np.dtype[Any], low: float, high: float) -> Strategy:
    """Draw from the buckets; a complex array has its parts drawn as a last axis of two."""
    parts = (*shape, 2) if dtype.kind == "c" else shape
    part = np.empty(0, dtype).real.dtype

    def build(drawn: tuple[str, int]) -> Array:
        bucket, seed = drawn
        filled = fills.fill(bucket, seed, parts, low, high)
        values = _kept(_cast(filled, part), low, high)
        return _cast(values[..., 0] + 1j * values[..., 1], dtype) if dtype.kind == "c" else values

    return one_with_seed(fills.MIX).map(build)


def _seeded(
    shape: Shape, dtype: np.dtype[Any], build: Callable[[int, Shape, bool], Array]
) -> Strategy:
    return seeds().map(lambda seed: _cast(build(seed, shape, dtype.kind == "c"), dtype))


def _cast(values: Array, dtype: np.dtype[Any]) -> Array:
    """Cast, keeping values finite: what overflows the dtype becomes its largest number."""
    if dtype.itemsize < values.dtype.itemsize and dtype.kind == "f":
        limit = float(np.finfo(dtype).max)
        values = values.clip(-limit, limit)
    return np.asarray(values, dtype)


def _kept(values: Array, low: float, high: float) -> Array:
    """Move back inside what rounding to a short dtype has carried onto a bound."""
    outside = ~((low < values) & (values < high))
    if outside.any():
        if np.isfinite(low) and np.isfinite(high):
            values[outside] = low + (high - low) / 2
        else:
            values[outside] = low + max(1.0, low) if np.isfinite(low) else high - max(1.0, -high)
    return values


def _parts(x: Array) -> Array:
    """Real and imaginary parts along a first axis; a real array has one part."""
    return np.stack([x.real, x.imag]) if np.iscomplexobj(x) else x[np.newaxis]


def _nonzero(shape: Shape, dtype: np.dtype[Any]) -> Strategy:
    def build(x: Array) -> Array:
        return np.where(x == 0, np.ones_like(x), x)

    return _filled(shape, dtype, -math.inf, math.inf).map(build)


def _distinct(shape: Shape, dtype: np.dtype[Any]) -> Strategy:
    size = math.prod(shape)
    spacing = size * float(np.finfo(dtype).eps)  # of the largest numbers, in the worst case
    if spacing > 1:
        return st.nothing()  # so many numbers, so far apart, a short dtype does not have
    spread = 0.3 if spacing < 0.2 else 0.0

    def build(seed: int, shape: Shape, _is_complex: bool) -> Array:
        steps = np.arange(1.0, size + 1)
        if seed > 1:
            rng = fills.generator(seed)
            steps = rng.permutation(steps - size // 2 + rng.uniform(-spread, spread, size).round(1))
        return steps.reshape(shape)

    return _seeded(shape, dtype, build)


def _gap(x: Array) -> Array:
    """Half the distance from each entry to its nearest neighbour in value."""
    flat = x.real.ravel()
    order = np.argsort(flat)
    gaps = np.diff(flat[order], prepend=-np.inf, append=np.inf)
    nearest: Array = np.empty(x.shape)
    nearest.flat[order] = np.minimum(gaps[:-1], gaps[1:]) / 2
    return nearest


def _unit_norm(seed: int, shape: Shape, is_complex: bool) -> Array:
    if seed == 0 and shape:
        return np.broadcast_to(np.eye(1, shape[-1])[0], shape).copy()
    x: Array = _gaussian(seed, shape, is_complex)
    length = np.linalg.norm(x, axis=-1, keepdims=True) if shape else abs(x)
    unit: Array = x / np.where(length == 0, 1, length)
    return unit


def _orthogonal(seed: int, shape: Shape, is_complex: bool) -> Array:
    u, _, vh = _factors(seed, shape, is_complex)
    return u @ vh


def _conditioned(seed: int, shape: Shape, is_complex: bool) -> Array:
    u, s, vh = _factors(seed, shape, is_complex)
    return (u * s[..., None, :]) @ vh


def _spd(seed: int, shape: Shape, is_complex: bool) -> Array:
    if len(shape) > 1 and shape[-1] != shape[-2]:
        raise SpecError(f"spd() gives square matrices; the input has shape {shape}.")
    _, s, vh = _factors(seed, shape, is_complex)
    x: Array = (np.conj(vh.swapaxes(-1, -2)) * s[..., None, :]) @ vh
    x += np.conj(x.swapaxes(-1, -2))
    return x / 2


def _factors(seed: int, shape: Shape, is_complex: bool) -> tuple[Array, Array, Array]:
    """Singular vectors of a random matrix with singular values in 1/2 … 2; seed 0: identity."""
    if len(shape) < 2:
        raise SpecError(f"A matrix domain needs at least two axes; the input has shape {shape}.")
    *batch, rows, columns = shape
    k = min(rows, columns)
    if seed == 0:
        eye = np.eye(rows, columns)[:k], np.eye(k, columns)
        u, vh = (np.broadcast_to(m, (*batch, *m.shape)) for m in (np.eye(rows, k), eye[1]))
        return u, np.ones((*batch, k)), vh
    u, _, vh = np.linalg.svd(_gaussian(seed, shape, is_complex), full_matrices=False)
    return u, 0.5 + 1.5 * fills.generator(seed).random((*batch, k)), vh


def _gaussian(seed: int, shape: Shape, is_complex: bool) -> Array:
    rng = fills.generator(seed)
    x = rng.standard_normal(shape)
    return x + 1j * rng.standard_normal(shape) if is_complex else x


def _integers(seed: int, shape: Shape, low: int, high: int) -> Array:
    """Seed 0 gives the lowest, seed 1 counts up; later ones repeat values or draw any."""
    size = int(np.prod(shape))
    if seed == 0:
        return np.full(shape, low, dtype=np.int64)
    if seed == 1:
        steps = np.arange(size) % min(high - low + 1, max(size, 1))
        return (low + steps).reshape(shape).astype(np.int64)
    rng = fills.generator(seed)
    top = low + (high - low) // 2 if seed % 4 == 3 else high
    return rng.integers(low, top, shape, dtype=np.int64, endpoint=True)
