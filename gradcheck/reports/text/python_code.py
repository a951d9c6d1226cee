"""Values as Python code that gives the same bits again."""

from __future__ import annotations

import base64
import math
import struct
import textwrap
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np

from gradcheck.ndarrays.dtypes import BFLOAT16, named
from gradcheck.ndarrays.types import Array

WIDTH = 96  # columns of code that is pasted into a file of 100
_WRITTEN_OUT = 64  # entries; larger arrays come as bytes


def array(x: Any) -> str:
    """An expression for an array that holds the same bits."""
    a = np.asarray(x)
    name = a.dtype.name
    dtype = "ml_dtypes.bfloat16" if name == BFLOAT16 else text(_portable_name(a))
    if not a.size:
        return f"np.zeros({literal(a.shape)}, {dtype})"
    if a.size <= _WRITTEN_OUT and _is_readable(a):
        values = literal(a.tolist())
        implied = name in ("float64", "complex128", "bool")
        return call("np.array", values, *([] if implied else [dtype]))
    data = base64.b64encode(np.ascontiguousarray(a).tobytes()).decode()
    pieces = textwrap.wrap(data, WIDTH - 20) or [""]
    data = text(pieces[0]) if len(pieces) == 1 else _lines("(", map(text, pieces), ")", "")
    return f"np.frombuffer(base64.b64decode({data}), {dtype}).reshape({literal(a.shape)}).copy()"


def _portable_name(x: Array) -> str:
    long = {"g": "longdouble", "G": "clongdouble"}
    return long.get(x.dtype.char, x.dtype.name)


def _is_readable(x: Array) -> bool:
    """Tell whether Python numbers are exact: not for odd NaNs."""
    if x.dtype.char in "gG":
        return False
    if not (x.dtype.kind in "fc" or x.dtype.name == BFLOAT16):
        return True
    parts = x.reshape(-1)
    parts = parts.view(x.real.dtype) if x.dtype.kind == "c" else parts
    odd = parts[np.isnan(parts)]
    usual = np.array(np.nan, odd.dtype)
    return all(nan.tobytes() == usual.tobytes() for nan in odd)


def literal(value: Any) -> str:
    """A Python expression for a param, or nested lists of numbers."""
    for kinds, expression in _EXPRESSIONS:
        if isinstance(value, kinds):
            return expression(value)
    return repr(value)


def _items(values: Iterable[Any]) -> list[str]:
    return [literal(value) for value in values]


def _float(x: float) -> str:
    if math.isfinite(x):
        return repr(float(x))
    if math.isinf(x):
        return "np.inf" if x > 0 else "-np.inf"
    if struct.pack(">d", x) == struct.pack(">d", math.nan):
        return "np.nan"
    return f'np.frombuffer({_bytes(struct.pack("<d", x))}, "<f8")[0]'


def _complex(z: complex) -> str:
    return f"complex({_float(z.real)}, {_float(z.imag)})"


def _bytes(value: bytes) -> str:
    return f"bytes.fromhex({text(value.hex())})"


def text(value: str) -> str:
    """A string in double quotes, in ASCII: nothing in it hides."""
    quoted = ascii(value)
    return f'"{quoted[1:-1]}"' if quoted[0] == "'" and '"' not in value else quoted


def _dtype(dtype: np.dtype[Any]) -> str:
    if dtype.name == BFLOAT16:
        return "np.dtype(ml_dtypes.bfloat16)"
    return f"np.dtype({text(_portable_name(np.empty(0, named(dtype.name))))})"


def _tuple(value: tuple[Any, ...]) -> str:
    return bracketed("(", _items(value), ")", single=",")


_EXPRESSIONS: tuple[tuple[Any, Callable[[Any], str]], ...] = (
    (np.ndarray, array),
    (np.generic, lambda x: f"{array(x)}[()]"),
    (np.dtype, _dtype),
    (str, text),
    (bytes, _bytes),
    (float, _float),
    (complex, _complex),
    (
        Mapping,
        lambda m: bracketed("{", (f"{literal(k)}: {literal(v)}" for k, v in m.items()), "}"),
    ),
    (tuple, _tuple),
    (list, lambda v: bracketed("[", _items(v), "]")),
    ((set, frozenset), lambda s: f"{type(s).__name__}({bracketed('[', _items(s), ']')})"),
    (type(...), lambda _: "..."),
)


def call(function: str, *arguments: str) -> str:
    """A call, on one line if it fits there."""
    return bracketed(f"{function}(", arguments, ")")


def bracketed(left: str, items: Iterable[str], right: str, *, single: str = "") -> str:
    """Items on one line if they fit, else one a line.

    `single` follows an item that is alone, as the comma of a tuple does.
    """
    items = list(items)
    line = f"{left}{', '.join(items)}{single * (len(items) == 1)}{right}"
    fits = len(line) <= WIDTH - 16 and "\n" not in line
    return line if fits or not items else _lines(left, items, right, ",")


def _lines(left: str, items: Iterable[str], right: str, end: str) -> str:
    return "\n".join([left, *(indented(f"{item}{end}") for item in items), right])


def indented(lines: str) -> str:
    """Lines, four blanks to the right."""
    return textwrap.indent(lines, "    ")
