"""Cotangents: gradients of the outputs, as the vjp gets them.

A cotangent of ones hides whole families of mistakes, so the usual one has random signs
and distinct magnitudes. Some cases carry exact zeros, a single one, one number
everywhere (stride 0), or a layout that is not C-contiguous: that is how cotangents come
out of a transpose or a sum.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from types import MappingProxyType

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

from gradcheck.ndarrays import buckets, masks
from gradcheck.ndarrays.dtypes import is_floating
from gradcheck.ndarrays.layouts import LAYOUTS, laid_out
from gradcheck.ndarrays.strategies import one_with_seed
from gradcheck.ndarrays.types import Array

_SIGNED = 2  # derived: seeds 0 and 1 are ones and 1 2 3 …, which say little of a long output
_LAYOUT_MIX = (
    *("C",) * 7,
    *("Fortran",) * 3,
    "transposed",
    "strided",
    "reversed",
)
# Where the zeros of a pattern lie. They never are everywhere: that would compare nothing.
_ZEROS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "with zeros": ("half", "one", "one of each row"),
        "zero rows": ("a row", "a column"),
        "one-hot": ("all but one",),
    }
)
# How often each pattern is drawn; the first is the one that a case shrinks to.
PATTERNS = (
    *("random",) * 9,
    *("with zeros",) * 4,
    *("one-hot",) * 2,
    "zero rows",
    "one output",
    *("stride 0",) * 2,
)
# Of long outputs: sums in a short dtype go astray where all their terms have one sign.
LONG_PATTERNS = (
    *("one sign",) * 6,
    *("random",) * 4,
    *("with zeros",) * 2,
    *("one-hot", "zero rows", "one output", "stride 0"),
)


@dataclass(frozen=True, slots=True)
class CotangentPlan:
    """How cotangents are made once the outputs are known.

    Attributes:
        pattern: "random" and "one sign" have no zeros, "one sign" has no negative numbers
            either; "with zeros", "zero rows" and "one-hot" have some zeros;
            "one output" has zeros only for all outputs but one; "stride 0" is one number.
        seed: of the numbers, and of where the zeros are.
        layout: the memory layout that the vjp sees.
        given: the cotangents themselves, where they are known beforehand. For outputs of
            other shapes, as of the same op on empty arrays, they are made as ever.
    """

    pattern: str = "random"
    seed: int = _SIGNED
    layout: str = "C"
    given: tuple[Array | None, ...] | None = field(default=None, compare=False)

    def cotangents(self, outputs: Sequence[Array]) -> tuple[Array | None, ...]:
        """Return one cotangent per output, None if it is not differentiable.

        Where there are several outputs each cotangent is scaled by a power of two near
        1/RMS of its output, so that a large output cannot hide a small one.
        """
        if self.given is not None and self.fits(outputs):
            return tuple(
                None if g is None else self.arranged(g.astype(out.dtype))
                for g, out in zip(self.given, outputs, strict=True)
            )
        differentiable = [k for k, out in enumerate(outputs) if is_floating(out.dtype)]
        several = len(outputs) > 1
        alone = self.pattern == "one output" and several
        cotangents: list[Array | None] = [None] * len(outputs)
        for nth, k in enumerate(differentiable):
            g = self._one(outputs[k], self.seed + k, _scale(outputs[k]) if several else 1.0)
            dropped = alone and nth != self.seed % len(differentiable)
            cotangents[k] = np.zeros_like(g) if dropped else g
        return tuple(cotangents)

    def fits(self, outputs: Sequence[Array]) -> bool:
        """Whether the cotangents that are given belong to such outputs."""
        forms = [_form(out) if is_floating(out.dtype) else None for out in outputs]
        return [None if g is None else _form(g) for g in self.given or ()] == forms

    def _one(self, out: Array, seed: int, scale: float) -> Array:
        parts = 2 if out.dtype.kind == "c" else 1
        flat = buckets.cotangent(seed, out.size * parts)
        if self.pattern == "one sign":
            np.abs(flat, out=flat)
        if scale != 1:
            flat *= scale
        if parts == 2:
            flat = flat[::2] + 1j * flat[1::2]
        shaped = flat.astype(out.dtype, copy=False).reshape(out.shape)
        if self.pattern in _ZEROS:
            shaped[_zeros(self.pattern, seed, out.shape)] = 0
        return self.arranged(shaped)

    def arranged(self, g: Array) -> Array:
        """Return a cotangent in the layout that the vjp sees."""
        if self.pattern == "stride 0" and g.size:
            return np.broadcast_to(g[(0,) * g.ndim], g.shape)
        return g if self.layout == "C" else laid_out(g, self.layout)


def _form(array: Array) -> tuple[tuple[int, ...], bool]:
    return array.shape, array.dtype.kind == "c"


@cache
def long_plans(layouts: tuple[str, ...] = LAYOUTS) -> st.SearchStrategy[CotangentPlan]:
    """A strategy of plans for long outputs; it shrinks to one sign."""
    return one_with_seed(_kinds(LONG_PATTERNS, layouts)).map(
        lambda choice: _plan((choice[0], max(choice[1], _SIGNED)))
    )


@cache
def plans(layouts: tuple[str, ...] = LAYOUTS) -> st.SearchStrategy[CotangentPlan]:
    """A strategy of plans in these layouts; it shrinks to ones."""
    return one_with_seed(_kinds(PATTERNS, layouts)).map(_plan)


def _kinds(patterns: tuple[str, ...], layouts: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """Patterns and layouts to choose from, as the spec allows."""
    orders = tuple(layout for layout in _LAYOUT_MIX if layout in layouts) or layouts[:1]
    allowed = tuple(p for p in patterns if p != "stride 0" or p in layouts)
    return tuple((pattern, order) for order in orders for pattern in allowed)


def _plan(choice: tuple[tuple[str, str], int]) -> CotangentPlan:
    (pattern, layout), seed = choice
    return CotangentPlan(pattern, seed, layout)


def _zeros(pattern: str, seed: int, shape: tuple[int, ...]) -> NDArray[np.bool_]:
    """Where the zeros of a pattern lie, never everywhere."""
    kinds = _ZEROS[pattern]
    where = masks.mask(kinds[seed % len(kinds)], buckets.generator(seed), shape)
    if where.size and where.all():
        where.reshape(-1)[seed % where.size] = False
    return where


def _scale(out: Array) -> float:
    """The power of two below 1/RMS of an output, or 1."""
    with np.errstate(all="ignore"):
        rms = float(np.sqrt(np.mean(np.abs(out) ** 2))) if out.size else 0.0
    return float(2.0 ** np.floor(-np.log2(rms))) if np.isfinite(rms) and rms > 1e-30 else 1.0
