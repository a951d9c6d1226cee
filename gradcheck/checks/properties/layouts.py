"""Memory layout changes nothing: Fortran order, strides, negative strides, stride 0, read-only.

Cotangents come out of transposes, slices and broadcasts. A rule that reads memory in the order
in which it lies, or that reshapes as if it lay in C order, is right for every freshly made
array and wrong for those. Found in the wild: backward passes that ignored the strides of the
incoming gradient (Dao-AILab/flash-attention#355, deeplearning4j/deeplearning4j#8077).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from gradcheck.checks.agreement import Difference, difference
from gradcheck.checks.failures import layout_refusal
from gradcheck.checks.properties.property import LAYOUT_HINT, Property
from gradcheck.checks.trial import OpRaised, Trial
from gradcheck.checks.violation import Violation
from gradcheck.ndarrays.layouts import laid_out
from gradcheck.results.kind import Kind

_INPUTS, _COTANGENT = "the inputs", "the cotangent"


def check(trial: Trial) -> Violation | None:
    """Call with inputs and cotangents in each layout that the spec allows."""
    for what, layout in _arrangements(trial):
        try:
            gradients = trial.gradients_at(**_given(trial, what, layout))
        except OpRaised as raised:
            if raised.culprit != "forward" or what != _INPUTS:
                raise
            return layout_refusal(raised, layout)
        for name in gradients:  # one after the other, so that no two copies of all are held
            gradients[name] = np.asarray(gradients[name], order="C")
        apart = difference(trial, gradients, trial.gradients)
        del gradients
        if apart is not None:
            return _violation(apart, f"{what} in {layout} layout")
    return _spread(trial)


def _arrangements(trial: Trial) -> Iterator[tuple[str, str]]:
    """Inputs, then cotangents, in layouts other than that of the case."""
    for layout in trial.subject.layouts:
        if any(x.ndim > 0 for x in trial.case.inputs):
            yield _INPUTS, layout
        if any(g is not None and g.ndim > 0 for g in trial.cotangents):
            yield _COTANGENT, layout


def _given(trial: Trial, what: str, layout: str) -> dict[str, Any]:
    if what == _INPUTS:
        return {"inputs": [laid_out(x, layout) for x in trial.case.inputs]}
    moved = [None if g is None else laid_out(g, layout) for g in trial.cotangents]
    return {"cotangents": moved}


def _spread(trial: Trial) -> Violation | None:
    """Compare a cotangent of stride 0 with a copy of it."""
    if "strided" not in trial.subject.layouts or not trial.base[0].size:
        return None
    spread = [
        None if g is None or not g.size else np.broadcast_to(g.ravel()[:1].reshape(()), g.shape)
        for g in trial.cotangents
    ]
    written = [None if g is None else g.copy() for g in spread]
    apart = difference(
        trial,
        trial.gradients_at(cotangents=spread),
        trial.gradients_at(cotangents=written),
        times=2.0,
    )
    return (
        None
        if apart is None
        else _violation(apart, "a cotangent of stride 0 (broadcast from one number)")
    )


def _violation(apart: Difference, arrangement: str) -> Violation:
    return apart.violation(
        Kind.LAYOUT,
        "depends on the memory layout",
        f"With {arrangement} the vjp returned {apart}; the values were the same.",
    )


PROPERTY = Property(name="layouts", when="in turn", text=__doc__, check=check, hint=LAYOUT_HINT)
