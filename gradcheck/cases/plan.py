"""Cases: what an op is called with, drawn from its spec.

Hypothesis decides the structure (sizes, broadcast pattern, params, buckets, layout,
seeds); NumPy fills the values. A `Case` holds data only and can be run again.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any

import numpy as np
from hypothesis import reject
from hypothesis import strategies as st

from gradcheck.cases.case import TURNS, Case, argument_names, as_dtype, is_assumed
from gradcheck.cases.cotangents import long_plans, plans
from gradcheck.cases.private_hooks import draws_note
from gradcheck.cases.relations import ALIKE, RELATIONS, related
from gradcheck.cases.shapes import (
    THRESHOLDS,
    Stretch,
    draw_shapes,
    draw_stretched,
    stretches_of,
)
from gradcheck.errors import SpecError, listing
from gradcheck.ndarrays.dtypes import SHORT, named
from gradcheck.ndarrays.strategies import one_of, seeds
from gradcheck.ndarrays.types import Array
from gradcheck.spec.axis_params import AxisParam
from gradcheck.spec.binding import Bound
from gradcheck.spec.calls import Call
from gradcheck.spec.domains import Domain
from gradcheck.spec.drawing import Drawing, drawing_as
from gradcheck.spec.sources import Source, sources_of
from gradcheck.spec.spec import OpSpec

Draw = Callable[[st.SearchStrategy[Any]], Any]

_TURN_MIX = (0, *range(1, TURNS + 1), *range(1, TURNS + 1))
_LAYOUT_MIXES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "any": (*("C",) * 10, *("Fortran",) * 2, "transposed", "strided", "reversed", "read-only"),
        "long": (*("C",) * 6, "Fortran", "strided"),
        "scalar": ("C", "scalar"),
    }
)


@dataclass(frozen=True, slots=True)
class CasePlan:
    """The sources of a spec's inputs and params, in drawing order."""

    spec: OpSpec
    sources: Mapping[str, Source]

    @classmethod
    def of(cls, spec: OpSpec) -> CasePlan:
        """Make the plan.

        Raises:
            SpecError: if a function asks for a name that does not exist, or two of them
                wait for each other.
        """
        return cls(spec, sources_of(spec))

    def stretches(self, thresholds: tuple[int, ...] = THRESHOLDS) -> tuple[Stretch, ...]:
        """The axes that `draw` can make longer than these."""
        return stretches_of(self.spec, thresholds)

    def notes(self) -> tuple[str, ...]:
        """Return notes for a result on the cases that can be drawn."""
        return (*draws_note(), *self._scalar_notes())

    def _scalar_notes(self) -> Iterator[str]:
        """Yield the inputs that are 0-d by their signature beside elementwise ones."""
        signature = self.spec.signature
        if signature is None or self.spec.cases is not None:
            return
        if not any(a.leading and not a.dims for a in signature.inputs):
            return
        for name, argument in zip(self.spec.inputs, signature.inputs, strict=False):
            if not argument.leading and not argument.dims:
                yield f"{name} is (): only 0-d arrays are tested; (...) would broadcast it"

    def draw(self, draw: Draw, dtypes: tuple[str, ...], stretch: Stretch | None = None) -> Case:
        """Draw one case; Hypothesis throws it away where `assume` is false.

        Args:
            draw: of Hypothesis.
            dtypes: to choose from.
            stretch: an axis to make long, one of `stretches()`.
        """
        dtype = draw(one_of(dtypes)) if len(dtypes) > 1 else dtypes[0]
        if not (self.spec.widens or dtype in SHORT):
            raise SpecError(
                f"{self.spec.name!r} does not take {dtype}: its spec says widens=False, with "
                f"dtypes {listing(self.spec.dtypes)}."
            )
        with drawing_as(named(dtype)) as current:
            by_calls = self.spec.cases is not None
            call = self._called(draw, current) if by_calls else self._built(draw, current, stretch)
        names = argument_names(self.spec, len(call.inputs))
        if not is_assumed(self.spec, call.inputs, call.sizes, call.params):
            reject()
        scalar = any(x.ndim == 0 for x in call.inputs)
        mix = "scalar" if scalar else "any" if stretch is None else "long"
        layout, turn = draw(one_of(_ways(mix, self.spec.layouts)))
        return Case(
            inputs=call.inputs,
            names=names,
            params=call.params,
            domains=call.domains,
            sizes=call.sizes,
            dtype=dtype,
            layout=layout,
            cotangent=draw((plans if stretch is None else long_plans)(self.spec.layouts)),
            turn=turn,
        )

    def _called(self, draw: Draw, current: Drawing) -> _Values:
        assert self.spec.cases is not None
        call = draw(self.spec.cases)
        if not isinstance(call, Call):
            raise SpecError(
                f"cases of {self.spec.name!r} must give gc.call(*inputs, **params); got {call!r}."
            )
        domains = tuple(current.domain_of(x) for x in call.inputs)
        return _Values(
            tuple(as_dtype(x, current.dtype) for x in call.inputs), dict(call.params), domains, {}
        )

    def _built(self, draw: Draw, current: Drawing, stretch: Stretch | None) -> _Values:
        spec = self.spec
        relation = draw(one_of(RELATIONS)) if len(spec.inputs) > 1 else RELATIONS[0]
        sizes, shapes = (
            draw_shapes(draw, spec, alike=relation in ALIKE)
            if stretch is None
            else draw_stretched(draw, spec, stretch)
        )
        values: dict[str, Any] = dict(sizes)
        domains: dict[str, Domain | None] = dict.fromkeys(spec.inputs)
        earlier: list[Array] = []
        for name, source in self.sources.items():
            strategy = source(values) if isinstance(source, Bound | AxisParam) else source
            demand = f"The function for {name!r} of {spec.name!r} must return a strategy"
            if name in domains:
                demand += " or a domain"
            if isinstance(strategy, Domain):
                domains[name] = domain = strategy
                demand = f"The domain {domain} for {name!r} of {spec.name!r} must give a strategy"
                strategy = domain.strategy(shapes[name], current.dtype)
            if not isinstance(strategy, st.SearchStrategy):
                raise SpecError(f"{demand}; it returned {strategy!r}.")
            values[name] = draw(strategy)
            if name in domains:
                domains[name] = domains[name] or current.domain_of(values[name])
                if relation != RELATIONS[0]:
                    values[name] = related(
                        relation, values[name], domains[name], earlier, lambda: draw(seeds())
                    )
                    earlier.append(np.asarray(values[name]))
        return _Values(
            tuple(as_dtype(values[name], current.dtype) for name in spec.inputs),
            {name: values[name] for name in spec.params},
            tuple(domains.values()),
            sizes,
        )


@dataclass(frozen=True, slots=True)
class _Values:
    inputs: tuple[Array, ...]
    params: dict[str, Any]
    domains: tuple[Domain | None, ...]
    sizes: Mapping[str, int | None]


@cache
def _ways(mix: str, allowed: tuple[str, ...]) -> tuple[tuple[str, int], ...]:
    """Layouts that a spec allows, each in every turn."""
    layouts = tuple(layout for layout in _LAYOUT_MIXES[mix] if layout in allowed) or allowed[:1]
    return tuple(itertools.product(layouts, _TURN_MIX))
