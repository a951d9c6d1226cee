"""Sources of the values of inputs and params, in drawing order."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st

from gradcheck.errors import SpecError, did_you_mean, listing
from gradcheck.spec.axis_params import AxisParam
from gradcheck.spec.binding import Bound, bind
from gradcheck.spec.domains import Domain, real
from gradcheck.spec.spec import OpSpec, defaults_of

Source = Domain | st.SearchStrategy[Any] | Bound | AxisParam


def sources_of(spec: OpSpec) -> Mapping[str, Source]:
    """Return the source of each input and param, in drawing order.

    Raises:
        SpecError: if a function asks for a name that does not exist, or two of them wait for
            each other.
    """
    if spec.cases is not None:
        return {}
    if spec.variadic:
        raise SpecError(
            f"forward of {spec.name!r} takes *{spec.inputs[0]}: say what to call it with by "
            "cases=, a strategy of gc.call(...)."
        )
    sources: dict[str, Source] = {name: real() for name in spec.inputs}
    for name, source in (*spec.domains.items(), *spec.params.items()):
        sources[name] = _source(spec, name, source)
    return {name: sources[name] for name in _ordered(spec.name, sources)}


def _source(spec: OpSpec, name: str, source: Any) -> Source:
    if isinstance(source, Domain | st.SearchStrategy):
        return source
    kind = "domain" if name in spec.domains else "param"
    sizes = spec.signature.input_names if spec.signature else ()
    known = tuple(n for n in (*sizes, *spec.inputs, *spec.params) if n != name)
    if isinstance(source, AxisParam):
        if source.name not in spec.inputs:
            raise SpecError(
                f"The param {name!r} of {spec.name!r} is to be the {source}, but the inputs are "
                f"{listing(spec.inputs)}.{did_you_mean(source.name, spec.inputs)}"
            )
        return source
    what = f"the {kind} function for {name!r} of {spec.name!r}"
    return bind(source, known, what=what, defaults=defaults_of(spec))


def _ordered(op: str, sources: Mapping[str, Source]) -> list[str]:
    """Order names, each after those that its function asks for."""
    order: list[str] = []
    while len(order) < len(sources):
        ready = [
            name
            for name, source in sources.items()
            if name not in order and all(n in order for n in _needs(source) if n in sources)
        ]
        if not ready:
            stuck = [name for name in sources if name not in order]
            raise SpecError(
                f"In {op!r}, {listing(stuck)} wait for each other: draw one of them first."
            )
        order.append(ready[0])
    return order


def _needs(source: Source) -> tuple[str, ...]:
    return source.names if isinstance(source, Bound | AxisParam) else ()
