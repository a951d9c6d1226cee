"""Arrays of size zero have gradients of size zero, or of zeros.

Empty batches happen: the last one of an epoch, a mask that lets nothing through. The forward
may refuse them by an exception; if it takes them, so must the vjp. Each case is checked again
without the entries of its leading axes, unless a param is an array, which may be of the same
shape. Typical of first implementations: a backward pass that
reshapes to (-1, n), which has no answer for nothing.
"""

from __future__ import annotations

import numpy as np

from gradcheck.checks.agreement import is_extreme
from gradcheck.checks.properties.property import Property
from gradcheck.checks.requirements import Inputs, outputs_of
from gradcheck.checks.trial import OpRaised, Trial
from gradcheck.checks.violation import Violation
from gradcheck.ndarrays.flat import flat
from gradcheck.ndarrays.types import Array
from gradcheck.results.kind import Kind


def check(trial: Trial) -> Violation | None:
    """Call with the leading axes cut to size zero."""
    inputs = _emptied(trial)
    if inputs is None or _has_array_params(trial):
        return None
    try:
        outputs = trial.outputs_at(inputs)
    except OpRaised:
        return None  # the forward may refuse what is empty
    named = Inputs(dict(zip(trial.case.names, inputs, strict=True)), trial.inputs.differentiable)
    if isinstance(outputs_of(trial.as_returned(outputs), named), Violation):
        return None
    gradients = trial.gradients_at(
        inputs=inputs, cotangents=trial.case.cotangent.cotangents(outputs)
    )
    if any(out.size for out in outputs):
        return None
    for name, gradient in gradients.items():
        if not np.isfinite(gradient).all() and is_extreme(trial):
            continue  # an overflow on the way, of which the empty output shows nothing
        if gradient.any():
            value = flat(gradient)[flat(gradient).nonzero()][0]
            return Violation(
                Kind.EMPTY,
                f"∂L/∂{name} is not zero for an empty output",
                f"With leading axes of size zero the output has no entries, so ∂L/∂{name} is zero; "
                f"the vjp returned {value:g}.",
                name,
            )
    return None


def _has_array_params(trial: Trial) -> bool:
    """Whether a param, such as a mask, may depend on shapes."""
    return any(np.ndim(value) for value in trial.case.params.values() if _is_array(value))


def _is_array(value: object) -> bool:
    return isinstance(value, np.ndarray | list)


def _emptied(trial: Trial) -> list[Array] | None:
    """The inputs with the leading axis that they share cut to nothing."""
    signature = trial.subject.signature
    inputs = trial.case.inputs
    if signature is None:
        return [inputs[0][:0]] if len(inputs) == 1 and inputs[0].ndim else None
    ranks = [
        x.ndim - len(argument.dims) if argument.leading else 0
        for x, argument in zip(inputs, signature.inputs, strict=True)
    ]
    most = max(ranks)
    if most < 1:
        return None
    return [x[:0] if rank == most else x.copy() for x, rank in zip(inputs, ranks, strict=True)]


PROPERTY = Property(name="empty", when="in turn", text=__doc__, check=check)
