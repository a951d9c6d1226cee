"""A stored failure as Python code to paste."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from inspect import signature
from typing import TYPE_CHECKING

import numpy as np

from gradcheck.errors import SpecError
from gradcheck.ndarrays.types import Array
from gradcheck.numeric.argument import Argument
from gradcheck.reports.text.escaping import shortened
from gradcheck.reports.text.printable import visible
from gradcheck.reports.text.python_code import (
    WIDTH,
    array,
    bracketed,
    call,
    indented,
    literal,
    text,
)
from gradcheck.spec import domains

if TYPE_CHECKING:
    from gradcheck.results.failure import CaseReport, Failure
    from gradcheck.run.history.stored_failure import StoredFailure


_TITLE = 200  # characters of a comment
_LATER = ("determinism", "state", "zero", "linearity", "layouts", "empty", "batch", "twice")
"""Properties that call the op otherwise than the case does."""
_CHECKED = (*_LATER, "purity", "contract", "aliasing", "adjoint", "reference", "tails", "hessian")
"""Properties that can be checked by themselves."""
_MODULES = (("base64",), ("ml_dtypes", "numpy as np"), ("gradcheck as gc",))
_HELPERS = (("gradcheck.results.documents.values", "Opaque"),)


def snippet(stored: StoredFailure) -> str:
    """Return code that calls the op with the stored case.

    It prints the numbers of the failure's panel: by plain differences where an entry of a
    gradient is wrong, else by the check that found the failure.
    """
    failure = stored.result.failure
    assert failure is not None
    parts = [_op(stored), _case(stored.case), *_checks(failure, stored.case)]
    body = "\n".join("\n".join([*lines, ""]) for lines in parts)
    return f"{_title(stored, failure)}{_imports(body)}\n{body}"


def _title(stored: StoredFailure, failure: Failure) -> str:
    told = (f"{stored.op}: {failure.headline}, stored as {stored.id}", failure.message)
    paragraphs = (textwrap.wrap(visible(shortened(said, _TITLE)), WIDTH) for said in told)
    return "".join(f"# {line}\n" for lines in paragraphs for line in lines)


def _imports(body: str) -> str:
    """Import what the code uses, and no more."""
    groups = [
        [f"import {name}" for name in names if re.search(rf"\b{name.split()[-1]}\.", body)]
        for names in _MODULES
    ]
    needed: dict[str, list[str]] = {}
    for module, name in _HELPERS:
        if re.search(rf"\b{name}\(", body):
            needed.setdefault(module, []).append(name)
    groups[-1] += [f"from {module} import {', '.join(names)}" for module, names in needed.items()]
    return "\n\n".join("\n".join(lines) for lines in groups if lines) + "\n"


def _op(stored: StoredFailure) -> Iterator[str]:
    yield "registry = gc.Registry()"
    yield from (f"registry.load({text(module)})" for module in stored.origins.modules)
    if stored.origins.builtin:
        yield "registry.load_builtin()"
    yield f"op = registry.get({text(stored.op)})"


def _case(case: CaseReport) -> Iterator[str]:
    yield "inputs = ["
    for name, x in case.inputs.items():
        yield f"    # {visible(shortened(name, _TITLE))}"
        yield indented(f"{array(x)},")
    yield "]"
    pairs = (f"{text(name)}: {literal(value)}" for name, value in case.params.items())
    yield f"params = {bracketed('{', pairs, '}')}"
    if case.cotangents:
        made = [_cotangent(g, case.cotangent.pattern) for g in case.cotangents]
        yield f"g = {made[0] if len(made) == 1 else bracketed('(', made, ')')}"


def _cotangent(g: Array | None, pattern: str) -> str:
    if g is None:
        return "None"
    if pattern == "stride 0" and g.size:
        return call("np.broadcast_to", array(g.reshape(-1)[0]), literal(g.shape))
    return array(g)


def _checks(failure: Failure, case: CaseReport) -> Iterator[Iterable[str]]:
    """Show the failure by differences, the property or the whole examination."""
    entry = _entry(failure, case)
    if failure.raised is not None and failure.broken not in _LATER and _is_plain(case):
        yield _plain_call(case)
    elif entry is not None:
        yield [*_examined(failure, case), *_analytic(entry)]
        yield from _differences(failure, case, entry)
    else:
        yield [*_examined(failure, case), *_verdict()]


def _is_plain(case: CaseReport) -> bool:
    """Whether the arrays lie in memory as their code makes them."""
    return case.layout == case.cotangent.layout == "C"


def _plain_call(case: CaseReport) -> Iterator[str]:
    """Let the op raise: that is where a debugger is of use."""
    yield "out = op(*inputs, **params)"
    if case.cotangents:
        yield "named = dict(zip(op.inputs, inputs, strict=False)) | params"
        yield 'op.apply_vjp(g, {**op.param_defaults, **named, "out": out})'


@dataclass(frozen=True)
class _Entry:
    """The entry whose gradient is wrong.

    Attributes:
        place: which input it is of.
        name: of that input.
        index: of the entry, as code.
        part: ".real", ".imag" or nothing.
        step: how far it is moved each way.
    """

    place: int
    name: str
    index: str
    part: str
    step: float


def _entry(failure: Failure, case: CaseReport) -> _Entry | None:
    """The double-precision entry that differences can move by itself."""
    worst = failure.worst
    if worst is None or failure.broken or worst.rule != "vjp" or worst.argument is None:
        return None
    x = case.inputs.get(worst.argument)
    if x is None or worst.argument not in case.gradients:
        return None
    is_complex = x.dtype.kind == "c"
    number = Argument(worst.argument, x.shape, is_complex).index_of(worst.where)
    if number is None or x.dtype.name not in ("float64", "complex128"):
        return None
    entry, part = divmod(number, 2) if is_complex else (number, 0)
    index = tuple(map(int, np.unravel_index(entry, x.shape)))
    place = list(case.inputs).index(worst.argument)
    scale = _scale(x, index, case.domains[place] if case.domains else None)
    if not scale:
        return None
    return _Entry(
        place=place,
        name=worst.argument,
        index=",".join(map(str, index)) or "...",
        part=(".real", ".imag")[part] if is_complex else "",
        step=worst.reference.step or 2.0**-17 * scale,
    )


def _scale(x: Array, index: tuple[int, ...], origin: domains.Origin | None) -> float:
    """The scale of an entry's step; 0 if it cannot move."""
    size = float(np.abs(x[index]))
    scale = max(1.0, size) if np.isfinite(size) else 0.0
    try:
        domain = None if origin is None else domains.from_origin(origin)
    except SpecError:
        return 0.0
    if domain is None or (domain.project is None and domain.room is None):
        return scale
    return min(scale, float(domain.room(x)[index])) if domain.room and not domain.project else 0.0


def _differences(failure: Failure, case: CaseReport, entry: _Entry) -> Iterator[Iterable[str]]:
    step = f"{'1j * ' if entry.part == '.imag' else ''}step"
    yield [
        "",
        "def loss(step):",
        "    moved = [np.array(x) for x in inputs]",
        f"    moved[{entry.place}][{entry.index}] += {step}",
        *_contracted(case),
    ]
    assert failure.worst is not None
    if failure.worst.reference.kink:
        yield [
            "",
            f"step = {entry.step!r}",
            'print("numeric, from the left", (loss(0) - loss(-step)) / step)',
            'print("numeric, from the right", (loss(step) - loss(0)) / step)',
        ]
    else:
        yield [
            "",
            f"step = {entry.step!r}",
            'print("numeric", (loss(step) - loss(-step)) / (2 * step))',
        ]


def _contracted(case: CaseReport) -> Iterator[str]:
    """The outputs times the cotangents, summed, as code."""
    whole = any(g is not None and g.dtype.kind == "c" for g in case.cotangents)
    times = "(w.conj() * o).real" if whole else "w * o"
    if len(case.cotangents) == 1:
        yield "    w, o = g, op(*moved, **params)"
        yield f"    return float(np.sum({times}))"
    else:
        yield "    pairs = zip(g, op(*moved, **params), strict=True)"
        yield f"    return float(sum(np.sum({times}) for w, o in pairs if w is not None))"


def _analytic(entry: _Entry) -> Iterator[str]:
    gradient = f"result.last.gradients[{text(entry.name)}]"
    yield f'print("analytic", {gradient}[{entry.index}]{entry.part})'


def _verdict() -> Iterator[str]:
    yield 'print(result.failure.message if result.failure else "It holds now.")'


def _examined(failure: Failure, case: CaseReport) -> Iterator[str]:
    """Check this one case, as it was found."""
    plan = case.cotangent
    known = zip(case.inputs, map(_domain, case.domains), strict=False)
    domains = [f"{text(name)}: {domain}" for name, domain in known if domain]
    sizes = [f"{text(name)}: {size}" for name, size in case.sizes.items()]
    options = {
        "params": "params",
        "g": "g" if case.cotangents else "",
        "dtype": text(case.dtype),
        "layout": text(case.layout) if case.layout != "C" else "",
        "g_layout": text(plan.layout) if plan.layout != "C" else "",
        "domains": bracketed("{", domains, "}") if domains else "",
        "sizes": bracketed("{", sizes, "}") if sizes else "",
        "seed": str(plan.seed),
        "turn": str(case.turn) if case.turn else "",
        "properties": f"({text(failure.broken)},)" if failure.broken in _CHECKED else "",
    }
    yield "result = gc.check_case("
    yield "    op,"
    yield "    inputs,"
    yield from (indented(f"{name}={value},") for name, value in options.items() if value)
    yield ")"


def _domain(origin: domains.Origin | None) -> str:
    """Code of a domain other than the spec's; empty without one."""
    factory = None if origin is None else getattr(domains, origin.factory, None)
    if origin is None or factory is None:
        return ""
    usual = signature(factory).parameters
    told = (
        f"{name}={literal(value)}"
        for name, value in origin.arguments.items()
        if name not in usual or usual[name].default != value
    )
    return call(f"gc.{origin.factory}", *told)
