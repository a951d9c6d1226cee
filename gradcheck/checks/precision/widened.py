"""Gradients in low precision, compared with the same gradient in double precision.

Differences in float32 say nothing, so the formula is checked in float64 at the same
(rounded) inputs, and the low-precision gradient is compared with the float64 one. How far
it may be off is found out by computing the float64 one again with every intermediate result
rounded (`checks.precision.emulation`), also at inputs a rounding away. Sums are rounded once
there, so a gradient that adds up many terms in low precision is further off, and fails.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import reduce
from typing import Any

import numpy as np

from gradcheck.checks.posing import in_double
from gradcheck.checks.precision.emulation import Emulation
from gradcheck.checks.trial import Broken, OpRaised, Trial
from gradcheck.ndarrays import buckets
from gradcheck.ndarrays.dtypes import double_of, unit_of
from gradcheck.ndarrays.flat import blocks, flat, is_differentiable
from gradcheck.ndarrays.types import Array
from gradcheck.numeric.argument import Argument
from gradcheck.numeric.comparison import Comparison, Reference
from gradcheck.numeric.conditioning import nudged

_SAMPLES = 4  # arbitrary: the mean below makes up for few; 3 to 8 do as well
# An entry may be off by this many times the worst of the samples, by the mean of what is lost
# in the others (four samples of one entry may all be lucky), and by so many units in the last
# place of its own and of the largest one.
_SPREAD = 4.0
_UNITS = 4.0  # units in the last place; see above
_FAR_OFF = 0.05  # arbitrary, 0.01 to 0.2: of the largest output, with another gradient


def forward_is_off(trial: Trial) -> bool:
    """Whether the outputs are far from those in double precision."""
    exact = filter(is_differentiable, trial.outputs_at(in_double(trial.case).inputs))
    return any(_is_off(flat(low), flat(out)) for low, out in zip(trial.base, exact, strict=False))


def _is_off(low: Array, exact: Array) -> bool:
    if low.shape != exact.shape:
        return True
    far = _FAR_OFF * _largest(exact)
    return any(
        bool((np.abs(low[block].astype(np.float64) - exact[block]) > far).any())
        for block in blocks(low.size)
    )


def _largest(vector: Array) -> Any:
    return reduce(np.maximum, (np.abs(vector[b]).max() for b in blocks(vector.size)), 0.0)


def worst(trial: Trial, arguments: Sequence[Argument]) -> Comparison | None:
    """The comparison with double precision of largest margin, if there is one."""
    exact = trial.gradients_at(inputs=in_double(trial.case).inputs, cotangents=_wide(trial))
    unit = max((unit_of(g.dtype) for g in trial.gradients.values()), key=lambda unit: unit.eps)
    emulation = Emulation(unit)
    bars = _bars(trial, exact, emulation)
    comparisons = []
    for argument in arguments:
        name = argument.name
        low, right, bar = flat(trial.gradients[name]), flat(exact[name]), bars[name]
        if low.size:
            comparisons.append(_compared(argument, low, right, bar, emulation))
    usable = [c for c in comparisons if c is not None]
    return max(usable, key=lambda c: c.margin, default=None)


def _wide(trial: Trial) -> list[Array | None]:
    return [None if g is None else g.astype(double_of(g.dtype)) for g in trial.cotangents]


def _bars(trial: Trial, exact: Mapping[str, Array], emulation: Emulation) -> dict[str, Array]:
    """How far each entry of each gradient may be off."""
    unit = emulation.unit
    lost = {name: np.zeros(flat(g).size) for name, g in exact.items()}
    for seed in range(_SAMPLES):
        rng = buckets.generator(seed)
        eps = unit.eps if seed else 0.0
        inputs = [_rounding(x, rng, eps, emulation) for x in in_double(trial.case).inputs]
        g = [None if g is None else _rounding(g, rng, eps, emulation) for g in _wide(trial)]
        try:
            gradients = trial.gradients_at(inputs=inputs, cotangents=g)
        except (OpRaised, Broken):  # the op takes no subclass of an array: only its inputs round
            plain = [None if x is None else np.asarray(x) for x in g]
            gradients = trial.gradients_at(inputs=list(map(np.asarray, inputs)), cotangents=plain)
        for name, gradient in gradients.items():
            _widen(lost[name], flat(gradient), flat(exact[name]))
        del inputs, g, gradients, gradient
    terms = sum(g.size for g in trial.cotangents if g is not None)
    for name, off in lost.items():
        right = flat(exact[name])
        largest = _largest(right)
        # Sums in single precision are not seen where the op leaves the emulation (np.asarray).
        added = terms / max(off.size, 1) if emulation.sums_alike else 0.0
        squares = sum(float(np.sum(off[block] ** 2)) for block in blocks(off.size))
        elsewhere = np.sqrt(squares / off.size) if off.size else 0.0
        for block in blocks(off.size):
            units = _UNITS * (np.abs(right[block]) + largest) + added * largest
            own = _SPREAD * off[block] + elsewhere
            off[block] = own + unit.eps * units + _UNITS * unit.tiny
    return lost


def _widen(lost: Array, gradient: Array, exact: Array) -> None:
    for block in blocks(lost.size):
        np.fmax(lost[block], np.abs(gradient[block] - exact[block]), out=lost[block])


def _rounding(x: Array, rng: np.random.Generator, eps: float, emulation: Emulation) -> Array:
    """A differentiable input, nudged, as an array that rounds its results."""
    if not is_differentiable(x):
        return x
    return emulation.array(nudged(x, rng, eps))


def _compared(
    argument: Argument, low: Array, exact: Array, bar: Array, emulation: Emulation
) -> Comparison | None:
    """The entry of largest margin, among those that the dtype can hold."""
    best, index, some = -np.inf, 0, False
    for block in blocks(low.size):
        apart = np.abs(low[block].astype(np.float64) - exact[block])
        held = np.abs(exact[block]) + bar[block] < emulation.unit.largest
        # Terms of a sum may overflow though the sum itself would not.
        held &= np.isfinite(low[block]) | (not emulation.overflowed)
        some |= bool(held.any())
        margins = np.where(held, np.nan_to_num(apart, nan=np.inf) / bar[block], -np.inf)
        k = int(margins.argmax())
        if not block.start or margins[k] > best or np.isnan(margins[k]) > np.isnan(best):
            best, index = float(margins[k]), block.start + k
    if not some:
        return None
    value = float(exact[index])
    return Comparison(
        where=argument.label(index),
        argument=argument.name,
        analytic=float(low[index]),
        reference=Reference(
            low=value,
            high=value,
            bar=float(bar[index]),
            method="the same gradient in float64",
            step=0.0,
        ),
        tolerance=float(bar[index]),
    )
