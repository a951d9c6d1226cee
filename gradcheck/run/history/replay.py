"""Stored failures run again: fixed, still failing, or changed."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from gradcheck.cases.case import TURNS, Case
from gradcheck.cases.cotangents import CotangentPlan
from gradcheck.checks.examine import Outcome, breach, examine
from gradcheck.checks.properties.catalogue import due, property_of
from gradcheck.checks.subject import subject_of
from gradcheck.errors import SpecError
from gradcheck.ndarrays.types import Array
from gradcheck.results.failure import Failure
from gradcheck.results.result import Result
from gradcheck.results.verdict import Verdict
from gradcheck.run.conclusion import concluded_at
from gradcheck.run.environment import Environment
from gradcheck.run.history.recall import recalled
from gradcheck.run.history.stored_failure import StoredFailure
from gradcheck.spec.fingerprint import fingerprint
from gradcheck.spec.property_names import NAMES
from gradcheck.spec.spec import OpSpec

_SHOWN = 200  # characters of an error that is shown; arbitrary: a line or two


class ReplayFate(StrEnum):
    """The fate of a failure; the value is its word in reports."""

    FIXED = "FIXED"
    STILL_FAILING = "STILL FAILING"
    CHANGED = "CHANGED"


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """The outcome of a failure that was run again.

    Attributes:
        fate: what became of it.
        reason: why, in a sentence.
        result: what the case shows now; None where it could not be run.
        notes: what is not as it was when the failure was found.
    """

    fate: ReplayFate
    reason: str
    result: Result | None = None
    notes: tuple[str, ...] = ()


def replay(stored: StoredFailure, spec: OpSpec) -> Replay:
    """Run a stored case, as it is: nothing is drawn.

    Raises:
        SpecError: if the op has no gradient.
    """
    spec.required_gradient()
    notes = tuple(_notes(stored, spec))
    try:
        case = recalled(stored.case, spec)
    except SpecError as error:
        return Replay(fate=ReplayFate.CHANGED, reason=str(error), notes=notes)
    before = stored.result.failure
    assert before is not None
    started = time.perf_counter()
    try:
        outcome = _again(spec, case, before, (*stored.also, *spec.also))
    except Exception as error:  # noqa: BLE001 - what a document holds may be nonsense as a case
        text = f"{type(error).__name__}: {error}".partition("\n")[0][:_SHOWN]
        return Replay(
            fate=ReplayFate.CHANGED,
            reason=f"The case cannot be run: {text.rstrip('.')}.",
            notes=notes,
        )
    seconds = time.perf_counter() - started
    result = concluded_at(subject_of(spec), outcome, seed=stored.result.seed, seconds=seconds)
    fate, reason = _fate(stored, before, result)
    return Replay(fate=fate, reason=reason, result=result, notes=notes)


def _again(spec: OpSpec, case: Case, before: Failure, also: tuple[str, ...]) -> Outcome:
    """Examine a case, the property that was broken first."""
    subject = subject_of(spec)
    if before.broken in NAMES and property_of(before.broken).check is not None:
        with np.errstate(all="ignore"):
            broken = breach(subject, case, property_of(before.broken))
        if broken is not None and broken.case is not None:
            return Outcome(report=broken.case, failure=broken)
    wanted = due(case.turn, TURNS, subject.skip, frozenset(also))
    return examine(subject, case, table="every entry", due=wanted)


def _fate(stored: StoredFailure, before: Failure, result: Result) -> tuple[ReplayFate, str]:
    now = result.failure
    if now is not None:
        alike = (now.kind, now.argument, now.broken) == (
            before.kind,
            before.argument,
            before.broken,
        )
        if alike:
            return ReplayFate.STILL_FAILING, _likeness(before, now)
        return ReplayFate.CHANGED, f"It fails in another way; before: {before.headline[:_SHOWN]}."
    given = stored.case.cotangents
    if given and result.last and not CotangentPlan(given=given).fits(result.last.outputs):
        return (
            ReplayFate.CHANGED,
            "It passes, but the forward returns something of another form now.",
        )
    if result.verdict is Verdict.INCONCLUSIVE and not before.broken:
        return ReplayFate.CHANGED, f"The case tells nothing any more: {result.reason.rstrip('.')}."
    return ReplayFate.FIXED, "The case passes."


def _likeness(before: Failure, now: Failure) -> str:
    assert before.case is not None
    assert now.case is not None
    one, other = before.case.gradients, now.case.gradients
    if not one:
        return "It fails in the same way."
    if one.keys() == other.keys() and all(_identical(one[k], other[k]) for k in one):
        return "The gradients are the same, bit for bit."
    return "It fails in the same way, with other numbers."


def _identical(one: Array, other: Array) -> bool:
    return (one.dtype, one.shape, one.tobytes()) == (other.dtype, other.shape, other.tobytes())


def _notes(stored: StoredFailure, spec: OpSpec) -> Iterator[str]:
    if fingerprint(spec) != stored.fingerprint:
        yield "the op was edited since"
    yield from stored.environment.differences(Environment.current())
