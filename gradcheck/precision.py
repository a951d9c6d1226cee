"""Gradients in low precision, compared with the same gradient in double precision.

Differences in float32 say nothing, so the formula is checked in float64 at the same
(rounded) inputs, and the low-precision gradient is compared with the float64 one. How far
it may be off is found out by computing the float64 one again with every intermediate result
rounded (`gradcheck.emulation`), also at inputs a rounding away. Sums are rounded once there,
so a gradient that adds up many terms in low precision is further off, and fails.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck import fills
from gradcheck.claims import Argument
from gradcheck.dtypes import double_of, unit_of
from gradcheck.emulation import Emulation
from gradcheck.forward import flat, is_differentiable
from gradcheck.rounding import nudged
from gradcheck.trial import Broken, OpRaised, Trial
from gradcheck.verdict import Comparison, Reference

Array = NDArray[Any]

_NEARLY_ALL = 0.5  # of the largest number: beyond that, its neighbours are infinite
_SAMPLES = 4
# An entry may be off by this many times the worst of the samples, by the mean of what is lost
# in the others (four samples of one entry may all be lucky), and by so many units in the last
# place of its own and of the largest one.
_SPREAD = 4.0
_UNITS = 4.0
_FAR_OFF = 0.05  # of the largest output: a forward so inaccurate has another gradient


def forward_is_off(trial: Trial, wide: Mapping[str, Array]) -> bool:
    """Whether the outputs in low precision are far from those in double precision."""
    exact = filter(is_differentiable, trial.outputs_at(list(wide.values())))
    pairs = [
        (flat(low).astype(np.float64), flat(out))
        for low, out in zip(trial.base, exact, strict=False)
    ]
    return any(
        low.shape != out.shape
        or bool((np.abs(low - out) > _FAR_OFF * np.abs(out).max(initial=0.0)).any())
        for low, out in pairs
    )


def worst(
    trial: Trial, wide: Mapping[str, Array], arguments: Sequence[Argument]
) -> Comparison | None:
    """Compare the gradients of a trial with those in double precision, entry by entry.

    Args:
        trial: in low precision.
        wide: its inputs by name in double precision.
        arguments: the differentiable inputs.

    Returns:
        The comparison with the largest margin, or None if there is no entry.
    """
    cotangents = [None if g is None else g.astype(double_of(g.dtype)) for g in trial.cotangents]
    exact = trial.gradients_at(inputs=list(wide.values()), cotangents=cotangents)
    unit = max((unit_of(g.dtype) for g in trial.gradients.values()), key=lambda unit: unit.eps)
    emulation = Emulation(unit)
    bars = _bars(trial, list(wide.values()), cotangents, exact, emulation)
    found = []
    for argument in arguments:
        name = argument.name
        low, right, bar = flat(trial.gradients[name]), flat(exact[name]), bars[name]
        fits = low.size and (np.abs(right) + bar).max() < _NEARLY_ALL * unit.largest
        # Terms of a sum may overflow though the sum itself would not.
        if fits and (np.isfinite(low).all() or not emulation.overflowed):
            found.append(_compared(argument, low, right, bar))
    return max(found, key=lambda c: c.margin, default=None)


def _bars(
    trial: Trial,
    inputs: Sequence[Array],
    cotangents: Sequence[Array | None],
    exact: Mapping[str, Array],
    emulation: Emulation,
) -> dict[str, Array]:
    """How far each entry of each gradient may be off."""
    unit = emulation.unit
    lost = {name: np.zeros(flat(g).size) for name, g in exact.items()}
    for seed in range(_SAMPLES):
        rng = fills.generator(seed)
        eps = unit.eps if seed else 0.0
        given = [_rounding(x, rng, eps, emulation) for x in inputs]
        g = [None if g is None else _rounding(g, rng, eps, emulation) for g in cotangents]
        try:
            gradients = trial.gradients_at(inputs=given, cotangents=g)
        except (OpRaised, Broken):  # the op takes no subclass of an array: only its inputs round
            plain = [None if x is None else np.asarray(x) for x in g]
            gradients = trial.gradients_at(inputs=list(map(np.asarray, given)), cotangents=plain)
        for name, found in gradients.items():
            np.fmax(lost[name], np.abs(flat(found) - flat(exact[name])), out=lost[name])
    terms = sum(g.size for g in cotangents if g is not None)
    bars = {}
    for name, off in lost.items():
        size = np.abs(flat(exact[name]))
        # Sums in single precision are not seen where the op leaves the emulation (np.asarray).
        added = terms / max(off.size, 1) if emulation.sums_alike else 0.0
        units = _UNITS * (size + size.max(initial=0.0)) + added * size.max(initial=0.0)
        elsewhere = np.sqrt(np.mean(off**2)) if off.size else 0.0
        bars[name] = _SPREAD * off + elsewhere + unit.eps * units + _UNITS * unit.tiny
    return bars


def _rounding(x: Array, rng: np.random.Generator, eps: float, emulation: Emulation) -> Array:
    """An input near x that rounds whatever is computed from it; as it is, if it has no slope."""
    if not is_differentiable(x):
        return x
    return emulation.array(nudged(x, rng, eps))


def _compared(argument: Argument, low: Array, exact: Array, bar: Array) -> Comparison:
    distance = np.nan_to_num(np.abs(low.astype(np.float64) - exact), nan=np.inf)
    index = int((distance / bar).argmax())
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
