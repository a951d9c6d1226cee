"""Derivatives by many single entries at once, from stacks of perturbed copies."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.forward import FlatForward, Vector

Array = NDArray[Any]
Difference = Callable[[Array], tuple[Vector, Vector]]

SHORT = 2.0**-17  # a central difference with it is off by about ε^⅔
LONG = 2.0**-10  # one that is extrapolated with its half
EPS = float(np.finfo(np.float64).eps)
# Four units in the last place per output, all in the worst direction, as in the ladder;
# extrapolation adds (4·2 + 1)/3 times the rounding of the longer difference.
ROUNDING = 4 * 3 * EPS
_CHUNK = 2**17  # numbers held by one stack of copies and its outputs
_MOST_COPIES = 256
_WORTH_STACKING = 3
_SAME = 1e-12  # BLAS may sum in another order


class Stack:
    """Perturbed copies of one part, evaluated in a single call where the signature allows it.

    As many copies are made as keep inputs and outputs of a call in the cache.
    """

    def __init__(
        self,
        function: FlatForward,
        part: int,
        *,
        scale: Vector,
        base: Vector,
        weights: Vector,
        pad: int | None,
    ) -> None:
        """Prepare as many copies as a call may have.

        Args:
            function: the forward as a map between flat vectors.
            part: which part is moved.
            scale: step scale per entry of the part.
            base: f(x), flat.
            weights: cotangents, flat.
            pad: axes of size 1 between the copies' axis and the input's own, or None where
                copies have to be evaluated one by one.
        """
        self._function = function
        self._point = function.base
        self._part = part
        self._x = self._point[part]
        self._scale = scale
        self._base = base
        self._weights = weights
        self._pad = pad
        numbers = max(self._x.size + base.size, 1)
        self._copies = min(max(_CHUNK // numbers, 1), _MOST_COPIES, self._x.size)
        self._rows = np.tile(self._x, (self._copies, 1))
        if not self._can_stack():
            self._pad = None

    def one_sided(self, indices: Array) -> tuple[Vector, Vector]:
        """(f(x + s) − f(x)) / s, exact but for rounding where f is affine in each entry."""
        return self._collect(indices, self._one_sided)

    def central(self, indices: Array) -> tuple[Vector, Vector]:
        """(f(x + s) − f(x − s)) / 2s with a short step."""
        return self._collect(indices, self._central)

    def extrapolated(self, indices: Array) -> tuple[Vector, Vector]:
        """Central differences with a long step and its half, of fourth order."""
        return self._collect(indices, self._extrapolated)

    def some(self) -> Array:
        """As many indices as there are copies in a call, spread over the part."""
        return np.linspace(0, self._x.size - 1, self._copies).astype(np.int64)

    def _collect(self, indices: Array, difference: Difference) -> tuple[Vector, Vector]:
        parts = [
            difference(indices[start : start + self._copies])
            for start in range(0, indices.size, self._copies)
        ]
        slopes, noise = zip(*parts, strict=True)
        return np.concatenate(slopes), np.concatenate(noise)

    def _one_sided(self, indices: Array) -> tuple[Vector, Vector]:
        steps = LONG * self._scale[indices]
        change, taken = self._moved(indices, steps)
        change -= self._base
        return change @ self._weights * (self._scale[indices] / taken), np.zeros(indices.size)

    def _central(self, indices: Array) -> tuple[Vector, Vector]:
        steps = SHORT * self._scale[indices]
        ahead, up = self._moved(indices, steps)
        behind, down = self._moved(indices, -steps)
        ahead -= behind
        # Divide by the step really taken: x ± s may round when it crosses a binade.
        slopes = ahead @ self._weights * (self._scale[indices] / (up - down))
        return slopes, np.zeros(indices.size)

    def _extrapolated(self, indices: Array) -> tuple[Vector, Vector]:
        far, rounding = self._long(indices, LONG)
        near, _ = self._long(indices, LONG / 2)
        return (4 * near - far) / 3, rounding / LONG

    def _long(self, indices: Array, step: float) -> tuple[Vector, Vector]:
        """Central slopes, and what rounding may add to Σ |w| |f|."""
        scale = self._scale[indices]
        ahead, up = self._moved(indices, step * scale)
        behind, down = self._moved(indices, -step * scale)
        moved = (ahead != behind) | (ahead != self._base)
        ulps = np.where(moved, ROUNDING, EPS)
        size = (ulps * np.maximum(np.abs(ahead), np.abs(behind))) @ np.abs(self._weights)
        return (ahead - behind) @ self._weights * (scale / (up - down)), size

    def _moved(self, indices: Array, steps: Vector) -> tuple[Array, Vector]:
        """Outputs with one entry moved in each row, and the steps that were really taken.

        Rows of NaN stand for points at which the forward raised.
        """
        rows = self._rows[: indices.size]
        at = np.arange(indices.size), indices
        rows[at] += steps
        taken = rows[at] - self._x[indices]
        values = self._evaluate(rows)
        rows[at] = self._x[indices]
        return values, taken

    def _evaluate(self, rows: Array) -> Array:
        if self._pad is not None:
            out = self._function.stacked(self._part, rows, self._pad)
            if out is not None and out.shape == (len(rows), self._base.size):
                return out.copy() if np.may_share_memory(out, rows) else out
        values = np.full((len(rows), self._base.size), np.nan)
        parts = list(self._point)
        for value, row in zip(values, rows, strict=True):
            parts[self._part] = row
            out = self._function(parts)
            if out is not None and out.shape == value.shape:
                value[:] = out
        return values

    def _can_stack(self) -> bool:
        """Whether a stack of equal copies gives equal outputs: trust, but verify."""
        if self._pad is None or self._x.size < _WORTH_STACKING:
            return False
        first = self._function.stacked(self._part, self._rows[:2], self._pad)
        again = self._function.stacked(self._part, self._rows[:2], self._pad)
        if first is None or again is None or np.may_share_memory(first, again):
            return False  # a buffer that is handed out twice would be overwritten
        if first.shape != (2, self._base.size):
            return False
        return bool((np.abs(first - self._base) <= _SAME * np.abs(self._base)).all())
