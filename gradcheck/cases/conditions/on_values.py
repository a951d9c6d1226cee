"""Conditions on the numbers in an input.

Each has samples: small arrays that show it. Where a domain holds one of them, it could come,
and a run in which it never came has not looked there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import combinations
from types import MappingProxyType

import numpy as np

from gradcheck.cases.conditions.call_view import CallView
from gradcheck.cases.conditions.condition import Group, can
from gradcheck.cases.conditions.domain_samples import ORDINARY, contains, held_by, is_entrywise
from gradcheck.cases.conditions.numbers_of import Numbers, count
from gradcheck.cases.conditions.possible import Scope
from gradcheck.ndarrays.dtypes import unit_named
from gradcheck.ndarrays.types import Array

Sample = tuple[float, ...]
OfNumbers = Callable[[Numbers], bool]

NEAR_ZERO = 1e-3  # arbitrary: mutants that show from 1e-6 to 1e-2 around 0 are found as well
_NEAR_EDGE = 1e-3  # arbitrary: it stands in the words; steps of differences are shorter
_MOST_PAIRS = 4  # arbitrary: inputs of which each is compared with each
_REACHED = (20.0, 100.0, 710.0, 1e10, 1e100)
_BELOW = (1e-6, 1e-100)
# One number per four decades: a domain that holds none of some sign or size is without it.
_MAGNITUDES = np.array([sign * float(f"1e{k}") for sign in (1, -1) for k in range(-300, 301, 4)])

# fmt: off
# Value, words, test, and how to show it with few numbers, `v` and `w` standing for ordinary ones.
_ROWS: tuple[tuple[str, str, OfNumbers, Callable[[float, float], Iterable[Sample]]], ...] = (
    ("zero", "{} has an exact zero", lambda x: x.zeros > 0, lambda v, w: [(0.0,)]),
    ("one zero", "{} has exactly one zero", lambda x: x.zeros == 1, lambda v, w: [(0.0, v)]),
    ("two zeros in a row", "a row or column of {} has exactly two zeros",
     lambda x: x.two_in_a_slice, lambda v, w: [(0.0, 0.0, v)]),
    ("zero row", "a row of {} is all zeros",
     lambda x: 0 < x.row <= x.zeros and x.whole_slice(-1, 0.0), lambda v, w: [(0.0, 0.0)]),
    ("zero column", "a column of {} is all zeros",
     lambda x: x.zeros > 0 and x.whole_slice(-2, 0.0), lambda v, w: [(0.0, 0.0)]),
    ("all zeros", "{} is all zeros", lambda x: 0 < x.zeros == x.size, lambda v, w: [(0.0, 0.0)]),
    ("ties", "{} has two equal entries", lambda x: x.ties > 0, lambda v, w: [(v, v, w)]),
    ("near ties", "two entries of {} differ by less than 1 %", lambda x: x.near_ties,
     lambda v, w: [(v, v * (1 + 1e-4), w)]),
    ("constant row", "a row of {} is constant", lambda x: x.constant_row, lambda v, w: [(v, v)]),
    ("constant", "{} is constant", lambda x: x.size - 1 == x.ties, lambda v, w: [(v, v)]),
    ("negative", "{} has a negative entry", lambda x: x.size > 0 and bool(x.ordered[0] < 0),
     lambda v, w: [(n,) for n in (-1.0, -0.5, -0.1, -2.0, -1e-3, -100.0)]),
    ("whole number", "{} has a small whole number", lambda x: x.halves.size > x.half_integers,
     lambda v, w: [(n,) for n in (1.0, 2.0, -1.0, 3.0, 10.0)]),
    ("half-integer", "{} has a small number and a half", lambda x: x.half_integers > 0,
     lambda v, w: [(n,) for n in (0.5, 1.5, -0.5, 2.5)]),
    ("imaginary", "{} has an imaginary part", lambda x: bool(x.array.imag.any()),
     lambda v, w: [(1.0,)]),
    *((f"< {size:.0e}", f"|{{}}| falls below {size:.0e} but not to 0",
       lambda x, size=size: x.smallest < size,
       lambda v, w, size=size: [(size / 4,), (-size / 4,)]) for size in _BELOW),
    *((f"≥ {size:.5g}", f"|{{}}| reaches {size:.5g}", lambda x, size=size: x.largest >= size,
       lambda v, w, size=size: [(1.5 * size,), (-1.5 * size,)]) for size in _REACHED),
    ("+∞", "{} has an entry of +∞", lambda x: x.reaches(np.inf), lambda v, w: [(np.inf,)]),
    ("−∞", "{} has an entry of −∞", lambda x: x.reaches(-np.inf), lambda v, w: [(-np.inf,)]),
    ("row of −∞", "a row of {} is all −∞",
     lambda x: x.reaches(-np.inf) and x.whole_slice(-1, -np.inf), lambda v, w: [(-np.inf,)]),
)
_OF_REAL = {"near ties", "negative", "whole number", "half-integer", "+∞", "−∞", "row of −∞"}
_SAMPLES = {value: samples for value, _, _, samples in _ROWS}
# Conditions that a domain can exclude: in which words, and numbers it would hold.
_EXCLUDED: Mapping[str, tuple[str, Callable[[Array], Array]]] = MappingProxyType({
    "zero": ("a zero", lambda _: np.zeros((1, 1))),
    "negative": ("a negative number", lambda _: _MAGNITUDES[_MAGNITUDES < 0, None]),
    "near zero": ("a number near 0", lambda _: _MAGNITUDES[abs(_MAGNITUDES) < NEAR_ZERO, None]),
    "≥ 100": ("a number beyond 100",
              lambda _: np.array([101, -101, *_MAGNITUDES[abs(_MAGNITUDES) > 100]])[:, None]),
    "ties": ("equal entries", lambda x: np.repeat(x.ravel()[:1], 2)[None]),
})
# fmt: on


def _kinds(value: str) -> str:
    """The kinds of dtype that can show a value."""
    return "c" if value == "imaginary" else "f" if value in _OF_REAL else "fc"


def _possible(scope: Scope, name: str, value: str) -> str | None:
    kind, held = scope.kinds.get(name, ""), held_by(scope, name)
    axes = 2 if value == "zero column" else 0
    if kind and kind in _kinds(value) and scope.ranks.get(name, 1) >= axes:
        samples = (s for h in held for s in _SAMPLES[value](*h.ordinary) if _fits(s, scope))
        if any(h(sample) for sample in samples for h in held):
            return ""
    return excluded(scope, name, value)


def _fits(sample: Sample, scope: Scope) -> bool:
    """Whether a dtype has the numbers of a sample."""
    smallest = min(unit_named(dtype).tiny for dtype in scope.dtypes)
    largest = max(unit_named(dtype).largest for dtype in scope.dtypes)
    sizes = [abs(n) for n in sample if n != 0 and np.isfinite(n)]
    return all(smallest <= n <= largest for n in sizes)


def excluded(scope: Scope, name: str, value: str) -> str | None:
    """Say why no domain of an input holds such numbers."""
    samples = scope.samples(name) if value in _EXCLUDED else ()
    if not samples:
        return None
    what, numbers = _EXCLUDED[value]
    for domain, x in samples:
        if domain is None or not is_entrywise(domain, x):
            return None
        if any(contains(domain, each) for each in numbers(x)):
            return ""
    names = dict.fromkeys(str(domain) for domain, _ in samples)
    return f"{name} is {' or '.join(names)}, without {what}"


def _of_kinds(value: str, test: OfNumbers) -> OfNumbers:
    kinds = _kinds(value)
    return lambda x: x.kind in kinds and test(x)


def _room(call: CallView, name: str) -> Array:
    """How far each finite entry may move within its domain."""
    domain, x = call.domain(name), call.inputs[name]
    if domain is None or domain.room is None:
        return np.zeros(0)
    return np.asarray(domain.room(x))[np.isfinite(x)]


def _possible_edge(scope: Scope, name: str, value: str) -> str | None:
    near = value == "near an edge" and scope.kinds.get(name, "") == "f"
    return can(near and any(h.near_an_edge(_NEAR_EDGE) for h in held_by(scope, name)))


def _pairs(call: CallView) -> Iterator[str]:
    """Pairs of inputs of which one broadcasts to the other."""
    floating = [name for name in call.floating if name in call.inputs]
    for one, other in combinations(floating[:_MOST_PAIRS], 2):
        x, y = call.inputs[one], call.inputs[other]
        try:
            shape = np.broadcast_shapes(x.shape, y.shape)
        except ValueError:
            continue
        if shape in (x.shape, y.shape) and x.size and y.size:
            yield f"{one} and {other}"


def _same(call: CallView, names: str) -> tuple[bool, Array]:
    """Whether two inputs have the same shape, and where they are equal."""
    x, y = (call.inputs[name] for name in names.split(" and "))
    return x.shape == y.shape, np.asarray(x == y)


def _possible_pairs(scope: Scope) -> Iterator[str]:
    """Inputs that have the same axes, and a number in common."""
    signature = scope.spec.signature
    if signature is None or scope.spec.cases is not None:
        return
    axes = dict(zip(scope.spec.inputs, map(str, signature.inputs), strict=False))
    able = [n for n in scope.domains if scope.kinds.get(n, "") in ("f", "c") and n in axes]
    for one, other in combinations(able[:_MOST_PAIRS], 2):
        pairs = [(x, y) for x in held_by(scope, one) for y in held_by(scope, other)]
        meet = any(x((n,)) and y((n,)) for x, y in pairs for n in ORDINARY)
        if axes[one] == axes[other] and meet:
            yield f"{one} and {other}"


def _of_domains(scope: Scope) -> Iterable[str]:
    return scope.domains


# fmt: off
GROUPS = (
    Group(
        name="value",
        rows=tuple((value, words, _of_kinds(value, test)) for value, words, test, _ in _ROWS),
        part=lambda call, name: Numbers(call.arrays[name]),
        subjects=lambda call: call.floating, candidates=_of_domains, possible=_possible,
    ),
    Group(
        name="value",
        rows=(
            ("near an edge", "{} comes within 1e-3 of an edge of its domain",
             lambda room: ((room > 0) & (room <= _NEAR_EDGE)).any()),
            ("on an edge", "{} lies on an edge of its domain", lambda room: (room == 0).any()),
        ),
        part=_room,
        subjects=lambda call: (name for name in call.floating if name in call.inputs),
        candidates=_of_domains, possible=_possible_edge,
    ),
    Group(
        name="value",
        rows=(
            ("equal", "{} have equal values", lambda same: same[0] and same[1].all()),
            ("equal somewhere", "{} are equal somewhere", lambda same: count(same[1]) > 0),
        ),
        part=_same, subjects=_pairs, candidates=_possible_pairs,
        possible=lambda _scope, _names, _value: "",
    ),
)
