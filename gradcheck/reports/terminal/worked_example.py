"""The page of `gradcheck show`: an op, and its gradient in numbers."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from rich.text import Text

from gradcheck.reports.terminal.style import fact, heading, indented, whole
from gradcheck.reports.text import numbers, words
from gradcheck.reports.text.printable import block, place, visible
from gradcheck.spec.axis_params import AxisParam

if TYPE_CHECKING:
    from rich.console import RenderableType

    from gradcheck.ndarrays.types import Array
    from gradcheck.numeric.comparison import Comparison
    from gradcheck.results.failure import CaseReport
    from gradcheck.spec.spec import OpSpec

CASES = "drawn by cases="


def page(spec: OpSpec, example: CaseReport) -> Iterator[RenderableType]:
    """Yield the description of an op and its worked example."""
    yield Text.assemble((visible(spec.name), "bold"), f"   {words.signature(spec)}")
    if spec.doc:
        yield Text("")
        yield indented(Text(block(spec.doc)))
    yield Text("")
    yield from _facts(spec)
    yield Text("")
    yield heading("Worked example")
    yield Text("")
    yield from _example(example)


def _facts(spec: OpSpec) -> Iterator[RenderableType]:
    for label, values in (
        ("inputs", _inputs(spec)),
        ("params", {name: _param(spec, name) for name in spec.param_defaults}),
        ("sizes", {name: str(size) for name, size in spec.dims.items()}),
    ):
        if values:
            yield fact(label, "\n".join(f"{name}: {text}" for name, text in values.items()))
    yield fact("dtypes", ", ".join(spec.dtypes))
    if spec.reason:
        yield fact("tolerance", f"rtol = {spec.rtol:g}: {spec.reason}")
    if spec.tags:
        yield fact("tags", ", ".join(spec.tags))
    if spec.source:
        # a folded address cannot be opened
        yield (whole if "://" in spec.source else fact)("source", spec.source)
    yield whole("defined at", place(spec.location))
    for rule in (spec.gradient, spec.tangent_rule):
        if rule is not None and rule.location is not None:
            yield whole(rule.kind, place(rule.location))


def _inputs(spec: OpSpec) -> dict[str, str]:
    if spec.cases is not None:
        return dict.fromkeys(spec.inputs, CASES)
    without = dict.fromkeys(spec.nondiff, ", without gradient")
    return {
        name: f"{_depending(spec.domains.get(name, 'real'))}{without.get(name, '')}"
        for name in spec.inputs
    }


def _param(spec: OpSpec, name: str) -> str:
    strategy = spec.params.get(name)
    if spec.cases is not None:
        return CASES
    if strategy is None:
        return f"{numbers.plain(spec.param_defaults[name])} (not drawn)"
    return str(strategy) if isinstance(strategy, AxisParam) else _depending(strategy)


def _depending(described: Any) -> str:
    """Describe a domain or strategy, or what its function depends on."""
    if not inspect.isfunction(described):
        return visible(str(described))
    names = inspect.signature(described).parameters
    return f"depends on {', '.join(names)}" if names else "drawn by a function"


def _example(case: CaseReport) -> Iterator[RenderableType]:
    for name, value in case.inputs.items():
        yield fact(name, numbers.matrix(value))
    for name, value in case.params.items():
        yield fact(name, numbers.plain(value))
    yield Text("")
    for name, out in _numbered("out", case.outputs).items():
        yield fact(name, numbers.matrix(out))
    for name, g in _numbered("g = ∂L/∂out", case.cotangents).items():
        yield fact(name, "none" if g is None else numbers.matrix(g))
    for argument, analytic in case.gradients.items():
        yield Text("")
        yield heading(f"  ∂L/∂{argument}")
        yield from _compared(argument, analytic, case.comparisons)


def _compared(
    argument: str, analytic: Any, comparisons: tuple[Comparison, ...]
) -> Iterator[RenderableType]:
    yield fact("analytic", numbers.matrix(analytic))
    own = {c.where: c for c in comparisons if c.argument == argument and c.rule == "vjp"}
    numeric = _numeric(argument, np.asarray(analytic), own)
    if numeric is not None:
        yield fact("numeric", numbers.matrix(_cleaned(numeric, own)))
        yield fact("difference", numbers.matrix(_rounded(analytic - numeric)))


def _numeric(argument: str, analytic: Array, own: Mapping[str, Comparison]) -> Array | None:
    """References in the gradient's shape; None if one is missing."""
    parts = (".real", ".imag") if np.iscomplexobj(analytic) else ("",)
    labels = [numbers.entry(argument, index) for index in np.ndindex(analytic.shape)]
    if not labels or any(label + part not in own for label in labels for part in parts):
        return None
    real, *imaginary = (
        np.reshape([own[label + part].reference.value for label in labels], analytic.shape)
        for part in parts
    )
    return real + 1j * imaginary[0] if imaginary else real


def _cleaned(numeric: Any, own: Mapping[str, Comparison]) -> Any:
    """Round to the digits that the error bars vouch for."""
    bar = max((c.reference.bar for c in own.values()), default=0.0)
    if not 0 < bar < np.inf:
        return numeric
    return np.round(numeric, min(int(-np.floor(np.log10(bar))), 15)) + 0.0


def _rounded(difference: Any) -> Any:
    """Two digits of each difference: more would be noise."""
    entries = np.ravel(difference).tolist()
    return np.reshape([type(d)(f"{d:.1e}") for d in entries], np.shape(difference))


def _numbered(name: str, values: tuple[Any, ...]) -> dict[str, Any]:
    if len(values) == 1:
        return {name: values[0]}
    head, _, tail = name.partition(" ")
    return {f"{head}[{i}] {tail}".strip(): value for i, value in enumerate(values)}
