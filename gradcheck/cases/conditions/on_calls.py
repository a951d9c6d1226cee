"""Traits of how an op is called: params, memory layout, dtype, cotangents."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import numpy as np

from gradcheck.cases.case import Case
from gradcheck.cases.conditions.condition import Trait, trait
from gradcheck.cases.conditions.possible import Scope
from gradcheck.ndarrays.types import Array
from gradcheck.spec.axis_params import AxisParam
from gradcheck.spec.binding import parameters_of
from gradcheck.spec.signature import Signature
from gradcheck.spec.spec import OpSpec

Cotangents = Sequence[Array | None]

_SMALL = 16  # whole numbers up to it are values of their own
_SHORT = 8  # so are other numbers that are written in as many characters
_PARAM: Mapping[str, str] = MappingProxyType(
    {
        "default": "{} has its default value",
        "not default": "{} does not have its default value",
        "None": "{} is None",
        "True": "{} is True",
        "False": "{} is False",
        "negative": "{} is negative",
        "not negative": "{} is not negative",
        "tuple": "{} is a tuple",
        "empty tuple": "{} is an empty tuple",
        "several": "{} has several entries",
        "negative entry": "{} has a negative entry",
        "cyclic": "{} is an order of axes that does not undo itself",
    }
)
_OF_AXIS_PARAM: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "axis": ("negative", "not negative"),
        "axes": ("None", "negative", "not negative", "several", "negative entry"),
        "permutation": ("cyclic", "negative entry"),
    }
)
_LAYOUT: Mapping[str, str] = MappingProxyType(
    {
        "C": "the inputs are in C order",
        "Fortran": "the inputs are in Fortran order",
        "transposed": "the inputs are transposed in memory",
        "strided": "the inputs are strided",
        "reversed": "the inputs run backwards in memory",
        "stride 0": "the inputs have stride 0",
        "read-only": "the inputs are read-only",
        "scalar": "an input is a NumPy scalar",
        "not C": "the inputs are not C-contiguous",
    }
)
# How many axes longer than 1 an array needs for a layout, or a pattern of the cotangent, to show.
_LONG_AXES: Mapping[str, int] = MappingProxyType(
    {"Fortran": 2, "transposed": 2, "strided": 1, "reversed": 1}
)
_COTANGENT_AXES: Mapping[str, int] = MappingProxyType(
    {
        "zeros": 1,
        "one-hot": 1,
        "zero row": 2,
        "Fortran": 2,
        "strided": 1,
        "reversed": 1,
        "stride 0": 1,
    }
)
_COTANGENT: Mapping[str, str] = MappingProxyType(
    {
        "ones": "the cotangent is 1 everywhere",
        "zeros": "the cotangent has an exact zero",
        "zero row": "a row of the cotangent is all zeros",
        "one-hot": "the cotangent is one-hot",
        "one output": "the cotangent of an output is all zeros",
        "stride 0": "the cotangent has stride 0",
        "Fortran": "the cotangent is in Fortran order",
        "strided": "the cotangent is strided",
        "reversed": "the cotangent runs backwards in memory",
        "not C": "the cotangent is not C-contiguous",
    }
)
VALUES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "param": tuple(_PARAM),
        "layout": tuple(_LAYOUT),
        "dtype": ("float64", "float32", "float16", "bfloat16", "complex128", "complex64"),
        "cotangent": tuple(_COTANGENT),
    }
)


def traits(case: Case, _signature: Signature | None) -> Iterator[Trait]:
    """The traits of the params, the layout and the dtype of a case."""
    for name, value in case.params.items():
        for shown, words in _of_param(value):
            yield trait("param", name, shown, words)
    for layout in _layouts(case):
        yield trait("layout", "", layout, _LAYOUT[layout])
    yield _dtype(case.dtype)


def _dtype(name: str) -> Trait:
    return trait("dtype", "", name, f"the inputs are {name}")


def _of_param(value: Any) -> Iterator[tuple[str, str]]:
    """What one param shows, and in which words."""
    if isinstance(value, tuple | list):
        for shown in _of_tuple(value):
            yield shown, _PARAM[shown]
    elif value is None or isinstance(value, bool | np.bool_ | str):
        shown = written(value) if isinstance(value, str) else str(value)
        yield shown, f"{{}} is {shown}"
    elif isinstance(value, int | np.integer):
        yield from _of_number(int(value), str(value) if abs(int(value)) <= _SMALL else "")
    elif isinstance(value, float | np.floating):
        short = f"{value:g}"
        exact = len(short) <= _SHORT and float(short) == value
        yield from _of_number(float(value), short if exact else "")


def _of_number(number: float, shown: str) -> Iterator[tuple[str, str]]:
    """The sign of a number, and the number itself where that is short."""
    sign = "negative" if number < 0 else "not negative"
    yield sign, _PARAM[sign]
    if shown:
        yield shown, f"{{}} is {shown}"


def _of_tuple(items: Sequence[Any]) -> Iterator[str]:
    yield "tuple" if items else "empty tuple"
    if len(items) > 1:
        yield "several"
    if not all(isinstance(n, int | np.integer) for n in items):
        return
    if any(n < 0 for n in items):
        yield "negative entry"
    order = [n % len(items) for n in items]
    is_order = sorted(order) == list(range(len(items)))
    if is_order and any(order[order[i]] != i for i in order):
        yield "cyclic"


def _layouts(case: Case) -> Iterator[str]:
    """The layout of a case, if it makes a difference to some input; else C."""
    in_order = case.layout == "C" or all(np.asarray(x).flags.c_contiguous for x in case.arranged())
    scalar = case.layout == "scalar" and any(x.ndim == 0 for x in case.inputs)
    differs = not in_order or scalar or case.layout == "read-only"
    yield case.layout if differs else "C"
    if not in_order:
        yield "not C"


def of_cotangents(cotangents: Cotangents) -> Iterator[Trait]:
    """The traits of the cotangents of a case, one per output, None where there is none."""
    given = [g for g in cotangents if g is not None and g.size]
    values = dict.fromkeys(value for g in given for value in _of_cotangent(g))
    if len(given) > 1 and not all(g.any() for g in given):
        values["one output"] = None
    for value in values:
        yield trait("cotangent", "", value, _COTANGENT[value])


def _of_cotangent(g: Array) -> Iterator[str]:
    nonzero = g != 0
    count = int(np.count_nonzero(nonzero))
    if (g == 1).all():
        yield "ones"
    if 0 < count < g.size:
        yield "zeros"
        if count == 1:
            yield "one-hot"
        if g.ndim > 1 and not nonzero.any(axis=-1).all():
            yield "zero row"
    if g.flags.c_contiguous:
        return
    yield "not C"
    if g.flags.f_contiguous:
        yield "Fortran"
    elif any(g.strides) and min(g.strides) >= 0:
        yield "strided"
    if min(g.strides) < 0:
        yield "reversed"
    if not any(g.strides):
        yield "stride 0"


def of_defaults(case: Case, defaults: Mapping[str, Any]) -> Iterator[Trait]:
    """Which params of a case have their default value."""
    for name, default in defaults.items():
        if name in case.params and not isinstance(default, np.ndarray):
            value = case.params[name]
            same = type(value) is type(default) and written(value) == written(default)
            shown = "default" if same else "not default"
            yield trait("param", name, shown, _PARAM[shown])


def written(value: Any) -> str:
    """The repr of a param, whatever it is."""
    try:
        return repr(value)
    except Exception:  # noqa: BLE001 - a repr of the user's may do anything
        return f"<{type(value).__name__}>"


def defaults_of(spec: OpSpec) -> dict[str, Any]:
    """The params that have a default, with it."""
    parameters = parameters_of(spec.forward) or ()
    return {
        p.name: p.default
        for p in parameters
        if p.name in spec.param_defaults and p.default is not p.empty
    }


def _options(given: Any) -> tuple[str, ...]:
    """What the few values of a strategy show, as far as it tells them."""
    if repr(given) == "booleans()":
        return ("True", "False")
    elements = getattr(given, "elements", ())  # of `st.sampled_from`
    few = elements[:_SMALL] if isinstance(elements, tuple | list) else ()
    return tuple(dict.fromkeys(shown for value in few for shown, _ in _of_param(value)))


def possible(scope: Scope) -> Iterator[Trait]:
    """What the params, layouts, dtypes and cotangents of an op can show."""
    yield from _possible_params(scope.spec)
    layouts = scope.spec.layouts
    for layout in layouts:
        able = scope.scalars if layout == "scalar" else scope.axes >= _LONG_AXES.get(layout, 0)
        if able and layout != "stride 0":  # only an input that happens to be constant has it
            yield trait("layout", "", layout, _LAYOUT[layout])
    yield from map(_dtype, scope.dtypes)
    for value, axes in _COTANGENT_AXES.items():
        if scope.output_axes >= axes and (value in layouts or value not in _LAYOUT):
            yield trait("cotangent", "", value, _COTANGENT[value])


def _possible_params(spec: OpSpec) -> Iterator[Trait]:
    defaults = defaults_of(spec)
    for name, given in spec.params.items():
        values = _OF_AXIS_PARAM[given.kind] if isinstance(given, AxisParam) else _options(given)
        if name in defaults:
            values = (*values, "default", "not default")
        for value in values:
            yield trait("param", name, value, _PARAM.get(value, f"{{}} is {value}"))
