"""The forward agrees with the slow one that is given by `reference=`.

A gradient can be right for a forward that is wrong. Where a fast forward has an obviously right
counterpart (a loop, a library's function, the formula as it stands in the paper), the two are
compared at every case that is due, within what rounding of the inputs explains. Typical of
fused kernels: a forward that is off in a corner, and a gradient that agrees with it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from gradcheck.checks.calling import as_tuple, called
from gradcheck.checks.properties.property import Property
from gradcheck.checks.trial import Trial
from gradcheck.checks.violation import Violation
from gradcheck.ndarrays import buckets
from gradcheck.ndarrays.dtypes import unit_of
from gradcheck.ndarrays.types import Array
from gradcheck.numeric.conditioning import nudged
from gradcheck.numeric.notation import apart
from gradcheck.results.kind import Kind

_SAMPLES = 3  # arbitrary: nudged inputs that stand for the rounding of all
_CONDITIONING = 16.0  # arbitrary, 4 to 64: roundings inside, beside one of each input
_UNITS = 64.0  # arbitrary, 16 to 256: units of the largest output, for sums in another order


def check(trial: Trial) -> Violation | None:
    """Compare the outputs with those of the reference."""
    if trial.subject.reference is None:
        return None
    wanted = _outputs(trial, trial.fresh_inputs())
    shapes = [np.shape(out) for out in trial.outputs]
    if [out.shape for out in wanted] != shapes:
        forms = f"shapes {[out.shape for out in wanted]}, the forward {shapes}"
        return _violation(f"The reference returned {forms}.")
    bars = _bars(trial, wanted)
    for k, (out, right, bar) in enumerate(zip(trial.outputs, wanted, bars, strict=True)):
        finite = np.isfinite(right)
        wrong = np.where(finite, ~(np.abs(out - np.where(finite, right, 0)) <= bar), False)
        if wrong.any():
            where = np.unravel_index(int(np.argmax(wrong)), wrong.shape)
            name = "out" if len(wanted) == 1 else f"out[{k}]"
            place = f"[{','.join(map(str, where))}]" if where else ""
            result, expected = apart(np.asarray(out)[where], right[where])
            return _violation(
                f"The forward returned {result} at {name}{place}, the reference {expected}; "
                f"rounding explains {np.max(bar[where]):.1g}."
            )
    return None


def _outputs(trial: Trial, inputs: Sequence[Array]) -> tuple[Array, ...]:
    assert trial.subject.reference is not None
    return as_tuple(called("reference", trial.subject.reference, *inputs, **trial.case.params))


def _bars(trial: Trial, wanted: tuple[Array, ...]) -> list[Array]:
    """Bars of the outputs: conditioning, and some units of the largest."""
    unit = max(unit_of(out.dtype).eps for out in trial.base)
    shifts = [np.zeros(out.shape) for out in wanted]
    for seed in range(_SAMPLES):
        rng = buckets.generator(seed)
        moved = _outputs(trial, [nudged(x, rng, unit) for x in trial.case.inputs])
        for shift, at, out in zip(shifts, moved, wanted, strict=True):
            np.maximum(shift, np.nan_to_num(np.abs(at - out), nan=np.inf), out=shift)
    return [
        _CONDITIONING * shift + _UNITS * unit * np.abs(out[np.isfinite(out)]).max(initial=0.0)
        for shift, out in zip(shifts, wanted, strict=True)
    ]


def _violation(message: str) -> Violation:
    return Violation(
        Kind.REFERENCE, "forward differs from its reference", message, culprit="forward"
    )


PROPERTY = Property(name="reference", when="in turn", text=__doc__, check=check)
