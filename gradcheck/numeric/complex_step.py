"""Second opinions: sharper references, where the forward takes other numbers than doubles."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from gradcheck.ndarrays.flat import blocks
from gradcheck.ndarrays.types import Vector
from gradcheck.numeric import ladder
from gradcheck.numeric.comparison import Reference
from gradcheck.numeric.paths import Path, both_ways

_ELSEWHERE = (2.0**-5, -(2.0**-6), 2.0**-3)  # arbitrary: near, and within most domains
_STEP = 2.0**-10  # derived: differences extrapolated with its half are off by about ε^⅘
_AGREE = 1e-5  # of the terms that a slope sums; arbitrary: another function differs by more
_TELLING = 2.0**-5  # of the terms, that rounding may be where agreement shows a fit; arbitrary
_ROUNDING = 2.0**-48  # derived: sixteen units in the last place of doubles
_UNDERFLOW = 2.0**-900  # derived: slopes below it are rounded off in the step that follows
_COMPLEX_STEP = 2.0**-100  # derived: its square is far below ε, its products are no subnormals


def complex_step(
    path: Path, base: Vector, weights: Vector, reference: Reference
) -> Reference | None:
    """Differentiate by Im f(x + i·t·u) / t, which has no cancellation.

    It is right only for a forward that is analytic and takes complex numbers; so it is
    given only where it reproduces f(x), agrees with the reference that there is, and fits the
    differences at other points of the path, which may be sharper there.
    Source: Squire and Trapp (1998), SIAM Review 40(1).
    """
    if reference.kink or reference.problem:
        return None
    slopes = complex_slopes(path, base)
    if slopes is None:
        return None
    value = float(slopes @ weights)
    if abs(value - reference.value) > 4 * reference.bar + 1e-3 * abs(reference.value):
        return None
    if not _fits(path, weights):
        return None
    bar = 64 * float(np.finfo(np.float64).eps) * float(np.abs(slopes) @ np.abs(weights))
    bar += _UNDERFLOW * float(np.abs(weights).sum())
    return replace(
        reference, low=value, high=value, bar=bar, method="complex step", step=0.0, weak=False
    )


def _fits(path: Path, weights: Vector) -> bool:
    """Whether a complex step equals differences at other points."""
    fits = False
    for t in _ELSEWHERE:
        there = path.moved(t)
        base = there.at(0.0)
        slopes = None if base is None else complex_slopes(there, base)
        if base is None or slopes is None:
            continue
        far, near = (_change(there, weights, step) for step in (_STEP, _STEP / 2))
        seen = float(8 * near - far) / (6 * _STEP)
        size, terms = float(np.abs(weights) @ np.abs(base)), float(np.abs(weights) @ np.abs(slopes))
        rounding = _ROUNDING * (size + terms) / _STEP
        if not np.isfinite(seen):
            continue
        if abs(seen - float(weights @ slopes)) > _AGREE * terms + rounding:
            return False
        fits |= rounding <= _TELLING * terms or not terms
    return fits


def _change(path: Path, weights: Vector, step: float) -> float:
    """The change of ⟨w, f⟩ from one side to the other."""
    ahead, behind = both_ways(path, step)
    if ahead is None or behind is None or not ahead.shape == behind.shape == weights.shape:
        return float("nan")
    return float(weights @ (ahead - behind))


def complex_slopes(path: Path, base: Vector) -> Vector | None:
    """Slopes of every output, if the forward reproduces f(x)."""
    if path.function.takes_complex:
        return None  # there is no other imaginary axis
    out = path.function(path.imaginary(_COMPLEX_STEP))
    # A complex output is flattened to pairs of its real and its imaginary part.
    if out is None or out.size != 2 * base.size or not np.isfinite(out).all():
        return None
    again = out[::2]
    if not all(np.allclose(again[b], base[b], rtol=1e-9, atol=0) for b in blocks(base.size)):
        return None
    return out[1::2] / _COMPLEX_STEP


def wider(path: Path, weights: Vector) -> Reference | None:
    """Climb in long double, where platform and forward have it."""
    if np.finfo(np.longdouble).eps >= np.finfo(np.float64).eps:
        return None
    base = path.at(0.0, np.longdouble)
    if base is None or base.dtype != np.longdouble:
        return None
    reference = ladder.climb(path, base, weights.astype(np.longdouble), np.longdouble)
    return replace(reference, method=f"{reference.method} in long double")
