"""Conditions on how an op is called: params, memory layout, dtype, cotangents."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import numpy as np

from gradcheck.cases.conditions.call_view import CallView
from gradcheck.cases.conditions.condition import Group, Trait, can, trait
from gradcheck.cases.conditions.possible import Scope
from gradcheck.ndarrays.types import Array
from gradcheck.spec.axis_params import AxisParam
from gradcheck.spec.binding import parameters_of
from gradcheck.spec.spec import OpSpec

_SMALL = 16  # arbitrary: whole numbers up to it are values of their own
_SHORT = 8  # arbitrary: so are other numbers that are written in as many characters
_OF_AXIS_PARAM: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "axis": ("negative", "not negative"),
        "axes": ("None", "negative", "not negative", "several", "negative entry"),
        "permutation": ("cyclic", "negative entry"),
    }
)

# Params.


def _shown_by(value: Any) -> Iterator[str]:
    """The values that one param shows."""
    if isinstance(value, tuple | list):
        yield from _shown_by_tuple(value)
    elif value is None or isinstance(value, bool | np.bool_ | str):
        yield written(value) if isinstance(value, str) else str(value)
    elif isinstance(value, int | np.integer):
        yield "negative" if value < 0 else "not negative"
        if abs(int(value)) <= _SMALL:
            yield str(value)
    elif isinstance(value, float | np.floating):
        yield "negative" if value < 0 else "not negative"
        short = f"{value:g}"
        if len(short) <= _SHORT and float(short) == value:
            yield short


def _shown_by_tuple(items: Sequence[Any]) -> Iterator[str]:
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


def _param(call: CallView, name: str) -> frozenset[str]:
    """All that a param shows, and whether it has its default value."""
    same = _is_default(call, name)
    default = () if same is None else ("default",) if same else ("not default",)
    return frozenset((*_shown_by(call.params[name]), *default))


def _is_default(call: CallView, name: str) -> bool | None:
    """Whether a param has its default value; None without one."""
    if name not in call.defaults or isinstance(call.defaults[name], np.ndarray):
        return None
    value, default = call.params[name], call.defaults[name]
    return type(value) is type(default) and written(value) == written(default)


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


def _possible_param(scope: Scope, name: str, value: str) -> str | None:
    return can(value in _options(scope, name))


def _options(scope: Scope, name: str) -> tuple[str, ...]:
    """Everything that the values of a param can show, by its source."""
    source = scope.spec.params[name]
    values = _OF_AXIS_PARAM[source.kind] if isinstance(source, AxisParam) else _choices(source)
    return (*values, *("default", "not default") * (name in defaults_of(scope.spec)))


def _choices(source: Any) -> tuple[str, ...]:
    """Everything that the few values of a strategy show."""
    if repr(source) == "booleans()":
        return ("True", "False")
    elements = getattr(source, "elements", ())  # of `st.sampled_from`
    few = elements[:_SMALL] if isinstance(elements, tuple | list) else ()
    return tuple(dict.fromkeys(shown for value in few for shown in _shown_by(value)))


def params_themselves(call: CallView) -> Iterator[Trait]:
    """The values of params, where they are short, beyond the table."""
    return (t for name, source in call.params.items() for t in _values(name, _shown_by(source)))


def possible_params(scope: Scope) -> Iterator[Trait]:
    """The values that params can have."""
    return (t for name in scope.spec.params for t in _values(name, _options(scope, name)))


def _values(name: str, shown: Iterable[str]) -> Iterator[Trait]:
    for value in shown:
        if value not in _PARAM:
            yield trait("param", name, value, f"{{}} is {value}")


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

# Layouts, and the layouts and patterns of cotangents.

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
    }
)
# How many axes longer than 1 an array needs for a layout, or a pattern of the cotangent, to show.
_LONG_AXES = {"Fortran": 2, "transposed": 2, "strided": 1, "reversed": 1}
_LONG_OUTPUT = {"zeros": 1, "one-hot": 1, "zero row": 2, "stride 0": 1, **_LONG_AXES}


def _possible_layout(scope: Scope, _subject: str, value: str) -> str | None:
    able = scope.scalars if value == "scalar" else scope.axes >= _LONG_AXES.get(value, 0)
    # Only an input that happens to be constant has stride 0.
    return can(able and value in scope.spec.layouts and value != "stride 0")


def _possible_cotangent(scope: Scope, _subject: str, value: str) -> str | None:
    able = value in _LONG_OUTPUT and scope.output_axes >= _LONG_OUTPUT[value]
    return can(able and (value in scope.spec.layouts or value not in _LAYOUT))


def _any(test: Callable[[Array], Any]) -> Callable[[Sequence[Array]], bool]:
    return lambda cotangents: any(map(test, cotangents))


def _has_zeros(g: Array) -> bool:
    return 0 < int(np.count_nonzero(g)) < g.size


def _has_zero_row(g: Array) -> bool:
    return g.ndim > 1 and _has_zeros(g) and not bool((g != 0).any(axis=-1).all())


def _is_strided(g: Array) -> bool:
    return not g.flags.forc and any(g.strides) and min(g.strides) >= 0


# fmt: off
GROUPS = (
    Group(
        name="param",
        rows=tuple((value, words, lambda shown, value=value: value in shown)
                   for value, words in _PARAM.items()),
        part=_param,
        subjects=lambda call: call.params, candidates=lambda scope: scope.spec.params,
        possible=_possible_param,
    ),
    Group(
        name="layout",
        rows=(
            *((value, words, lambda call, value=value: call.layout == value)
              for value, words in _LAYOUT.items()),
            ("not C", "the inputs are not C-contiguous", lambda call: not call.in_order),
        ),
        part=lambda call, _: call, possible=_possible_layout,
    ),
    Group(
        name="dtype",
        rows=tuple((dtype, f"the inputs are {dtype}", lambda own, dtype=dtype: own == dtype)
                   for dtype in ("float64", "float32", "float16", "bfloat16", "complex128",
                                 "complex64")),
        part=lambda call, _: call.case.dtype if call.case is not None else "",
        possible=lambda scope, _, dtype: can(dtype in scope.dtypes),
    ),
    Group(
        name="cotangent",
        rows=(
            ("ones", "the cotangent is 1 everywhere", _any(lambda g: (g == 1).all())),
            ("zeros", "the cotangent has an exact zero", _any(_has_zeros)),
            ("zero row", "a row of the cotangent is all zeros", _any(_has_zero_row)),
            ("one-hot", "the cotangent is one-hot",
             _any(lambda g: np.count_nonzero(g) == 1 < g.size)),
            ("one output", "the cotangent of an output is all zeros",
             lambda gs: len(gs) > 1 and not all(g.any() for g in gs)),
            ("stride 0", "the cotangent has stride 0",
             _any(lambda g: not g.flags.c_contiguous and not any(g.strides))),
            ("Fortran", "the cotangent is in Fortran order", _any(lambda g: g.flags.fnc)),
            ("strided", "the cotangent is strided", _any(_is_strided)),
            ("reversed", "the cotangent runs backwards in memory",
             _any(lambda g: not g.flags.c_contiguous and min(g.strides) < 0)),
            ("not C", "the cotangent is not C-contiguous",
             _any(lambda g: not g.flags.c_contiguous)),
        ),
        part=lambda call, _: call.cotangents, possible=_possible_cotangent,
    ),
)
