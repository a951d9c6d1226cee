"""A batch gives what a loop over its entries gives.

Leading axes (`...` in the signature) mean that the op works on each entry by itself: so do its
gradients, and those of inputs without such axes are the sum over all entries. Checked where the
forward keeps that promise. Found in the wild: weights that got the gradient of the last entry
instead of the sum (openvdb/fvdb-core#434), and a normalisation that took the first axis for the
whole batch (flagos-ai/FlagGems#5392).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from gradcheck.checks.agreement import difference
from gradcheck.checks.posing import point_of
from gradcheck.checks.properties.property import Property
from gradcheck.checks.trial import Gradients, OpRaised, Trial
from gradcheck.checks.violation import Violation
from gradcheck.ndarrays.dtypes import unit_of
from gradcheck.ndarrays.flat import is_differentiable
from gradcheck.ndarrays.types import Array
from gradcheck.results.kind import Kind

_MOST = 12  # arbitrary, for speed: entries of a batch that are worth a loop
_ASIDE = 2.0**-6  # of a number's scale: arbitrary, far beyond rounding, still nearby
_UNITS = 2.0**12  # arbitrary, 2**8 to 2**20: of the largest output, for a loop


@dataclass(frozen=True, slots=True)
class _Batch:
    """The leading axes of a case."""

    ranks: list[int]  # how many of them each input has
    shape: tuple[int, ...]  # that they have in common

    def entry(self, inputs: Sequence[Array], index: tuple[int, ...]) -> list[Array]:
        """Copies of the inputs of one entry."""
        return [_entry(x, rank, index).copy() for x, rank in zip(inputs, self.ranks, strict=True)]


def check(trial: Trial) -> Violation | None:
    """Compare the gradients with a loop over the batch."""
    batch = _batch_of(trial)
    if batch is None or not _keeps_promise_beside(trial, batch):
        return None
    if not _keeps_promise(trial, batch, trial.case.inputs, trial.base):
        return None
    total = _summed(trial, batch)
    apart = difference(trial, trial.gradients, total, times=float(np.prod(batch.shape)))
    if apart is None:
        return None
    return apart.violation(
        Kind.BATCH,
        "of a batch differs from a loop",
        f"For a batch of {'×'.join(map(str, batch.shape))} the vjp returned {apart}, the sum over "
        "the entries of the batch, each by itself.",
    )


def _summed(trial: Trial, batch: _Batch) -> Gradients:
    total = {name: np.zeros_like(g) for name, g in trial.gradients.items()}
    for index in np.ndindex(batch.shape):
        inputs = batch.entry(trial.case.inputs, index)
        g = [None if w is None else np.array(w[index]) for w in trial.cotangents]
        gradients = trial.gradients_at(inputs=inputs, cotangents=g)
        for place, (name, gradient) in zip(trial.active, gradients.items(), strict=True):
            where = _entry(total[name], batch.ranks[place], index)
            where += gradient
    return total


def _keeps_promise(
    trial: Trial, batch: _Batch, inputs: Sequence[Array], outputs: Sequence[Array]
) -> bool:
    """Whether the forward gives these outputs entry by entry too."""
    try:
        for index in np.ndindex(batch.shape):
            outputs_alone = filter(is_differentiable, trial.outputs_at(batch.entry(inputs, index)))
            if not all(map(_close, (out[index] for out in outputs), outputs_alone)):
                return False
    except (OpRaised, IndexError):
        return False  # it does not work on one entry, so there is nothing to compare with
    return True


def _keeps_promise_beside(trial: Trial, batch: _Batch) -> bool:
    """Whether the forward of a batch is a loop nearby.

    At the point itself a zero may hide that it is none: a dropout whose mask depends on the
    shape gives 0 for a 0, kept or not.
    """
    moved = _beside(trial)
    try:
        outputs = [out for out in trial.outputs_at(moved) if is_differentiable(out)]
    except OpRaised:
        return False
    return _keeps_promise(trial, batch, moved, outputs)


def _beside(trial: Trial) -> list[Array]:
    """The inputs, each number moved a little within its domain."""
    point = point_of(trial)
    inputs = list(trial.fresh_inputs())
    for part, (place, u) in enumerate(zip(trial.active, point.random_direction(), strict=True)):
        there = point.function.retracted(part, point.inputs[part] + _ASIDE * u)
        inputs[place] = point.function.shaped(part, there).astype(inputs[place].dtype)
    return inputs


def _batch_of(trial: Trial) -> _Batch | None:
    """The batch of a case, if one is small enough."""
    signature = trial.subject.signature
    if signature is None or not all(out.leading for out in signature.outputs):
        return None
    if any(isinstance(value, np.ndarray) for value in trial.case.params.values()):
        return None  # such a param may belong to the batch
    inputs = trial.case.inputs
    ranks, shapes = [], []
    for x, argument in zip(inputs, signature.inputs, strict=True):
        missing = any(d.name and trial.case.sizes.get(d.name) is None for d in argument.dims)
        rank = 0 if missing or not argument.leading else x.ndim - len(argument.dims)
        ranks.append(rank)
        shapes.append(x.shape[:rank])
    shape = np.broadcast_shapes(*shapes)
    return _Batch(ranks, shape) if 1 < np.prod(shape) <= _MOST else None


def _entry(x: Array, rank: int, index: tuple[int, ...]) -> Array:
    """A view of one entry; an axis of size 1 serves all."""
    own = index[len(index) - rank :]
    places: list[Any] = [i if n > 1 else 0 for i, n in zip(own, x.shape[:rank], strict=True)]
    entry: Array = x[(*places, ...)]
    return entry


def _close(wanted: Array, actual: Array) -> bool:
    if wanted.shape != actual.shape:
        return False
    unit = _UNITS * unit_of(wanted.dtype).eps * np.abs(wanted).max(initial=0.0)
    return bool((np.abs(actual - wanted) <= unit).all())


PROPERTY = Property(name="batch", when="in turn", text=__doc__, check=check)
