"""Advice on specs under which a trigger never came up."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from gradcheck.cases.conditions import Condition

_LAYOUTS = "let arrays come in every layout: layouts="
_MORE = "draw more cases (-n)"
# fmt: off
_HINTS: Mapping[tuple[str, str], str] = MappingProxyType({
    ("value", "zero"): "let the domain of {x} contain 0, or say that it does not: gc.nonzero()",
    ("value", "negative"):
        "let the domain of {x} reach below 0, or say that it does not: gc.positive()",
    ("value", "≥ 100"): "widen the domain of {x}, or give its bounds: gc.real(low, high)",
    ("value", "ties"):
        "let the domain of {x} have equal entries, or say that it has not: gc.distinct()",
    ("axis", "0"):
        "let an axis of {x} have size 0, or say that it has not: dims={{…: gc.size(min=1)}}",
    ("axis", "1"): "let an axis of {x} have size 1",
    ("axis", "odd"): "let an axis of {x} have an odd size",
    ("rank", "0-D"): "let {x} have no axes",
    ("gradient", "filled"): "let {x} have entries",
    ("gradient", "matrix"): "let {x} have two axes",
    ("gradient", "vector"): "let {x} have an axis",
    ("gradient", "near zero"):
        "let the domain of {x} reach to 0, or give its bounds: gc.real(low, high)",
    ("gradient", "equal inputs"): "let two inputs be equal",
    ("gradient", "repeated index"): "let indices repeat: gc.integers(low, high) draws such",
    ("gradient", "rows"): "let the first axis of {x} be that long",
    ("gradient", "output rows"): "let the first axis of the output be that long",
    ("gradient", "many"): "let {x} be that large",
    ("gradient", "option"): "draw the params: params={{…}}",
    ("gradient", "negative axis"): "draw axes from both ends: gc.axis_of({x!r})",
    ("gradient", "cotangent order"): _LAYOUTS,
    ("gradient", "input order"): _LAYOUTS,
    ("gradient", "not contiguous"): _LAYOUTS,
    ("gradient", "finer than float16"): _MORE,
    ("gradient", "finer than float32"): _MORE,
})
# fmt: on


def hint_for(trigger: Condition, name: str) -> str:
    """Say how to change a spec so that a trigger comes up."""
    return _HINTS.get((trigger.group, trigger.value), "").format(x=name)
