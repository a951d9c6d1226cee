"""Cases of an op, drawn as a run draws them, and what is said of a wrong gradient there."""

from dataclasses import dataclass

import numpy as np
import pytest

from gradcheck.cases.case import Case
from gradcheck.cases.plan import CasePlan
from gradcheck.cases.sampling import Sample, draw_cases, quiet
from gradcheck.cases.schedule import passes
from gradcheck.checks.subject import Subject, subject_of
from gradcheck.checks.trial import OpRaised, Trial
from gradcheck.diagnosis import diagnose
from gradcheck.diagnosis.naming import looks_like
from gradcheck.diagnosis.specimen import Specimen, Unfit
from gradcheck.diagnosis.survey import Survey
from gradcheck.results.failure import Failure
from gradcheck.results.kind import Kind


def drawn_from(spec, cases, *, seed=0, large=False):
    """Draw cases of the plain pass of a run, or of its large ones."""
    found = []
    for each in passes(CasePlan.of(spec), spec.dtypes, 100):
        if (each.stretch is not None) == large and not each.hunts:
            name = f"{spec.name} {each.label}".rstrip()
            draw_cases(each.draw, found.append, Sample(name=name, cases=cases, seed=seed))
    return found


@pytest.fixture
def drawn():
    """Draw cases of an op."""
    return drawn_from


@pytest.fixture
def named():
    """Say what a wrong gradient looks like, in cases of which nothing else is known."""

    def words(spec, *, cases=24, kind=None):
        subject = subject_of(spec)
        drawn = drawn_from(spec, cases)
        with quiet():
            found = kind or (Kind.SHAPE if any(_breaks(subject, c) for c in drawn) else Kind.VALUE)
            for argument in drawn[0].names:
                failing = [case for case in drawn if _fails(subject, case, argument, found)]
                failure = Failure(kind=found, headline="", message="", argument=argument)
                said = looks_like(Survey(subject, failing, drawn, failure))
                if said:
                    return said
        return ""

    return words


def _fails(subject, case, argument, kind):
    try:
        specimen = Specimen(subject, case, argument)
    except Unfit:
        return False
    if kind is Kind.NONFINITE:
        return not np.isfinite(specimen.seen).all()
    tied = np.isinf(specimen.right.bar).any()
    return kind is not Kind.VALUE or bool(specimen.wrong.any() or tied)


def _breaks(subject, case):
    trial = Trial(subject, case)
    trial.call_forward()
    trial.call_vjp()
    return trial.breach is not None


@dataclass(frozen=True)
class Told:
    """Cases told apart by the right gradient: of one kind of failure, and such that pass."""

    subject: Subject
    failing: list[Case]
    passing: list[Case]
    failure: Failure

    def diagnosis(self):
        with quiet():
            return diagnose(self.subject, self.failing, self.passing, self.failure)


@pytest.fixture
def told_apart():
    """Draw cases, and tell those where a gradient is wrong from the others by the right one."""

    def found(wrong, right, *, cases=64, seed=0, large=False):
        subject, other = subject_of(wrong), subject_of(right)
        failing, passing = {}, []
        with quiet():
            for case in drawn_from(wrong, cases, seed=seed, large=large):
                seen = _mistake(subject, other, case)
                if seen is None:
                    continue
                passing.append(case) if seen == () else failing.setdefault(seen, []).append(case)
        assert failing, f"no case of {wrong.name} fails"
        kind, argument = max(failing, key=lambda seen: len(failing[seen]))
        alike = sorted(failing[kind, argument], key=lambda c: -sum(x.size for x in c.inputs))
        failure = Failure(kind=kind, headline="", message="", argument=argument)
        return Told(subject, alike, passing, failure)

    return found


def _mistake(subject, other, case):
    """The kind of failure and its argument, () where there is none, None where none can be."""
    right, wrong = Trial(other, case), Trial(subject, case)
    right.call_forward()
    if not right.is_finite:
        return None
    right.call_vjp()
    if not all(np.isfinite(d).all() for d in right.gradients.values()):
        return None
    wrong.call_forward()
    try:
        wrong.call_vjp()
    except OpRaised:
        return Kind.RAISED, None
    if wrong.breach is not None:
        return wrong.breach.kind, wrong.breach.argument
    kinds = ((_kind(wrong.gradients[n], d), n) for n, d in right.gradients.items())
    return next((kind for kind in kinds if kind[0] is not None), ())


def _kind(given, wanted):
    if not np.isfinite(given).all():
        return Kind.NONFINITE if np.isfinite(wanted).all() else None
    with np.errstate(all="ignore"):
        near = np.allclose(given, wanted, rtol=1e-7, atol=1e-12 * np.abs(wanted).max(initial=0))
    return None if near else Kind.VALUE
