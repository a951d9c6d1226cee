"""Derivatives by many single entries at once, from stacks of perturbed copies."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from gradcheck.ndarrays.types import Array, Vector
from gradcheck.numeric.forward import FlatForward

Difference = Callable[[Array], tuple[Vector, Vector]]

SHORT = 2.0**-17  # derived: a central difference with it is off by about ε^⅔
LONG = 2.0**-10  # derived: one that is extrapolated with its half is off by about ε^⅘
EPS = float(np.finfo(np.float64).eps)
# Four units in the last place per output, all in the worst direction, as in the ladder;
# extrapolation adds (4·2 + 1)/3 times the rounding of the longer difference.
ROUNDING = 4 * 3 * EPS
_CHUNK = 2**17  # numbers held by one stack and its outputs; derived: 1 MiB, a second-level cache
_MOST_COPIES = 256  # arbitrary: beyond it the call itself costs nothing any more
_WORTH_STACKING = 3  # entries; derived: to verify a stack costs two calls
_SAME = 1e-12  # relative; derived: BLAS may sum some thousand terms in another order


class Stack:
    """Perturbed copies of one part, evaluated in as few calls as possible."""

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
        self._copies = min(max(_CHUNK // numbers, 2), _MOST_COPIES, 2 * self._x.size)
        self._rows = self._x[None].repeat(self._copies, 0)
        if not self._can_stack():
            self._pad = None

    def one_sided(self, indices: Array) -> tuple[Vector, Vector]:
        """One-sided differences, exact where f is affine in each entry."""
        return _in_chunks(self._one_sided, indices, self._copies)

    def central(self, indices: Array) -> tuple[Vector, Vector]:
        """Central differences with a short step."""
        return _in_chunks(self._central, indices, self._copies // 2)

    def extrapolated(self, indices: Array) -> tuple[Vector, Vector]:
        """Central differences with a long step and its half, of fourth order."""
        return _in_chunks(self._extrapolated, indices, self._copies // 2)

    def some(self) -> Array:
        """Indices for one call, spread over the part."""
        return np.linspace(0, self._x.size - 1, self._copies).astype(np.int64)

    def _one_sided(self, indices: Array) -> tuple[Vector, Vector]:
        steps = LONG * self._scale[indices]
        change, taken = self._moved(indices, steps)
        change -= self._base
        return change @ self._weights * (self._scale[indices] / taken), np.zeros(indices.size)

    def _central(self, indices: Array) -> tuple[Vector, Vector]:
        scale = self._scale[indices]
        ahead, behind, apart = self._both_ways(indices, SHORT * scale)
        ahead -= behind
        return ahead @ self._weights * (scale / apart), np.zeros(indices.size)

    def _extrapolated(self, indices: Array) -> tuple[Vector, Vector]:
        far, rounding = self._long(indices, LONG)
        near, _ = self._long(indices, LONG / 2)
        return (4 * near - far) / 3, rounding / LONG

    def _long(self, indices: Array, step: float) -> tuple[Vector, Vector]:
        """Central slopes, and what rounding may add to Σ |w| |f|."""
        scale = self._scale[indices]
        ahead, behind, apart = self._both_ways(indices, step * scale)
        moved = (ahead != behind) | (ahead != self._base)
        # What did not move may hide a slope only where nothing else shows one.
        ulps = np.where(moved, ROUNDING, np.where(moved.any(axis=1, keepdims=True), 0, EPS))
        size = (ulps * np.maximum(np.abs(ahead), np.abs(behind))) @ np.abs(self._weights)
        return (ahead - behind) @ self._weights * (scale / apart), size

    def _both_ways(self, indices: Array, steps: Vector) -> tuple[Array, Array, Vector]:
        """Outputs ahead and behind, and how far apart their points are.

        That is what to divide by: x ± s may round when it crosses a binade.
        """
        count = indices.size
        values, taken = self._moved(
            np.concatenate((indices, indices)), np.concatenate((steps, -steps))
        )
        return values[:count], values[count:], taken[:count] - taken[count:]

    def _moved(self, indices: Array, steps: Vector) -> tuple[Array, Vector]:
        """Outputs with one entry moved in each row, and the true steps."""
        rows, before = self._rows[: indices.size], self._x[indices]
        at = np.arange(indices.size), indices
        after = before + steps
        rows[at] = after
        values = self._evaluate(rows)
        rows[at] = before
        return values, after - before

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


def _in_chunks(difference: Difference, indices: Array, size: int) -> tuple[Vector, Vector]:
    if indices.size <= size:
        return difference(indices)
    parts = [difference(indices[k : k + size]) for k in range(0, indices.size, size)]
    slopes, noise = zip(*parts, strict=True)
    return np.concatenate(slopes), np.concatenate(noise)
