"""The fate of a mutant: killed, survived or equivalent."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np

from gradcheck.audit.mutants.escapes import Escape, escape_of
from gradcheck.audit.mutants.hints import hint_for
from gradcheck.audit.mutants.mutant import Mutant, Target
from gradcheck.audit.mutants.watcher import Bench, Watch
from gradcheck.cases.case import Case
from gradcheck.cases.sampling import quiet
from gradcheck.results.failure import Failure

_ENOUGH = 5  # arbitrary: cases with the trigger by which it is plain that nothing ever changes


class Fate(StrEnum):
    """The fate of a mutant."""

    KILLED = "killed"
    SURVIVED = "survived"
    EQUIVALENT = "equivalent"


@dataclass(frozen=True, slots=True, kw_only=True)
class MutantResult:
    """The fate of one mutant in one gradient.

    Attributes:
        mutant: its name.
        description: what it does.
        target: the input whose gradient it breaks; empty where it breaks the vjp as a whole.
        fate: its fate.
        reason: what killed it, why it survived, or why it is equivalent.
        hint: what to change in the spec, where it survived and that is known.
        kind: the kind of failure that killed it.
        cases: how many cases were examined.
        seconds: wall time.
    """

    mutant: str
    description: str
    target: str
    fate: Fate
    reason: str
    hint: str = ""
    kind: str = ""
    cases: int = 0
    seconds: float = 0.0


def fate_of(mutant: Mutant, target: Target, bench: Bench) -> MutantResult:
    """Plant a mutant into one gradient, and see whether a check notices.

    Cases in which the mutant shows are examined until one fails; in the others it is the
    right gradient, which has passed. If none fails, or neither the mutant nor its trigger comes
    up in the calls that cases are about, all cases are examined: properties call the vjp in
    other ways.
    """
    started = time.perf_counter()
    course = _Course()
    with quiet(), np.errstate(all="ignore"):
        barred = bench.barred(mutant, target)
        # A reason read from the spec is believed as far as the cases bear it out.
        impossible = bool(barred) and not bench.meets(mutant, target)
        if mutant.shows == "in one call" and not impossible:
            _try_where_it_shows(course, mutant, target, bench)
        if course.open and not barred and (course.passed or course.triggered < _ENOUGH):
            _try_everywhere(course, mutant, target, bench)
        fate, reason, hint = _judged(course, barred, mutant, target, bench)
    return MutantResult(
        mutant=mutant.name,
        description=mutant.description,
        target=target.name,
        fate=fate,
        reason=reason,
        hint=hint,
        kind=str(course.failure.kind) if course.failure else "",
        cases=course.examined,
        seconds=time.perf_counter() - started,
    )


@dataclass(slots=True)
class _Course:
    """The cases that were tried so far, and the results.

    Attributes:
        triggered: in how many cases the trigger occurred.
        examined: how many cases were examined.
        passed: those that the mutant changed and that passed nevertheless.
        failure: what killed it.
    """

    triggered: int = 0
    examined: int = 0
    passed: list[Case] = field(default_factory=list)
    failure: Failure | None = None

    @property
    def open(self) -> bool:
        """Whether nothing has noticed the mutant yet."""
        return self.failure is None


def _try_where_it_shows(course: _Course, mutant: Mutant, target: Target, bench: Bench) -> None:
    watch = bench.watch(mutant, target)
    for case in bench.cases:
        watch.triggered = False
        shows = watch.shows(case)
        course.triggered += watch.triggered
        if shows and _kills(case, course, watch, bench):
            return


def _try_everywhere(course: _Course, mutant: Mutant, target: Target, bench: Bench) -> None:
    watch = bench.watch(mutant, target)
    course.triggered = 0
    known = {id(case) for case in course.passed}
    for case in bench.cases:
        watch.triggered = watch.changed = False
        killed = _kills(case, course, watch, bench)
        course.triggered += watch.triggered
        if killed:
            return
        if not watch.changed or id(case) in known:
            course.passed.pop()


def _kills(case: Case, course: _Course, watch: Watch, bench: Bench) -> bool:
    course.examined += 1
    course.failure = bench.examine(watch.subject, case).failure
    if course.failure is None:
        course.passed.append(case)
    return course.failure is not None


def _judged(
    course: _Course, barred: str, mutant: Mutant, target: Target, bench: Bench
) -> tuple[Fate, str, str]:
    """Fate, reason and hint."""
    if course.failure is not None:
        broken = f"{course.failure.broken}: " if course.failure.broken else ""
        return Fate.KILLED, f"{broken}{course.failure.headline}", ""
    if course.passed:
        return _passed(course, mutant, target, bench)
    if barred:
        return Fate.EQUIVALENT, barred, ""
    words = str(mutant.trigger.of(target.name))
    hint = hint_for(mutant.trigger, target.name)
    if not course.triggered:
        return Fate.SURVIVED, f"never triggered: there was no case where {words}", hint
    cases = f"{course.triggered} of {len(bench.runs)} cases"
    if course.triggered < _ENOUGH:
        return Fate.SURVIVED, f"it shows in no case, and only in {cases} {words}", hint
    return Fate.EQUIVALENT, f"it changes nothing, though in {cases} {words}", ""


def _passed(course: _Course, mutant: Mutant, target: Target, bench: Bench) -> tuple[Fate, str, str]:
    """Fate, reason and hint of a mutant that was not noticed."""
    escape = escape_of(course.passed, mutant, target, bench)
    if escape is Escape.KINK:
        return Fate.EQUIVALENT, "all that it changes are choices between slopes at kinks", ""
    count = f"{len(course.passed)} of {len(bench.runs)} cases"
    reason, hint = _SURVIVED[escape]
    return Fate.SURVIVED, f"it shows in {count}, {reason}", hint


_SURVIVED: Mapping[Escape, tuple[str, str]] = {
    Escape.BELOW: (
        "always by less than the tolerance",
        "compute the forward with less rounding, or give a smaller rtol",
    ),
    Escape.UNUSABLE: (
        "but there is no usable reference where it does",
        "narrow the domain to where the forward can be differentiated, or draw more cases (-n)",
    ),
    Escape.UNNOTICED: ("and all of them passed", ""),
}
