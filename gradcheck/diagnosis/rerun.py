"""Cases run once more, to compare failing ones with passing ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from gradcheck.cases.case import Case
from gradcheck.checks.posing import point_of
from gradcheck.checks.subject import Subject
from gradcheck.checks.trial import OpRaised, Trial
from gradcheck.checks.violation import Violation
from gradcheck.ndarrays.types import Array
from gradcheck.numeric.paths import SparsePath, both_ways

_LOOK = 2.0**-14  # derived: central differences err by some h², 4e-9, and by ε/h, 4e-12
_OFF = 1e-3  # arbitrary: a mistake worth a place in a panel is larger, what curves is not
_LARGE = 1e6  # derived: rounding beside it hides what is ordinary in terms of 1e-10


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """A case, and what the op made of it.

    Attributes:
        case: the case.
        fails: whether it fails.
        inputs: its inputs by name.
        outputs: the differentiable outputs; none where the forward raised.
        cotangents: theirs, in the layout that the vjp sees.
        gradients: what the vjp returned, if it keeps the contract.
        trial: the run itself, where it came to an end.
    """

    case: Case
    fails: bool
    inputs: Mapping[str, Array]
    outputs: tuple[Array, ...] = ()
    cotangents: tuple[Array, ...] = ()
    gradients: Mapping[str, Array] = field(default_factory=dict)
    trial: Trial | None = field(default=None, repr=False, compare=False)

    @property
    def is_sound(self) -> bool:
        """Whether the op worked, and gave numbers that could be compared."""
        return bool(self.gradients) and all(bool(np.isfinite(out).all()) for out in self.outputs)

    @property
    def has_zero_cotangents(self) -> bool:
        """Whether some output does not count: then a mistake may not show."""
        return any(bool((g == 0).any()) for g in self.cotangents)

    @property
    def is_extreme(self) -> bool:
        """Whether an input is so large that it hides the others."""
        floating = [x for x in self.inputs.values() if x.dtype.kind in "fc" and x.size]
        return any(not float(np.abs(x).max()) < _LARGE for x in floating)

    def shows(self, name: str | None) -> bool:
        """Whether a gradient is not zero throughout: it can be wrong."""
        gradients = self.gradients.values() if name is None else [self.gradients.get(name)]
        return any(g is not None and bool(np.any(g != 0)) for g in gradients)


def observe(subject: Subject, case: Case, *, fails: bool) -> Observed:
    """Run a case, as far as it can be run."""
    trial = Trial(subject, case)
    inputs = dict(zip(case.names, case.inputs, strict=True))
    try:
        if isinstance(trial.call_forward(), Violation):
            return Observed(case=case, fails=fails, inputs=inputs)
        trial.cotangents = case.cotangent.cotangents(trial.outputs)
        trial.call_vjp()
    except OpRaised:
        pass
    return Observed(
        case=case,
        fails=fails,
        inputs=inputs,
        outputs=tuple(trial.base),
        cotangents=tuple(g for g in trial.cotangents if g is not None),
        gradients=dict(trial.gradients),
        trial=trial if trial.gradients else None,
    )


def is_off(observed: Observed, name: str) -> bool:
    """Whether one look in a random direction finds a gradient wrong."""
    trial = observed.trial
    if trial is None or name not in trial.inputs.differentiable or not trial.subject.widens:
        return False
    point, part = point_of(trial), trial.inputs.differentiable.index(name)
    moved = np.flatnonzero(point.scales[part])
    signs = np.random.default_rng(observed.case.cotangent.seed).choice([-1.0, 1.0], moved.size)
    unit = signs * point.scales[part][moved]
    if not moved.size or point.arguments[part].project is not None:
        return False
    path = SparsePath(point.function, point.inputs, [(part, moved, unit)])
    with np.errstate(all="ignore"):
        ahead, behind = both_ways(path, _LOOK)
        if ahead is None or behind is None or not ahead.shape == behind.shape == point.base.shape:
            return False
        slope = float((ahead - behind) @ point.weights) / (2 * _LOOK)
        returned = float(point.gradient[part][moved] @ unit)
        return abs(slope - returned) > _OFF * (abs(slope) + abs(returned))


def telling(passing: Sequence[Observed], failing: Sequence[Observed]) -> list[Observed]:
    """Leave out passing cases that may hide a mistake.

    What all failing cases have hides nothing.
    """
    kept = list(passing)
    for hides in (_is_empty, _has_zero_cotangents, _is_extreme):
        if not all(map(hides, failing)):
            kept = [each for each in kept if not hides(each)]
    return kept


def _is_empty(observed: Observed) -> bool:
    return observed.case.empty


def _has_zero_cotangents(observed: Observed) -> bool:
    return observed.has_zero_cotangents


def _is_extreme(observed: Observed) -> bool:
    return observed.is_extreme
