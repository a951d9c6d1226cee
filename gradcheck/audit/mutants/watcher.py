"""The bench: an op whose gradient is right, and the cases on which mutants of it are tried."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from gradcheck.audit.mutants.mutant import Gradients, Mutant, Scope, Site, Target, Trigger, VjpCall
from gradcheck.cases.case import Case
from gradcheck.checks.examine import Outcome
from gradcheck.checks.exceptions import FAULTS
from gradcheck.checks.subject import Params, Subject, subject_of
from gradcheck.checks.trial import OpRaised, Trial
from gradcheck.checks.violation import Violation
from gradcheck.ndarrays.memory import overlap
from gradcheck.ndarrays.types import Array
from gradcheck.spec.spec import OpSpec

Examine = Callable[[Subject, Case], Outcome]
_FEW = 6  # entries of a case in which all of them are quickly proven wrong


@dataclass(frozen=True, slots=True)
class RightRun:
    """A case, the trial of the right gradient on it, and the call of the vjp in that trial."""

    case: Case
    trial: Trial
    call: VjpCall

    @property
    def dullness(self) -> tuple[bool, int]:
        """How unlikely it is that a wrong gradient shows here, and quickly."""
        gradients = self.trial.gradients.values()
        size = sum(d.size for d in gradients)
        lively = self.trial.is_finite and all(
            bool(np.isfinite(d).all() and d.any()) for d in gradients
        )
        return not lively, _FEW - size if size <= _FEW else size


@dataclass(frozen=True, slots=True)
class Bench:
    """An op, and the cases of a run in which its vjp is called.

    Attributes:
        spec: the op; its gradient has passed the check.
        subject: its functions.
        runs: those in which a wrong gradient is most likely to show come first.
        examine: what a run does with a case.
    """

    spec: OpSpec
    subject: Subject
    runs: tuple[RightRun, ...]
    examine: Examine

    @classmethod
    def of(cls, spec: OpSpec, cases: Sequence[Case], examine: Examine) -> Bench:
        """Set up a bench; cases that the forward refuses are left out."""
        subject = subject_of(spec)
        site = Site(spec, subject, 0)
        found = (_run(site, case) for case in cases)
        runs = sorted((r for r in found if r is not None), key=lambda run: run.dullness)
        return cls(spec, subject, tuple(runs), examine)

    @property
    def cases(self) -> tuple[Case, ...]:
        """The cases of all runs."""
        return tuple(run.case for run in self.runs)

    def scope(self, target: Target) -> Scope:
        """What a mutant of one gradient could meet."""
        calls = tuple(run.call for run in self.runs)
        return Scope(Site(self.spec, self.subject, target.place), target, self.cases, calls)

    def meets(self, trigger: Trigger, target: Target) -> bool:
        """Whether a trigger comes up in the call that some case is about."""
        return any(trigger.occurs(run.call, target.place) for run in self.runs)

    def watch(self, mutant: Mutant, target: Target) -> Watch:
        """Plant a mutant, and watch it."""
        return Watch(mutant, Site(self.spec, self.subject, target.place))


class Watch:
    """A mutant that is watched: its vjp is compared with the right one in every call.

    Attributes:
        subject: the op with the mutant in it.
        triggered: whether its trigger occurred in any call so far.
        changed: whether it returned or did anything else than the right vjp.
    """

    def __init__(self, mutant: Mutant, site: Site) -> None:
        self.triggered = False
        self.changed = False
        self._occurs = mutant.trigger.occurs
        self._site = site
        self._planted = mutant.plant(site)
        self._last: list[Array] = []
        self.subject = replace(self._planted, vjp=self._vjp)

    def shows(self, case: Case) -> bool:
        """Whether the mutant does anything else than the right vjp in the case's own call."""
        self.changed = False
        trial = Trial(self.subject, case)
        try:
            trial.call_forward()
            trial.call_vjp()
        except OpRaised:
            return True
        given = tuple(trial.arguments.values())
        self.changed |= bool(trial.touched) or _shared(tuple(trial.gradients.values()), given)
        return self.changed

    def _vjp(self, g: Any, inputs: Sequence[Array], params: Params, out: Any) -> Any:
        call = self._site.call(g, inputs, params, out)
        self.triggered |= self._occurs(call, self._site.place)
        right = self._site.rule(call)
        try:
            returned = self._planted.vjp(g, inputs, params, out)
        except FAULTS:
            self.changed = True
            raise
        self.changed |= _unlike(returned, right) or _shared(_arrays(returned), self._last)
        self._last = _arrays(returned)
        return returned


def differs(d: Any, right: Array) -> bool:
    """Whether a gradient is another one: NaN equals NaN, and -0 equals 0."""
    if not isinstance(d, np.ndarray | np.generic):
        return True
    if d.shape != right.shape or d.dtype != right.dtype:
        return True
    return not np.array_equal(d, right, equal_nan=True)


def _run(site: Site, case: Case) -> RightRun | None:
    trial = Trial(site.subject, case)
    try:
        if isinstance(trial.call_forward(), Violation):
            return None
        trial.call_vjp()
    except OpRaised:
        return None
    g, out = trial.as_returned(trial.cotangents), trial.as_returned(trial.outputs)
    return RightRun(case, trial, site.call(g, trial.arrays, case.params, out))


def _unlike(returned: Any, right: Gradients) -> bool:
    """Whether what a vjp returned is anything else than the right gradients in a tuple."""
    if not isinstance(returned, tuple) or len(returned) != len(right):
        return True
    return any(differs(d, r) for d, r in zip(returned, right, strict=True))


def _arrays(returned: Any) -> list[Array]:
    items = returned if isinstance(returned, tuple | list) else ()
    return [item for item in items if isinstance(item, np.ndarray)]


def _shared(gradients: Sequence[Array], others: Sequence[Array]) -> bool:
    """Whether writing into a gradient changes another one, or another array."""
    return any(
        overlap(d, other)
        for i, d in enumerate(gradients)
        for other in (*gradients[i + 1 :], *others)
    )
