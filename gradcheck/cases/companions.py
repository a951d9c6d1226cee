"""Companions of rare cases: the same call with one thing changed.

A mistake that shows for a rare value and one option, or one sign, of it needs two rare things at
once. So a rare case comes again with every other option, with the opposite sign, on a tiny scale,
and with a single entry changed, which a cache keyed by shape and first entry takes for the same.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from hypothesis import strategies as st

from gradcheck.cases.case import Case, is_assumed
from gradcheck.ndarrays.dtypes import is_floating, unit_of
from gradcheck.ndarrays.types import Array
from gradcheck.spec.axis_params import AxisParam
from gradcheck.spec.binding import Bound
from gradcheck.spec.sources import Source
from gradcheck.spec.spec import OpSpec

_FEW = 8  # arbitrary: options of a param that are all tried
_SMALL = 4096  # arbitrary: entries of a case worth looking at and having again
_TINY = 1e-9  # below the constants near 1e-8 that are added to keep quotients finite
_HUGE = 100.0  # arbitrary: from here on values are called huge
Facts = tuple[bool, ...]


@dataclass(slots=True)
class Gallery:
    """Cases of a run, one for each combination of facts, counted."""

    first: dict[Facts, Case] = field(default_factory=dict)
    counts: Counter[Facts] = field(default_factory=Counter)

    def add(self, case: Case) -> None:
        """Count a case, unless it is large or has nothing to change."""
        if 0 < sum(x.size for x in case.inputs) <= _SMALL and any(map(_is_changeable, case.inputs)):
            facts = _facts(case)
            self.counts[facts] += 1
            self.first.setdefault(facts, case)

    def rarest(self) -> list[Case]:
        """Return the cases, those of the rarest facts first."""
        return [self.first[facts] for facts in sorted(self.first, key=self.counts.__getitem__)]


def _is_changeable(x: Array) -> bool:
    return bool(x.size) and is_floating(x.dtype)


def _facts(case: Case) -> Facts:
    """Whether some input has zeros, huge, infinite, tiny or equal values."""
    sizes = [np.abs(x) for x in case.inputs if _is_changeable(x)]
    return (
        any((s == 0).any() for s in sizes),
        any((s > _HUGE).any() for s in sizes),
        any(np.isinf(s).any() for s in sizes),
        any(s.max() < _TINY for s in sizes),
        any((s[s != 0] < _TINY).any() for s in sizes),
        any(s.size > 1 and s.min() == s.max() for s in sizes),
    )


def companions(spec: OpSpec, sources: Mapping[str, Source], case: Case) -> Iterator[Case]:
    """Yield the companions of a case that its spec allows.

    Nothing changes on which something else depends that was drawn with it.
    """
    if spec.cases is not None:
        return
    asked_for = {n for s in sources.values() if isinstance(s, Bound) for n in s.names}
    for name, option in _other_options(spec, sources, case):
        if name not in asked_for:
            yield from _allowed(spec, replace(case, params={**case.params, name: option}))
    free = [
        name not in asked_for and bool(x.size) and is_floating(x.dtype)
        for name, x in zip(case.names, case.inputs, strict=True)
    ]
    if any(free):
        for change in (np.negative, _scaled_down, _one_entry_changed):
            inputs = _changed(case.inputs, free, change)
            if not all(map(np.array_equal, inputs, case.inputs)):
                yield from _allowed(spec, replace(case, inputs=inputs))


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
        scaled: Array = x * (max(_TINY, 16 * least) / largest)
    return scaled if 0 < largest < np.inf else x


def _one_entry_changed(x: Array) -> Array:
    """Change the last entry only, by a fifth or by 1/2."""
    changed = x.copy()
    last = changed.flat[-1]
    changed.flat[-1] = last * 0.8 if last and np.isfinite(last) else 0.5
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


def _other_options(
    spec: OpSpec, sources: Mapping[str, Source], case: Case
) -> Iterator[tuple[str, Any]]:
    """Yield the other options of each param that has few of them."""
    values = {**case.sizes, **dict(zip(case.names, case.inputs, strict=True)), **case.params}
    for name in spec.params:
        options: tuple[Any, ...] = ()
        with suppress(Exception):  # of the user's, as above
            options = _options(sources[name], values)
        yield from ((name, o) for o in options if repr(o) != repr(case.params[name]))


def _options(source: Any, values: Mapping[str, Any]) -> tuple[Any, ...]:
    """The options of a param's strategy where it lists few of them."""
    strategy = source(values) if isinstance(source, Bound | AxisParam) else source
    if not isinstance(strategy, st.SearchStrategy):
        return ()
    if repr(strategy) == "booleans()":
        return (False, True)
    elements = getattr(strategy, "elements", ())  # of `st.sampled_from`
    listed = {repr(e): e for e in elements} if isinstance(elements, tuple | list) else {}
    return tuple(listed.values()) if len(listed) <= _FEW else ()


def recording(draw_case: Callable[[Any], Case], gallery: Gallery) -> Callable[[Any], Case]:
    """Wrap the drawing of cases to let a gallery see them."""

    def draw(draw: Any) -> Case:
        case = draw_case(draw)
        gallery.add(case)
        return case

    return draw
