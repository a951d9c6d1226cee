"""Cotangents: what the output's gradient is when the vjp is called.

A cotangent of ones hides whole families of mistakes, so the usual one has random signs
and distinct magnitudes. Some cases carry exact zeros, a single one, one number
everywhere (stride 0), or a layout that is not C-contiguous.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

from gradcheck import fills
from gradcheck.draws import one_with_seed
from gradcheck.layouts import LAYOUTS, laid_out

Array = NDArray[Any]
_LAYOUT_MIX = ("C",) * 4 + ("Fortran",) + LAYOUTS[1:]
PATTERNS = ("random",) * 9 + ("with zeros", "one-hot", "stride 0")


@dataclass(frozen=True, slots=True)
class CotangentPlan:
    """How cotangents are made once the outputs are known."""

    pattern: str = "random"
    seed: int = 2
    layout: str = "C"

    def cotangents(self, outputs: Sequence[Array]) -> tuple[Array | None, ...]:
        """Return one cotangent per output, None for an output that is not differentiable.

        Where there are several outputs each cotangent is scaled by a power of two near
        1/RMS of its output, so that a large output cannot hide a small one.
        """
        several = len(outputs) > 1
        return tuple(
            self._one(out, self.seed + k, _scale(out) if several else 1.0)
            if out.dtype.kind in "fc"
            else None
            for k, out in enumerate(outputs)
        )

    def _one(self, out: Array, seed: int, scale: float) -> Array:
        parts = 2 if out.dtype.kind == "c" else 1
        flat = fills.cotangent(seed, out.size * parts)
        if scale != 1:
            flat *= scale
        if parts == 2:
            flat = flat[::2] + 1j * flat[1::2]
        if self.pattern == "stride 0" and out.size:
            return np.broadcast_to(flat[:1].astype(out.dtype).reshape(()), out.shape)
        if self.pattern == "with zeros":
            flat[fills.generator(seed).permutation(out.size)[: (out.size + 1) // 2]] = 0
        elif self.pattern == "one-hot" and out.size:
            kept = seed % out.size
            flat[:kept] = 0
            flat[kept + 1 :] = 0
        shaped = flat.astype(out.dtype, copy=False).reshape(out.shape)
        return shaped if self.layout == "C" else laid_out(shaped, self.layout)


@cache
def plans() -> st.SearchStrategy[CotangentPlan]:
    """A strategy of cotangent plans that shrinks to ones in C order."""
    kinds = tuple((pattern, layout) for layout in _LAYOUT_MIX for pattern in PATTERNS)
    return one_with_seed(kinds).map(_plan)


def _plan(drawn: tuple[tuple[str, str], int]) -> CotangentPlan:
    (pattern, layout), seed = drawn
    return CotangentPlan(pattern, seed, layout)


def _scale(out: Array) -> float:
    """The power of two below 1/RMS of an output; 1 where that is not a finite number."""
    with np.errstate(all="ignore"):
        rms = float(np.sqrt(np.mean(np.abs(out) ** 2))) if out.size else 0.0
    return float(2.0 ** np.floor(-np.log2(rms))) if np.isfinite(rms) and rms > 1e-30 else 1.0
