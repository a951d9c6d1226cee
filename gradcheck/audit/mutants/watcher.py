"""The bench: a right gradient, and cases to try mutants on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from gradcheck.audit.mutants.mutant import Gradients, Mutant, Site, Target, VjpCall
from gradcheck.cases.case import Case
from gradcheck.cases.conditions import Scope
from gradcheck.checks.examine import Outcome
from gradcheck.checks.exceptions import FAULTS
from gradcheck.checks.subject import Params, Subject, subject_of
from gradcheck.checks.trial import OpRaised, Trial
from gradcheck.checks.violation import Violation
from gradcheck.ndarrays.memory import overlap
from gradcheck.ndarrays.types import Array
from gradcheck.spec.spec import OpSpec

Examine = Callable[[Subject, Case], Outcome]
_FEW = 6  # arbitrary: entries of a case in which all are quickly proven wrong; 3 to 12 do


@dataclass(frozen=True, slots=True)
class RightRun:
    """A case, the trial of the right gradient, and its call."""

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
    """An op, and the cases in which its vjp is called.

    Attributes:
        spec: the op; its gradient has passed the check.
        subject: its functions.
        runs: those in which a wrong gradient is most likely to show come first.
        examine: what a run does with a case.
        scope: the calls that are possible.
    """

    spec: OpSpec
    subject: Subject
    runs: tuple[RightRun, ...]
    examine: Examine
    scope: Scope

    @classmethod
    def of(cls, spec: OpSpec, cases: Sequence[Case], examine: Examine) -> Bench:
        """Set up a bench; cases that the forward refuses are left out."""
        subject = subject_of(spec)
        site = Site(spec, subject, 0)
        found = (_run(site, case) for case in cases)
        runs = sorted((r for r in found if r is not None), key=lambda run: run.dullness)
        scope = Scope.before_any_case(spec, spec.dtypes)
        for run in runs:
            scope = scope.widened(run.case, run.call.outputs)
        scope = replace(scope, cases=tuple(run.case for run in runs))
        return cls(spec, subject, tuple(runs), examine, scope)

    @property
    def cases(self) -> tuple[Case, ...]:
        """The cases of all runs."""
        return tuple(run.case for run in self.runs)

    def barred(self, mutant: Mutant, target: Target) -> str:
        """Say why a mutant cannot show; empty where it can."""
        impossible = mutant.trigger.possible(self.scope, target.name)
        calls = tuple(run.call for run in self.runs)
        return impossible or mutant.idle(self.site(target), calls, target.name)

    def meets(self, mutant: Mutant, target: Target) -> bool:
        """Whether a mutant's trigger comes up in a case's own call."""
        return any(run.call.meets(mutant.trigger, target.place) for run in self.runs)

    def site(self, target: Target) -> Site:
        """The place of one gradient."""
        return Site(self.spec, self.subject, target.place)

    def watch(self, mutant: Mutant, target: Target) -> Watch:
        """Plant a mutant, and watch it."""
        return Watch(mutant, self.site(target))


class Watch:
    """A mutant whose vjp is compared with the right one.

    Attributes:
        subject: the op with the mutant in it.
        triggered: whether its trigger occurred in any call so far.
        changed: whether it returned or did anything else than the right vjp.
    """

    def __init__(self, mutant: Mutant, site: Site) -> None:
        self.triggered = False
        self.changed = False
        self._trigger = mutant.trigger
        self._site = site
        self._planted = mutant.plant(site)
        self._last: list[Array] = []
        self.subject = replace(self._planted, vjp=self._vjp)

    def shows(self, case: Case) -> bool:
        """Whether the mutant shows in the case's own call."""
        self.changed = False
        trial = Trial(self.subject, case)
        try:
            trial.call_forward()
            trial.call_vjp()
        except OpRaised:
            return True
        arguments = tuple(trial.arguments.values())
        self.changed |= bool(trial.touched) or _shared(tuple(trial.gradients.values()), arguments)
        return self.changed

    def _vjp(self, g: Any, inputs: Sequence[Array], params: Params, out: Any) -> Any:
        call = self._site.call(g, inputs, params, out)
        self.triggered |= call.meets(self._trigger, self._site.place)
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
    """Whether two gradients differ: NaN equals NaN, and -0 equals 0."""
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
    """Whether a vjp returned anything but the right gradients in a tuple."""
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
