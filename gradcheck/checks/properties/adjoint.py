"""A jvp and a vjp are transposes of each other.

Checked where an op has both: ⟨g, J u⟩ = ⟨Jᵀ g, u⟩ for any cotangent g and tangent u. It needs
no differences, so it holds to the last digits, at any size and in any dtype. The jvp is also
compared with the numeric reference, so that a failure says which of the two is wrong. Typical
of forward-mode rules: they are written later than the backward ones, and checked against
nothing.
Source: Griewank and Walther (2008), Evaluating Derivatives, 2nd edition, section 3.3.
"""

from __future__ import annotations

import math

import numpy as np

from gradcheck.checks.agreement import spent
from gradcheck.checks.posing import tangents_of
from gradcheck.checks.properties.property import Property
from gradcheck.checks.trial import Trial
from gradcheck.checks.violation import Violation
from gradcheck.ndarrays import buckets
from gradcheck.ndarrays.dtypes import unit_of
from gradcheck.ndarrays.flat import blocks, flat, is_differentiable
from gradcheck.ndarrays.types import Array
from gradcheck.numeric.notation import apart
from gradcheck.results.kind import Kind

_UNITS = 2.0**12  # arbitrary, 2**8 to 2**16: that rounding of the two sums may cost


def check(trial: Trial) -> Violation | None:
    """Compare ⟨g, jvp(u)⟩ with ⟨vjp(g), u⟩ for a random tangent u."""
    if trial.subject.jvp is None or not trial.is_finite:
        return None
    inputs = [trial.case.inputs[i] for i in trial.active]
    tangents = tuple(_tangent(x, trial.case.cotangent.seed + i) for i, x in enumerate(inputs))
    moved = tangents_of(trial, tangents)
    outputs = [np.asarray(out) for out in trial.outputs]
    pairs = [(m, out) for m, out in zip(moved, outputs, strict=True) if is_differentiable(out)]
    one, ahead = _product([m for m, _ in pairs], trial.weights)
    other, back = _product(list(trial.gradients.values()), list(tangents))
    size = ahead + back + spent(trial)
    if not math.isfinite(ahead + back):
        return None
    unit = max((unit_of(out.dtype) for _, out in pairs), key=lambda unit: unit.eps)
    bar = _UNITS * unit.eps * (size + unit.tiny)  # below the smallest normal number spacing is even
    if abs(one - other) <= bar + _UNITS * unit_of(np.float64).tiny:
        return None
    forth, back_again = apart(one, other)
    return Violation(
        Kind.ADJOINT,
        "jvp and vjp are not adjoint",
        f"For one cotangent g and one tangent u, ⟨g, jvp(u)⟩ is {forth} and ⟨vjp(g), u⟩ is "
        f"{back_again}; rounding explains {bar:.1g}.",
        culprit="jvp",
    )


def _tangent(x: Array, seed: int) -> Array:
    parts = buckets.cotangent(seed + 2, flat(x).size)
    vector = parts.astype(flat(x).dtype)
    return (vector.view(x.dtype) if x.dtype.kind == "c" else vector).reshape(x.shape)


def _product(one: list[Array], other: list[Array]) -> tuple[float, float]:
    """The real inner product of two lists, and Σ |terms|."""
    total = size = 0.0
    for a, b in zip(map(flat, one), map(flat, other), strict=True):
        for block in blocks(a.size):
            terms = a[block].astype(np.float64) * b[block]
            total += float(terms.sum())
            size += float(np.abs(terms).sum())
    return total, size


PROPERTY = Property(name="adjoint", when="in turn", text=__doc__, check=check)
