"""A stored failure as Python code to paste: the op, the case, and the numbers that disagree."""

from __future__ import annotations

import base64
import math
import re
import struct
import textwrap
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.dtypes import BFLOAT16
from gradcheck.reports.text import visible

if TYPE_CHECKING:
    from gradcheck.document.failures import StoredFailure
    from gradcheck.results import CaseReport, Failure

Array = NDArray[Any]

_WRITTEN_OUT = 64  # entries; larger arrays come as bytes
_WIDTH = 92
_INDEX = re.compile(r"(?:\[([0-9,]+)\])?")


def snippet(stored: StoredFailure) -> str:
    """Return the code: it calls the op with the stored case, bit for bit."""
    failure = stored.result.failure
    assert failure is not None
    parts = (_head(stored, failure), _op(stored), _case(stored.case), _calls(failure, stored.case))
    return "\n\n".join("\n".join(lines) for lines in parts) + "\n"


def _head(stored: StoredFailure, failure: Failure) -> Iterator[str]:
    title = _said(f"{stored.op}: {failure.headline}, stored as {stored.id}")
    yield from (f"# {line}" for line in (title, *textwrap.wrap(_said(failure.message), _WIDTH)))
    yield "import base64"
    yield ""
    if BFLOAT16 in _dtypes(stored.case):
        yield "import ml_dtypes"
    yield "import numpy as np"
    yield ""
    yield "import gradcheck as gc"
    yield "from gradcheck.layouts import laid_out"
    yield "from gradcheck.subject import subject_of"


def _dtypes(case: CaseReport) -> set[str]:
    arrays = (*case.inputs.values(), *(g for g in case.cotangents if g is not None))
    return {x.dtype.name for x in arrays}


def _op(stored: StoredFailure) -> Iterator[str]:
    yield "registry = gc.Registry()"
    yield from (f"registry.load({module!r})" for module in stored.origins.modules)
    if stored.origins.builtin:
        yield "registry.load_builtin()"
    yield f"op = subject_of(registry.get({stored.op!r}))"


def _case(case: CaseReport) -> Iterator[str]:
    yield "inputs = ["
    for name, x in case.inputs.items():
        arranged = f"laid_out({_array(x)}, {case.layout!r})" if case.layout != "C" else _array(x)
        yield f"    {arranged},  # {_said(name)}"
    yield "]"
    yield f"params = {_literal(dict(case.params))}"
    if not case.cotangents:
        return
    plan = case.cotangent
    cotangents = [_cotangent(g, plan.pattern, plan.layout) for g in case.cotangents]
    yield f"g = {cotangents[0]}" if len(cotangents) == 1 else f"g = ({', '.join(cotangents)},)"


def _cotangent(g: Array | None, pattern: str, layout: str) -> str:
    if g is None:
        return "None"
    if pattern == "stride 0" and g.size:
        return f"np.broadcast_to({_array(g.reshape(-1)[0])}, {g.shape})"
    return _array(g) if layout == "C" else f"laid_out({_array(g)}, {layout!r})"


def _calls(failure: Failure, case: CaseReport) -> Iterator[str]:
    yield "out = op.forward(*inputs, **params)"
    if not case.cotangents:
        return
    yield "gradients = op.vjp(g, inputs, params, out)"
    yield 'print("analytic", gradients)'
    moved = _moved(failure, case)
    if moved is None:
        return
    place, index = moved
    yield ""
    yield ""
    yield "def loss(step):"
    yield "    moved = [x.copy() for x in inputs]"
    yield f"    moved[{place}][{index}] += step"
    yield "    outputs = op.forward(*moved, **params)"
    if len(case.cotangents) == 1:
        yield "    return float(np.sum(g * outputs))"
    else:
        pairs = "for w, o in zip(g, outputs) if w is not None"
        yield f"    return float(sum(np.sum(w * o) {pairs}))"
    yield ""
    yield ""
    yield f"# {_said(failure.message)}"
    step = failure.worst.reference.step if failure.worst else 0.0
    yield f"step = {step or 2.0**-17!r}"
    yield 'print("numeric", (loss(step) - loss(-step)) / (2 * step))'


def _moved(failure: Failure, case: CaseReport) -> tuple[int, str] | None:
    """The entry that is wrong, as the place of its input and its index, where there is one."""
    worst = failure.worst
    if worst is None or worst.argument is None or worst.reference.kink:
        return None
    index = _INDEX.fullmatch(worst.where.removeprefix(worst.argument))
    x = case.inputs.get(worst.argument)
    if index is None or x is None or x.dtype != np.float64:
        return None
    return list(case.inputs).index(worst.argument), index[1] or "..."


def _array(x: Any) -> str:
    """An expression for an array that holds the same bits."""
    array = np.asarray(x)
    dtype = "ml_dtypes.bfloat16" if array.dtype.name == BFLOAT16 else repr(array.dtype.name)
    if not array.size:
        return f"np.zeros({array.shape}, {dtype})"
    if array.size <= _WRITTEN_OUT and _is_readable(array):
        return f"np.array({_literal(array.tolist())}, {dtype})"
    data = base64.b64encode(np.ascontiguousarray(array).tobytes()).decode()
    return f"np.frombuffer(base64.b64decode({data!r}), {dtype}).reshape({array.shape}).copy()"


def _is_readable(array: Array) -> bool:
    """Whether its entries as Python numbers are exact: all but long doubles, and odd NaNs."""
    if array.dtype.char in "gG":
        return False
    if array.dtype.kind not in "fc":
        return True
    parts = array.reshape(-1).view(array.real.dtype)
    odd = parts[np.isnan(parts)]
    usual = np.array(np.nan, odd.dtype)
    return all(nan.tobytes() == usual.tobytes() for nan in odd)


def _literal(value: Any) -> str:
    """A Python expression for a value of a param, or for nested lists of numbers."""
    for kinds, expression in _EXPRESSIONS:
        if isinstance(value, kinds):
            return expression(value)
    return repr(value)


def _items(values: Iterable[Any]) -> str:
    return ", ".join(map(_literal, values))


def _float(x: float) -> str:
    if math.isfinite(x):
        return repr(x)
    if math.isinf(x):
        return "np.inf" if x > 0 else "-np.inf"
    if struct.pack(">d", x) == struct.pack(">d", math.nan):
        return "np.nan"
    return f"np.frombuffer({struct.pack('<d', x)!r}, '<f8')[0]"


_EXPRESSIONS: tuple[tuple[Any, Callable[[Any], str]], ...] = (
    (np.ndarray, _array),
    (np.generic, lambda x: f"{_array(x)}[()]"),
    (np.dtype, lambda d: f"np.dtype({d.name!r})"),
    (float, _float),
    (complex, lambda z: f"complex({_float(z.real)}, {_float(z.imag)})"),
    (Mapping, lambda m: "{" + ", ".join(f"{_literal(k)}: {_literal(m[k])}" for k in m) + "}"),
    (tuple, lambda t: f"({_items(t)}{',' * (len(t) == 1)})"),
    (list, lambda v: f"[{_items(v)}]"),
    ((set, frozenset), lambda s: f"{type(s).__name__}([{_items(s)}])"),
)


def _said(text: str) -> str:
    """Text for a comment: one line, whatever an op calls itself."""
    return visible(text)
