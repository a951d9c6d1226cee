"""Conditions on indices and masks: arrays without a derivative."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np

from gradcheck.cases.conditions.call_view import CallView
from gradcheck.cases.conditions.condition import Group, can
from gradcheck.cases.conditions.possible import Scope
from gradcheck.ndarrays.types import Array


def _possible_index(scope: Scope, name: str, value: str) -> str | None:
    domains = scope.domains.get(name, ())
    below = any(d.contains is not None and d.contains(np.array([-1])) for d in domains)
    return can(below if value == "negative" else value not in ("none", "descending"))


def _falls(i: Array) -> bool:
    return bool((i[1:] < i[:-1]).any())


def _of_kinds(*kinds: str) -> Callable[[CallView], Iterable[str]]:
    """The arrays of some kinds of dtype."""
    return lambda call: (name for name, x in call.arrays.items() if x.dtype.kind in kinds)


def _seen_of_kinds(*kinds: str) -> Callable[[Scope], Iterable[str]]:
    return lambda scope: (name for name, kind in scope.kinds.items() if kind in kinds)


# fmt: off
GROUPS = (
    Group(
        name="index",
        rows=(
            ("none", "there is no index in {}", lambda i: not i.size),
            ("repeated", "an index in {} is repeated", lambda i: len(np.unique(i)) < i.size),
            ("all equal", "all indices in {} are equal",
             lambda i: i.size > 1 and (i == i[0]).all()),
            ("out of order", "the indices in {} are out of order", _falls),
            ("descending", "the indices in {} descend",
             lambda i: _falls(i) and not (i[1:] > i[:-1]).any()),
            ("negative", "an index in {} is negative", lambda i: (i < 0).any()),
        ),
        part=lambda call, name: call.arrays[name].ravel(),
        subjects=_of_kinds("i", "u"),
        candidates=_seen_of_kinds("i", "u"),
        possible=_possible_index,
    ),
    Group(
        name="mask",
        rows=(
            ("all true", "{} is true everywhere", lambda m: m.size and m.all()),
            ("all false", "{} is false everywhere", lambda m: m.size and not m.any()),
            ("mixed", "{} is true in places", lambda m: m.any() and not m.all()),
            ("row of false", "a row of {} is all false",
             lambda m: m.size and m.ndim and not m.any(axis=-1).all()),
        ),
        part=lambda call, name: call.arrays[name],
        subjects=_of_kinds("b"),
        candidates=_seen_of_kinds("b"),
        possible=lambda _scope, _name, _value: "",
    ),
)
