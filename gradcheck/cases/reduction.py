"""Reduction of a failing case by its data, not by its choices.

Hypothesis shrinks structure and seeds. It cannot drop one row of an array and keep the
others, nor set one entry to zero. This does, as long as the case stays within its spec
and fails in the same way.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.cases.case import Case, is_assumed
from gradcheck.cases.cotangents import CotangentPlan
from gradcheck.cases.plan import CasePlan
from gradcheck.ndarrays.dtypes import is_real
from gradcheck.ndarrays.types import Array
from gradcheck.spec.binding import Bound
from gradcheck.spec.dims import Size
from gradcheck.spec.domains import Domain
from gradcheck.spec.signature import ArgumentAxes
from gradcheck.spec.spec import OpSpec

_SMALL = 48  # derived: entries simplified one by one, three ways each, in half the attempts
_PLAIN = (0.0, 1.0, -1.0, 2.0, 0.5, -0.5)  # numbers that are tried in place of others
_FEW = 8  # arbitrary: places of an axis that are dropped one by one
_READ = 2**18  # arbitrary: beyond so many entries the decimals are not worth a copy


@dataclass(frozen=True, slots=True)
class Axis:
    """The places (input, axis) that share one size.

    A place whose size is 1 while others are longer broadcasts, and is left alone.
    """

    name: str | None
    places: tuple[tuple[int, int], ...]


def reduced(
    spec: OpSpec,
    case: Case,
    fails: Callable[[Case], bool],
    *,
    attempts: int = 300,
    goes_on: Callable[[], bool] = lambda: True,
) -> Case:
    """Return a smaller and simpler case that still fails.

    Args:
        spec: the op, for the sizes and values that it allows.
        case: a failing case.
        fails: whether a case fails in the same way.
        attempts: how many cases may be tried.
        goes_on: asked before each, whether there is work left to spend.
    """
    left = attempts
    progress = True
    while progress:
        progress = False
        for candidate in _candidates(spec, case):
            left -= 1
            if left < 0 or not goes_on():
                return case
            if _allowed(spec, candidate) and fails(candidate):
                case, progress = candidate, True
                break
    return case


def _candidates(spec: OpSpec, case: Case) -> Iterator[Case]:
    """Simpler cases, those that simplify most first."""
    if case.layout != "C":
        yield replace(case, layout="C")
    axes = _axes(spec, case)
    for axis in axes:
        if _length(case, axis) > _FEW:
            yield from _shorter(case, axis)
    yield from _plainer_cotangents(case)
    for axis in axes:
        if _length(case, axis) <= _FEW:
            yield from _shorter(case, axis)
    for place, x in enumerate(case.inputs):
        domain = case.domains[place] if case.domains else None
        if is_real(x.dtype) and x.size and domain is not None and domain.contains is not None:
            for values in _simpler(x, domain):
                if domain.contains(values):
                    yield _with_input(case, place, values)


def _plainer_cotangents(case: Case) -> Iterator[Case]:
    """Ones, then 1 2 3 …, then no layout or no pattern."""
    plan = case.cotangent
    plainer = [CotangentPlan("random", 0, "C"), CotangentPlan("random", 1, "C")]
    ends = plainer.index(plan) if plan in plainer else len(plainer)
    steps = [*plainer[:ends]]
    if plan not in plainer:
        steps += [
            p for p in (replace(plan, layout="C"), replace(plan, pattern="random")) if p != plan
        ]
    for step in steps:
        yield replace(case, cotangent=step)


def _axes(spec: OpSpec, case: Case) -> list[Axis]:
    """The axes that may be shortened, as no function needs their size."""
    if spec.cases is not None or (spec.signature is None and len(case.inputs) > 1):
        return []
    arguments = spec.signature.inputs if spec.signature else (ArgumentAxes(True, ()),)
    sources = CasePlan.of(spec).sources.values()
    used = {name for s in sources if isinstance(s, Bound) for name in s.names}
    groups: dict[str | int, list[tuple[int, int]]] = {}
    for place, (x, argument) in enumerate(zip(case.inputs, arguments, strict=True)):
        if case.names[place] in used:
            return []
        dims = [d for d in argument.dims if d.name is None or case.sizes.get(d.name) is not None]
        lead = x.ndim - len(dims)
        for axis in range(lead):
            groups.setdefault(axis - lead, []).append((place, axis))
        for axis, dim in enumerate(dims, start=lead):
            if dim.name is not None and dim.name not in used:
                groups.setdefault(dim.name, []).append((place, axis))
    return [Axis(k if isinstance(k, str) else None, tuple(v)) for k, v in groups.items()]


def _length(case: Case, axis: Axis) -> int:
    return max(int(case.inputs[i].shape[a]) for i, a in axis.places)


def _shorter(case: Case, axis: Axis) -> Iterator[Case]:
    """Keep either half of an axis, then drop ever less of it."""
    size = _length(case, axis)
    if size < 2:
        return
    half = size // 2
    places = np.arange(size)
    keeps = [places[:half], places[half:]]
    if size > _FEW:
        keeps = [places[:2], places[:_FEW], *keeps]  # attempts are few: a long axis seldom matters
    if size <= _FEW:
        keeps += [np.delete(places, gone) for gone in range(size)]
    else:
        keeps += [places[: size - (size >> shift)] for shift in range(2, size.bit_length())]
    for keep in keeps:
        yield _taken(case, axis, size, keep)


def _taken(case: Case, axis: Axis, size: int, keep: NDArray[np.intp]) -> Case:
    inputs = list(case.inputs)
    for place, a in axis.places:
        if inputs[place].shape[a] == size:
            inputs[place] = np.ascontiguousarray(inputs[place].take(keep, axis=a))
    sizes: Mapping[str, int | None] = case.sizes
    if axis.name is not None:
        sizes = {**sizes, axis.name: len(keep)}
    return replace(case, inputs=tuple(inputs), sizes=sizes)


def _simpler(x: Array, domain: Domain) -> Iterator[Array]:
    """The array with all entries, or one, made simpler."""
    if x.size > _READ:
        if x.any():
            yield np.zeros_like(x)
            if not ((x == 0) | (x == 1)).all():
                yield np.ones_like(x)
        return
    worth_it = x.size <= _SMALL
    plain = tuple(dict.fromkeys((*_PLAIN, *_middle(domain)))) if worth_it else _PLAIN[:2]
    effort = _effort(x, plain)
    whole = [*(np.full_like(x, value) for value in plain), x.round(1)]
    yield from (values for values in whole if _effort(values, plain) < effort)
    for index in range(x.size if worth_it and x.size > 1 else 0):
        here = x.reshape(-1)[index]
        for value in (*plain, here.round(1)):
            if _effort(value, plain) < _effort(here, plain):
                changed = np.array(x, order="C")
                changed.reshape(-1)[index] = value
                yield changed


def _middle(domain: Domain) -> tuple[float, ...]:
    """The middle between two bounds, or 1 away from a single one."""
    limits = domain.origin.arguments if domain.origin else {}
    low, high = (limits.get("low", -math.inf), limits.get("high", math.inf))
    if math.isfinite(low) and math.isfinite(high):
        return (low + (high - low) / 2,)
    return tuple(
        bound + 1 if bound == low else bound - 1 for bound in (low, high) if math.isfinite(bound)
    )


def _effort(values: Any, plain: tuple[float, ...]) -> int:
    """How hard numbers are to read: 0, 1, plain ones, longer ones."""
    return sum(
        min(plain.index(value), 2) if value in plain else 2 + len(repr(value))
        for value in np.ravel(values).tolist()
    )


def _with_input(case: Case, place: int, values: Array) -> Case:
    inputs = (*case.inputs[:place], values, *case.inputs[place + 1 :])
    return replace(case, inputs=inputs)


def _allowed(spec: OpSpec, case: Case) -> bool:
    """Whether a case is still one that the spec could draw."""
    for name, size in case.sizes.items():
        limits = spec.dims.get(name, Size())
        if size is not None and (size < limits.min or size % limits.multiple_of):
            return False
    try:
        return is_assumed(spec, case.inputs, case.sizes, case.params)
    except Exception:  # noqa: BLE001 - of the user's: it need not take what was not drawn
        return False
