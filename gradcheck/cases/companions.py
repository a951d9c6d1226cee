"""Companions of rare cases: the same call with one thing changed.

A mistake that shows for a rare value and one option of a param, or one sign of the value, needs
two rare things at once. So a case with a rare fact comes again with each option that no case with
this fact has had, with the opposite sign, on a tiny scale, and with a single entry changed, which
a cache keyed by shape and first entry takes for the same.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import chain
from types import MappingProxyType
from typing import Any

import numpy as np
from hypothesis import strategies as st

from gradcheck.cases.case import Case, is_assumed
from gradcheck.cases.cotangents import CotangentPlan
from gradcheck.ndarrays.dtypes import is_floating, unit_of
from gradcheck.ndarrays.types import Array
from gradcheck.spec.axis_params import AxisParam
from gradcheck.spec.binding import Bound
from gradcheck.spec.sources import Source
from gradcheck.spec.spec import OpSpec

_FEW = 8  # arbitrary: options of a param that are all tried
_SMALL = 4096  # arbitrary: entries of a case worth looking at and having again
_FAR = 1e19  # in float32, squares overflow; in float64 they soon do
_TINY = 1e-9  # below the constants near 1e-8 that are added to keep quotients finite
_FACTS: Mapping[str, Callable[[Array, Array], Any]] = MappingProxyType(
    {  # of the real part of an input and of its absolute values
        "zero": lambda _, size: (size == 0).any(),
        "beyond 100": lambda x, _: (x > 100).any(),
        "below -100": lambda x, _: (x < -100).any(),
        "far beyond": lambda x, size: ((x > _FAR) & np.isfinite(size)).any(),
        "far below": lambda x, size: ((x < -_FAR) & np.isfinite(size)).any(),
        "infinite": lambda _, size: np.isinf(size).any(),
        "tiny": lambda _, size: ((size > 0) & (size < _TINY)).any(),
        "all tiny": lambda _, size: 0 < size.max() < _TINY,
        "all equal": lambda _, size: size.size > 1 and size.min() == size.max(),
        "all positive": lambda x, _: (x > 0).all(),
        "all negative": lambda x, _: (x < 0).all(),
    }
)


class Gallery:
    """The facts that a run's cases showed, with a case for each."""

    def __init__(self, spec: OpSpec, sources: Mapping[str, Source]) -> None:
        self._spec = spec
        self._sources = sources
        self._first: dict[str, Case] = {}
        self._counts: Counter[str] = Counter()
        self._seen: set[tuple[str, str, str]] = set()
        self._ordinary: Case | None = None

    def add(self, case: Case) -> None:
        """Count a case that is small and drawn by its spec."""
        if self._spec.cases is not None or sum(x.size for x in case.inputs) > _SMALL:
            return
        options = [(name, repr(value)) for name, value in case.params.items()]
        facts = [*_facts(case)]
        if self._ordinary is None and not facts and any(x.size > 1 for x in case.inputs):
            self._ordinary = case
        for fact in facts:
            self._counts[fact] += 1
            self._first.setdefault(fact, case)
            self._seen.update((fact, *option) for option in options)

    def companions(self) -> Iterator[Case]:
        """Yield companions of the cases with the rarest facts first.

        They show facts as well: a vector on a tiny scale comes with every option, too.
        """
        facts = sorted(self._first, key=self._counts.__getitem__)
        bases = {id(case): case for case in map(self._first.__getitem__, facts)}
        rare = [[*changed(self._spec, self._sources, base)] for base in bases.values()]
        rare.sort(key=len, reverse=True)  # zeros, for one, cannot be scaled
        # A single entry shows best where nothing is rare.
        ordinary = [*changed(self._spec, self._sources, self._ordinary)] if self._ordinary else []
        yield from self._counted(chain(*rare[:1], ordinary[-1:]))
        for fact in sorted(self._first, key=self._counts.__getitem__):
            for name, case in other_options(self._spec, self._sources, self._first[fact]):
                if (fact, name, repr(case.params[name])) not in self._seen:
                    yield from self._counted((case,))
        yield from chain(*rare[1:], ordinary[:-1])

    def _counted(self, cases: Iterable[Case]) -> Iterator[Case]:
        for case in cases:
            self.add(case)
            yield case


def _facts(case: Case) -> Iterator[str]:
    """Yield the facts that hold of some input that can be changed."""
    arrays = [x for x in case.inputs if x.size and is_floating(x.dtype)]
    pairs = [(x.real.astype(np.float64), np.abs(x).astype(np.float64)) for x in arrays]
    for fact, holds in _FACTS.items():
        if any(holds(real, size) for real, size in pairs):
            yield fact


def changed(spec: OpSpec, sources: Mapping[str, Source], case: Case) -> Iterator[Case]:
    """Yield a case negated, scaled down, and with one entry changed.

    Inputs stay from which something else was drawn.
    """
    free = [
        name not in _asked_for(sources) and bool(x.size) and is_floating(x.dtype)
        for name, x in zip(case.names, case.inputs, strict=True)
    ]
    for change in (np.negative, _scaled_down, _one_entry_changed):
        inputs = _changed(case.inputs, free, change)
        if not all(map(np.array_equal, inputs, case.inputs)):
            plan = CotangentPlan() if change is _one_entry_changed else case.cotangent
            yield from _allowed(spec, replace(case, inputs=inputs, cotangent=plan))


def other_options(
    spec: OpSpec, sources: Mapping[str, Source], case: Case
) -> Iterator[tuple[str, Case]]:
    """Yield a case with each other option, and the param's name.

    Params stay from which something else was drawn.
    """
    values = {**case.sizes, **dict(zip(case.names, case.inputs, strict=True)), **case.params}
    for name in spec.params:
        options: tuple[Any, ...] = ()
        with suppress(Exception):  # of the user's: it need not take what was not drawn
            options = () if name in _asked_for(sources) else _options(sources[name], values)
        for option in options:
            if repr(option) != repr(case.params[name]):
                other = replace(case, params={**case.params, name: option})
                yield from ((name, allowed) for allowed in _allowed(spec, other))


def _asked_for(sources: Mapping[str, Source]) -> set[str]:
    """The names from which functions of the spec draw something."""
    return {n for source in sources.values() if isinstance(source, Bound) for n in source.names}


def _changed(
    inputs: tuple[Array, ...], free: list[bool], change: Callable[[Array], Array]
) -> tuple[Array, ...]:
    return tuple(
        np.asarray(change(x)).astype(x.dtype, copy=False) if is_free else x
        for x, is_free in zip(inputs, free, strict=True)
    )


def _scaled_down(x: Array) -> Array:
    """Scale to `_TINY`, or as near as the dtype's normal numbers go."""
    largest = np.abs(x).max()
    least = unit_of(x.dtype).tiny
    with np.errstate(all="ignore"):
        scaled: Array = x * (max(_TINY / 2, 16 * least) / largest)
    return scaled if 0 < largest < np.inf else x


def _one_entry_changed(x: Array) -> Array:
    """Change the last of several entries, by a fifth or by 1/2."""
    if x.size < 2:
        return x
    changed = np.array(x, order="C")
    entries = changed.reshape(-1)
    last = entries[-1]
    entries[-1] = last * 0.8 if last and np.isfinite(last) else 0.5
    return changed


def _allowed(spec: OpSpec, case: Case) -> Iterator[Case]:
    """Yield the case if its domains and the spec's `assume` have it."""
    for x, domain in zip(case.inputs, case.domains, strict=True):
        if is_floating(x.dtype) and (
            domain is None or domain.contains is None or not domain.contains(x)
        ):
            return
    try:
        accepted = is_assumed(spec, case.inputs, case.sizes, case.params)
    except Exception:  # noqa: BLE001 - of the user's: it need not take what was not drawn
        return
    if accepted:
        yield case


def _options(source: Any, values: Mapping[str, Any]) -> tuple[Any, ...]:
    """The options of a param's strategy where it lists few of them."""
    strategy = source(values) if isinstance(source, Bound | AxisParam) else source
    if not isinstance(strategy, st.SearchStrategy):
        return ()
    if repr(strategy) == "booleans()":
        return (False, True)
    elements = getattr(strategy, "elements", ())  # of `st.sampled_from`
    known = elements[: _FEW * _FEW] if isinstance(elements, Sequence) else ()  # some repeat
    options = tuple({repr(option): option for option in known}.values())
    return options if len(options) <= _FEW else ()


def recording(draw_case: Callable[[Any], Case], gallery: Gallery) -> Callable[[Any], Case]:
    """Wrap the drawing of cases to let a gallery see them."""

    def draw(draw: Any) -> Case:
        case = draw_case(draw)
        gallery.add(case)
        return case

    return draw
