"""Conditions under which a broken gradient shows, beside those that coverage counts."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any

import numpy as np

from gradcheck.cases.conditions.call_view import CallView
from gradcheck.cases.conditions.condition import Group
from gradcheck.cases.conditions.on_values import NEAR_ZERO, excluded
from gradcheck.cases.conditions.possible import Scope
from gradcheck.cases.conditions.repeats import may_be_summed, may_broadcast, repeats
from gradcheck.ndarrays.dtypes import is_floating, unit_of
from gradcheck.ndarrays.types import Array
from gradcheck.spec.axis_params import AxisParam
from gradcheck.spec.signature import ArgumentAxes

MANY_ROWS = 1024  # derived: beyond it kernels sum in blocks, see THRESHOLDS of shapes
BLOCK_ROWS = 8  # derived: rows that an unrolled loop takes at once
MANY_ENTRIES = 65535  # derived: the largest number of 16 bits
_IN_ORDER = frozenset({"C", "scalar", "read-only"})
_AXES = frozenset({"axis", "axes", "dim", "dims"})


def identical(a: Array, b: Array) -> bool:
    """Whether two arrays with entries are equal in shape, dtype and values."""
    return a.size > 0 and a.shape == b.shape and a.dtype == b.dtype and bool(np.all(a == b))


def equal_pair(arrays: Iterable[Array]) -> tuple[int, int] | None:
    """Places of the first two equal arrays that are not all 0."""
    known = list(arrays)
    for j, y in enumerate(known):
        for i, x in enumerate(known[:j]):
            if identical(x, y) and y.any():
                return i, j
    return None


def in_memory_order(array: Array) -> Array:
    """The entries in the order of memory, in the same shape."""
    return array.ravel(order="K").reshape(array.shape)


def rounded(array: Array, dtype: str) -> Array:
    """The numbers of an array, rounded to those that a dtype has."""
    if array.dtype.kind != "c":
        return array.astype(dtype).astype(array.dtype)
    real, imaginary = array.real.astype(dtype), array.imag.astype(dtype)
    return np.asarray(real.astype(array.real.dtype) + 1j * imaginary.astype(array.real.dtype))


def is_near_zero(x: Array) -> Array:
    """Where an array is near 0 but not 0."""
    return np.asarray((x != 0) & (abs(x) < NEAR_ZERO))


def _is_out_of_order(array: Array) -> bool:
    return not array.flags.c_contiguous and not identical(array, in_memory_order(array))


def _ends_in_part_of_a_block(array: Array) -> bool:
    rows = array.shape[0] if array.ndim else 0
    return rows >= MANY_ROWS and rows % BLOCK_ROWS > 0 and array.size > 0


def _is_option(call: CallView) -> bool:
    return any(
        name in call.params and not _same(call.params[name], default)
        for name, default in call.defaults.items()
    )


def _same(value: object, default: object) -> bool:
    if isinstance(value, np.ndarray) or isinstance(default, np.ndarray):
        return np.array_equal(np.asarray(value), np.asarray(default))
    return bool(value == default)


def _has_negative_axis(call: CallView) -> bool:
    """Whether a whole number among the params is negative."""
    items = (n for p in call.params.values() for n in (p if isinstance(p, tuple | list) else (p,)))
    return any(isinstance(n, int | np.integer) and n < 0 for n in items)


def _has_arrays(params: Mapping[str, Any]) -> bool:
    return any(isinstance(p, np.ndarray) and p.size for p in params.values())


def _repeats_an_index(call: CallView) -> bool:
    whole = (x for x in call.arrays.values() if x.dtype.kind in "iu")
    return any(len(np.unique(x)) < x.size for x in whole)


# What a spec rules out, and why: functions of it and the name of an input.

Limit = Callable[[Scope, str], str | None]


def _axes(why: Callable[[Scope, str, ArgumentAxes], str]) -> Limit:
    """Ask the axes of an input, where the spec limits them."""

    def limit(scope: Scope, name: str) -> str | None:
        argument = scope.argument(name)
        return None if argument is None or argument.leading else why(scope, name, argument) or None

    return limit


def _rank_below(rank: int) -> Limit:
    return _axes(lambda _, name, a: "" if len(a.dims) >= rank else f"{name} never has {rank} axes")


@_axes
def _always_flat(_scope: Scope, name: str, argument: ArgumentAxes) -> str:
    flat = len(argument.dims) == 1 and not argument.dims[0].optional
    return f"{name} always has one axis" if flat else ""


@_axes
def _no_rows(scope: Scope, name: str, argument: ArgumentAxes) -> str:
    long = argument.dims and scope.longest(argument.dims[0]) >= MANY_ROWS
    return "" if long else f"{name} may not have {MANY_ROWS} rows"


@_axes
def _not_so_many(scope: Scope, name: str, argument: ArgumentAxes) -> str:
    most = math.prod(map(scope.longest, argument.dims))
    return "" if most > MANY_ENTRIES else f"{name} has at most {most:g} entries"


def _no_long_output(scope: Scope, _name: str) -> str | None:
    if scope.spec.signature is None:
        return None
    for argument in map(scope.argument, scope.spec.inputs):
        if argument is None or argument.leading:
            return None
        if any(scope.longest(dim) >= MANY_ROWS for dim in argument.dims):
            return None
    return f"no input may have an axis of size {MANY_ROWS}"


def _nothing_broadcast(scope: Scope, name: str) -> str | None:
    if scope.spec.cases is not None or scope.spec.variadic:
        return "the spec does not say how inputs broadcast"
    able = may_broadcast(scope.spec.signature, _place(scope, name))
    return None if able else f"nothing that {name} could be broadcast against"


def _nothing_summed(scope: Scope, name: str) -> str | None:
    able = may_be_summed(scope.spec.signature, _place(scope, name))
    return None if able else f"no axis of the output is known along which {name} is repeated"


def _place(scope: Scope, name: str) -> int:
    inputs = scope.spec.inputs
    return inputs.index(name) if name in inputs else len(inputs)


def _of_drawn(seen: Callable[[Array], bool], reason: str) -> Limit:
    """Rule out what no array of any case has."""

    def limit(scope: Scope, _name: str) -> str | None:
        arrays = (a for case in scope.cases for a in (*case.inputs, *case.params.values()))
        return None if any(seen(a) for a in arrays if isinstance(a, np.ndarray)) else reason

    return limit


def _one_gradient(scope: Scope, _name: str) -> str | None:
    return None if scope.gradients() > 1 else "there is only one differentiable input"


def _only_narrow(dtype: str) -> Limit:
    return _of_drawn(
        lambda x: is_floating(x.dtype) and unit_of(x.dtype).eps < unit_of(np.dtype(dtype)).eps,
        f"no dtype that is drawn is wider than {dtype}",
    )


def _no_option(scope: Scope, _name: str) -> str | None:
    able = scope.spec.params or scope.spec.cases is not None
    return None if able else "there are no params"


def _no_axis_param(scope: Scope, _name: str) -> str | None:
    names = {name for case in scope.cases for name in case.params}
    sources = {name for name, p in scope.spec.params.items() if isinstance(p, AxisParam)}
    return None if sources | (names & _AXES) else "no param is an axis"


def _no_array_param(scope: Scope, _name: str) -> str | None:
    able = any(_has_arrays(case.params) for case in scope.cases)
    return None if able else "no param is an array"


def _in_order(scope: Scope, _name: str) -> str | None:
    ordered = set(scope.spec.layouts) <= _IN_ORDER
    return "the spec takes arrays in C order only" if ordered else None


def _no_output_order(scope: Scope, name: str) -> str | None:
    flat = scope.output_axes < 2
    return _in_order(scope, name) or ("no output has two axes" if flat else None)


_LIMITS: Mapping[str, Limit] = MappingProxyType(
    {
        "matrix": _rank_below(2),
        "vector": _rank_below(1),
        "not flat": _always_flat,
        "complex": _of_drawn(lambda x: x.dtype.kind == "c", "no dtype that is drawn is complex"),
        "near zero": lambda scope, name: excluded(scope, name, "near zero"),
        "rows": _no_rows,
        "many": _not_so_many,
        "input order": lambda scope, name: _in_order(scope, name) or _rank_below(2)(scope, name),
        "broadcast": _nothing_broadcast,
        "summed": _nothing_summed,
        "output rows": _no_long_output,
        "cotangent order": _no_output_order,
        "not contiguous": _in_order,
        "finer than float16": _only_narrow("float16"),
        "finer than float32": _only_narrow("float32"),
        "several": _one_gradient,
        "equal inputs": _one_gradient,
        "repeated index": _of_drawn(
            lambda x: x.dtype.kind in "iu", "no input and no param holds indices"
        ),
        "option": _no_option,
        "negative axis": _no_axis_param,
        "array param": _no_array_param,
    }
)


def _possible(scope: Scope, name: str, value: str) -> str | None:
    return _LIMITS[value](scope, name) if value in _LIMITS else None


# fmt: off
GROUPS = (
    Group(
        name="gradient",
        rows=(
            ("filled", "{} has entries", lambda x: x.size > 0),
            ("matrix", "two axes of {} are longer than 1",
             lambda x: x.ndim > 1 and min(x.shape[-2:]) > 1),
            ("vector", "the last axis of {} is longer than 1",
             lambda x: x.ndim > 0 and x.shape[-1] > 1),
            ("not flat", "{} has no axis, or several", lambda x: x.ndim != 1),
            ("complex", "{} is complex", lambda x: x.dtype.kind == "c"),
            ("near zero", f"|{{}}| falls below {NEAR_ZERO:g} but not to 0",
             lambda x: is_near_zero(x).any()),
            ("rows", f"{{}} has {MANY_ROWS} rows or more, and no multiple of {BLOCK_ROWS}",
             _ends_in_part_of_a_block),
            ("many", f"{{}} has more than {MANY_ENTRIES} entries", lambda x: x.size > MANY_ENTRIES),
            ("input order", "{} is laid out in another order than C", _is_out_of_order),
        ),
        part=lambda call, name: call.inputs[name], possible=_possible,
    ),
    Group(
        name="gradient",
        rows=(
            ("broadcast", "{} is broadcast", lambda own: own[0].shapes.is_broadcast(own[1])),
            ("summed", "{} is repeated along an axis of the output",
             lambda own: bool(repeats(*own).summed)),
        ),
        part=lambda call, name: (call, name), possible=_possible,
    ),
    Group(
        name="gradient",
        rows=(
            ("output rows",
             f"an output has {MANY_ROWS} rows or more, and no multiple of {BLOCK_ROWS}",
             lambda gs: any(map(_ends_in_part_of_a_block, gs))),
            ("no cotangent", "the cotangent is all zeros",
             lambda gs: gs and not any(g.any() for g in gs)),
            ("cotangent order", "the cotangent is laid out in another order than C",
             lambda gs: any(map(_is_out_of_order, gs))),
            ("not contiguous", "the cotangent is not contiguous",
             lambda gs: not all(g.flags.forc for g in gs)),
            *((f"finer than {dtype}", f"the cotangent has numbers that {dtype} does not have",
               lambda gs, dtype=dtype: any((rounded(g, dtype) != g).any() for g in gs))
              for dtype in ("float16", "float32")),
        ),
        part=lambda call, _: call.cotangents, possible=_possible,
    ),
    Group(
        name="gradient",
        rows=(
            ("always", "the vjp is called", lambda _call: True),
            ("several", "two inputs have gradients", lambda call: len(call.active) > 1),
            ("equal inputs", "two inputs have equal values",
             lambda call: equal_pair(call.inputs[name] for name in call.active)),
            ("repeated index", "an index is repeated", _repeats_an_index),
            ("option", "a param does not have its default value", _is_option),
            ("negative axis", "an axis among the params is negative", _has_negative_axis),
            ("array param", "a param is an array", lambda call: _has_arrays(call.params)),
            ("output order", "an output is laid out in another order than C",
             lambda call: any(map(_is_out_of_order, call.outputs))),
        ),
        part=lambda call, _: call, possible=_possible,
    ),
)
