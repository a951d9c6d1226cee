"""Params that are one, several or all axes of an input."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any

from hypothesis import strategies as st

from gradcheck.ndarrays.strategies import one_of

_LONG = 1000  # derived: less than the shortest of the long sizes in cases/shapes.py, 1024
_LISTED = 5  # arbitrary: 120 orders fit a list, more axes need not be drawn evenly
Axes = int | tuple[int, ...] | None


@dataclass(frozen=True, slots=True)
class AxisParam:
    """A param that follows from the shape of the input `name`."""

    name: str
    kind: str

    @property
    def names(self) -> tuple[str, ...]:
        return (self.name,)

    def __call__(self, values: Mapping[str, Any]) -> st.SearchStrategy[Any]:
        shape = values[self.name].shape
        any_axes = _STRATEGIES[self.kind](len(shape))
        if self.kind == "permutation" or len(shape) < 2 or max(shape) < _LONG:
            return any_axes
        beside = _beside(len(shape), shape.index(max(shape)))
        return one_of((True, True, False)).flatmap(lambda short: beside if short else any_axes)

    def __str__(self) -> str:
        return f"{self.kind} of {self.name}"


def axis_of(name: str) -> AxisParam:
    """One axis of the input `name`, counted from either end.

    A case in which that input has no axes is rejected.
    """
    return AxisParam(name, "axis")


def axes_of(name: str) -> AxisParam:
    """The axes of a reduction: None, one, or a tuple; also negative."""
    return AxisParam(name, "axes")


def permutation_of(name: str) -> AxisParam:
    """An order of all axes of the input `name`, also negative."""
    return AxisParam(name, "permutation")


@cache
def _beside(rank: int, long: int) -> st.SearchStrategy[int]:
    """An axis beside a long one: its reduction is long."""
    axes = [axis for axis in range(rank) if axis != long]
    return one_of((*axes, *(axis - rank for axis in axes)))


def _axis(rank: int) -> st.SearchStrategy[int]:
    if rank == 0:
        return st.nothing()
    return one_of((*range(rank), *range(-rank, 0)))


@cache
def _axes(rank: int) -> st.SearchStrategy[Axes]:
    if rank == 0:
        return one_of((None, ()))
    subset = st.lists(_axis(rank), unique_by=lambda axis: axis % rank, max_size=rank).map(tuple)
    return st.one_of(st.none(), _axis(rank), subset)


def _permutation(rank: int) -> st.SearchStrategy[tuple[int, ...]]:
    return one_of(_orders(rank)) if rank <= _LISTED else st.permutations(range(rank)).map(tuple)


@cache
def _orders(rank: int) -> tuple[tuple[int, ...], ...]:
    """All orders of a few axes, counted from either end.

    A mistake that takes an order for its own inverse does not show in those that are; so
    the others come as often as all of those together, if there are any.
    """
    orders = list(itertools.permutations(range(rank)))
    own = [order for order in orders if all(order[order[k]] == k for k in range(rank))]
    others = [order for order in orders if order not in own]
    times = -(-len(own) // len(others)) if others else 0
    front = (*own, *others * times)
    return (*front, *(tuple(axis - rank for axis in order) for order in front))


_STRATEGIES: Mapping[str, Callable[[int], st.SearchStrategy[Any]]] = MappingProxyType(
    {"axis": _axis, "axes": _axes, "permutation": _permutation}
)
