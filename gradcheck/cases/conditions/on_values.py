"""Traits of the numbers in an input: zeros, ties, signs, magnitudes, edges of the domain.

Each bucket has samples: small arrays that show it. Where a domain holds one of them, the
bucket could come, and a run in which it never came has not looked there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from types import MappingProxyType

import numpy as np

from gradcheck.cases.case import Case
from gradcheck.cases.conditions.condition import Trait, trait
from gradcheck.cases.conditions.on_statistics import Numbers, count
from gradcheck.cases.conditions.possible import Scope
from gradcheck.ndarrays.dtypes import is_floating, unit_named
from gradcheck.ndarrays.types import Array
from gradcheck.spec.domains import Domain
from gradcheck.spec.signature import Signature

Sample = tuple[float, ...]

_NEAR_EDGE = 1e-3
_REACHED = (20.0, 100.0, 710.0, 1e10, 1e100)
_BELOW = (1e-6, 1e-100)
_MOST_PAIRS = 4  # inputs of which each is compared with each
# Numbers of which at least one lies in any domain that is not an odd one.
_ORDINARY = (1.0, 2.0, 0.5, 0.25, -0.5, -1.0, -2.0, 0.1, 0.75, 3.0, 10.0, 100.0, -10.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """Something that the numbers of an array can show.

    Attributes:
        value: how tables call it.
        words: the phrase, with `{}` for the argument.
        holds: whether an array shows it.
        axes: how many axes an array must have to show it.
        samples: how to show it with few numbers; `v` and `w` stand for ordinary ones.
        kinds: the kinds of dtype that can show it.
    """

    value: str
    words: str
    holds: Callable[[Numbers], bool]
    samples: Callable[[float, float], Sequence[Sample]]
    kinds: str = "fc"
    axes: int = 0


def _bucket(
    value: str,
    words: str,
    holds: Callable[[Numbers], bool],
    *samples: Sample | Callable[[float, float], Sample],
    kinds: str = "fc",
    axes: int = 0,
) -> Bucket:
    def given(v: float, w: float) -> list[Sample]:
        return [sample(v, w) if callable(sample) else sample for sample in samples]

    return Bucket(value=value, words=words, holds=holds, samples=given, kinds=kinds, axes=axes)


def _falls_below(size: float) -> Callable[[Numbers], bool]:
    return lambda x: x.smallest < size


def _reaches(size: float) -> Callable[[Numbers], bool]:
    return lambda x: x.largest >= size


_BUCKETS = (
    _bucket("zero", "{} has an exact zero", lambda x: x.zeros > 0, (0.0,)),
    _bucket("one zero", "{} has exactly one zero", lambda x: x.zeros == 1, lambda v, w: (0.0, v)),
    _bucket(
        "two zeros in a row",
        "a row or column of {} has exactly two zeros",
        lambda x: x.two_in_a_slice,
        lambda v, w: (0.0, 0.0, v),
    ),
    _bucket(
        "zero row",
        "a row of {} is all zeros",
        lambda x: 0 < x.row <= x.zeros and x.whole_slice(-1, 0.0),
        (0.0, 0.0),
    ),
    _bucket(
        "zero column",
        "a column of {} is all zeros",
        lambda x: x.zeros > 0 and x.whole_slice(-2, 0.0),
        (0.0, 0.0),
        axes=2,
    ),
    _bucket("all zeros", "{} is all zeros", lambda x: 0 < x.zeros == x.size, (0.0, 0.0)),
    _bucket("ties", "{} has two equal entries", lambda x: x.ties > 0, lambda v, w: (v, v, w)),
    _bucket(
        "near ties",
        "two entries of {} differ by less than 1 %",
        lambda x: x.near_ties,
        lambda v, w: (v, v * (1 + 1e-4), w),
        kinds="f",
    ),
    _bucket(
        "constant row", "a row of {} is constant", lambda x: x.constant_row, lambda v, w: (v, v)
    ),
    _bucket("constant", "{} is constant", lambda x: x.size - 1 == x.ties, lambda v, w: (v, v)),
    _bucket(
        "negative",
        "{} has a negative entry",
        lambda x: x.size > 0 and bool(x.ordered[0] < 0),
        *((n,) for n in (-1.0, -0.5, -0.1, -2.0, -1e-3, -100.0)),
        kinds="f",
    ),
    _bucket(
        "whole number",
        "{} has a small whole number",
        lambda x: x.halves.size > x.half_integers,
        *((n,) for n in (1.0, 2.0, -1.0, 3.0, 10.0)),
        kinds="f",
    ),
    _bucket(
        "half-integer",
        "{} has a small number and a half",
        lambda x: x.half_integers > 0,
        *((n,) for n in (0.5, 1.5, -0.5, 2.5)),
        kinds="f",
    ),
    _bucket(
        "imaginary",
        "{} has an imaginary part",
        lambda x: bool(x.array.imag.any()),
        (1.0,),
        kinds="c",
    ),
    *(
        _bucket(
            f"< {below:.0e}",
            f"|{{}}| falls below {below:.0e} but not to 0",
            _falls_below(below),
            (below / 4,),
            (-below / 4,),
        )
        for below in _BELOW
    ),
    *(
        _bucket(
            f"≥ {reached:.5g}",
            f"|{{}}| reaches {reached:.5g}",
            _reaches(reached),
            (1.5 * reached,),
            (-1.5 * reached,),
        )
        for reached in _REACHED
    ),
    _bucket("+∞", "{} has an entry of +∞", lambda x: _has(x, np.inf), (np.inf,), kinds="f"),
    _bucket("−∞", "{} has an entry of −∞", lambda x: _has(x, -np.inf), (-np.inf,), kinds="f"),
    _bucket(
        "row of −∞",
        "a row of {} is all −∞",
        lambda x: _has(x, -np.inf) and x.whole_slice(-1, -np.inf),
        (-np.inf,),
        kinds="f",
    ),
)
_EDGES: Mapping[str, str] = MappingProxyType(
    {
        "near an edge": "{} comes within 1e-3 of an edge of its domain",
        "on an edge": "{} lies on an edge of its domain",
    }
)
_PAIRS: Mapping[str, str] = MappingProxyType(
    {"equal": "{} have equal values", "equal somewhere": "{} are equal somewhere"}
)
VALUES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"value": (*(bucket.value for bucket in _BUCKETS), *_EDGES, *_PAIRS)}
)


def _has(numbers: Numbers, infinity: float) -> bool:
    return bool(numbers.size) and bool(numbers.ordered[-1 if infinity > 0 else 0] == infinity)


def traits(case: Case, _signature: Signature | None) -> Iterator[Trait]:
    """The traits of the numbers of a case: of its floating inputs, and params that are such."""
    inputs = dict(zip(case.names, case.inputs, strict=True))
    params = {k: v for k, v in case.params.items() if isinstance(v, np.ndarray)}
    floating = {k: x for k, x in {**inputs, **params}.items() if is_floating(x.dtype)}
    with np.errstate(all="ignore"):
        for name, x in floating.items():
            numbers = Numbers(x)
            kind = numbers.array.dtype.kind
            for bucket in _BUCKETS:
                if kind in bucket.kinds and bucket.holds(numbers):
                    yield trait("value", name, bucket.value, bucket.words)
        for name, x, domain in zip(case.names, case.inputs, case.domains, strict=False):
            if domain is not None and domain.room is not None and is_floating(x.dtype):
                yield from _of_edges(name, x, domain.room)
        yield from _of_pairs({k: x for k, x in floating.items() if k in inputs})


def _of_edges(name: str, x: Array, room: Callable[[Array], Array]) -> Iterator[Trait]:
    left = np.asarray(room(x))[np.isfinite(x)]
    if left.size and left.min() == 0:
        yield trait("value", name, "on an edge", _EDGES["on an edge"])
    if left.size and ((left > 0) & (left <= _NEAR_EDGE)).any():
        yield trait("value", name, "near an edge", _EDGES["near an edge"])


def _of_pairs(inputs: Mapping[str, Array]) -> Iterator[Trait]:
    """Inputs with the same values, and inputs that meet in some: one of them fits the other."""
    for (one, x), (other, y) in combinations(list(inputs.items())[:_MOST_PAIRS], 2):
        try:
            shape = np.broadcast_shapes(x.shape, y.shape)
        except ValueError:
            continue
        if shape in (x.shape, y.shape) and count(same := x == y):
            names = f"{one} and {other}"
            yield trait("value", names, "equal somewhere", _PAIRS["equal somewhere"])
            if x.shape == y.shape and np.all(same):
                yield trait("value", names, "equal", _PAIRS["equal"])


def possible(scope: Scope) -> Iterator[Trait]:
    """The buckets of which some domain of each input holds a sample."""
    largest = max(unit_named(dtype).largest for dtype in scope.dtypes)
    smallest = min(unit_named(dtype).tiny for dtype in scope.dtypes)
    for name, domains in scope.domains.items():
        kind = scope.kinds.get(name, "")
        held = [_Held(domain) for domain in domains if domain.contains is not None]
        for bucket in _BUCKETS:
            if kind and kind in bucket.kinds and scope.ranks.get(name, 1) >= bucket.axes:
                samples = (s for h in held for s in bucket.samples(*h.ordinary))
                fitting = (s for s in samples if _within(s, smallest, largest))
                if any(h(s) for s in fitting for h in held):
                    yield trait("value", name, bucket.value, bucket.words)
        if kind == "f" and any(h.near_an_edge() for h in held):
            yield trait("value", name, "near an edge", _EDGES["near an edge"])
    yield from _possible_pairs(scope)


def _within(sample: Sample, smallest: float, largest: float) -> bool:
    """Whether a dtype has the numbers of a sample."""
    sizes = [abs(n) for n in sample if n != 0 and np.isfinite(n)]
    return all(smallest <= n <= largest for n in sizes)


class _Held:
    """Asks a domain whether it holds some numbers."""

    def __init__(self, domain: Domain) -> None:
        self._domain = domain
        inside = [n for n in _ORDINARY if self((n,))] or [1.0]
        self.ordinary = (inside[0], inside[-1])

    def __call__(self, numbers: Sample) -> bool:
        assert self._domain.contains is not None
        x = np.array(numbers)
        if self._domain.project is not None:
            x = np.full((2, 2), x[0])  # a matrix domain: it is symmetric, and has these numbers
        with np.errstate(all="ignore"):
            return bool(self._domain.contains(x)) and self._leaves_alone(x[~np.isfinite(x)])

    def _leaves_alone(self, infinite: Array) -> bool:
        """Whether infinities stay where they are: a domain that is to have them says so."""
        room = self._domain.room
        return not infinite.size or (room is not None and not np.any(room(infinite)))

    def near_an_edge(self) -> bool:
        """Whether the domain ends at a number."""
        room = self._domain.room
        inside = self.ordinary[0]
        if room is None or not self((inside,)):
            return False
        left = float(room(np.array([inside]))[0])
        near = (inside - left + _NEAR_EDGE / 2, inside + left - _NEAR_EDGE / 2)
        return bool(np.isfinite(left)) and any(self((n,)) for n in near)


def _possible_pairs(scope: Scope) -> Iterator[Trait]:
    """Inputs that have the same axes, and a number in common."""
    signature = scope.spec.signature
    if signature is None or scope.spec.cases is not None:
        return
    axes = dict(zip(scope.spec.inputs, map(str, signature.inputs), strict=False))
    able = [n for n in scope.domains if scope.kinds.get(n, "") in ("f", "c") and n in axes]
    for one, other in combinations(able[:_MOST_PAIRS], 2):
        if axes[one] == axes[other] and _meet(scope.domains[one], scope.domains[other]):
            for value, words in _PAIRS.items():
                yield trait("value", f"{one} and {other}", value, words)


def _meet(one: Sequence[Domain], other: Sequence[Domain]) -> bool:
    """Whether two domains hold some same number."""
    pairs = [(_Held(x), _Held(y)) for x in one for y in other if x.contains and y.contains]
    return any(x((n,)) and y((n,)) for x, y in pairs for n in _ORDINARY)
