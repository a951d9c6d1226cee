"""Params that depend on an input: one of its axes, several, or an order of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

Axes = int | tuple[int, ...] | None


@dataclass(frozen=True, slots=True)
class AxisParam:
    """A param whose values follow from the rank of the input called `name`."""

    name: str
    kind: str

    @property
    def names(self) -> tuple[str, ...]:
        return (self.name,)

    def __call__(self, values: Mapping[str, Any]) -> st.SearchStrategy[Any]:
        return _STRATEGIES[self.kind](values[self.name].ndim)

    def __str__(self) -> str:
        return f"{self.kind} of {self.name}"


def axis_of(name: str) -> AxisParam:
    """One axis of the input called `name`, counted from the front or the back.

    A case in which that input has no axes is rejected.
    """
    return AxisParam(name, "axis")


def axes_of(name: str) -> AxisParam:
    """What a reduction takes: None, one axis, or a tuple of axes, negative ones too."""
    return AxisParam(name, "axes")


def permutation_of(name: str) -> AxisParam:
    """An order of all axes of the input called `name`, as a tuple, negative ones too."""
    return AxisParam(name, "permutation")


def _axis(rank: int) -> st.SearchStrategy[int]:
    if rank == 0:
        return st.nothing()
    return st.sampled_from([*range(rank), *range(-rank, 0)])


def _axes(rank: int) -> st.SearchStrategy[Axes]:
    if rank == 0:
        return st.sampled_from([None, ()])
    subset = st.lists(_axis(rank), unique_by=lambda axis: axis % rank, max_size=rank).map(tuple)
    return st.one_of(st.none(), _axis(rank), subset)


def _permutation(rank: int) -> st.SearchStrategy[tuple[int, ...]]:
    def signed(drawn: tuple[list[int], bool]) -> tuple[int, ...]:
        order, negative = drawn
        return tuple(axis - rank if negative else axis for axis in order)

    return st.tuples(st.permutations(range(rank)), st.booleans()).map(signed)


_STRATEGIES = {"axis": _axis, "axes": _axes, "permutation": _permutation}
