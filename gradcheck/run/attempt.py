"""One attempt: a case of an op, examined within the op's deadline."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from functools import cached_property
from typing import Any

from gradcheck.cases.case import TURNS, Case
from gradcheck.cases.shapes import Stretch
from gradcheck.checks.examine import Outcome, examine
from gradcheck.checks.properties.catalogue import due
from gradcheck.checks.subject import Subject
from gradcheck.results.events import CaseFinished, CaseStarted, Listener
from gradcheck.results.failure import Failure
from gradcheck.results.settings import Settings
from gradcheck.run.budget import Allowance, Calls, OutOfCalls, OutOfTime
from gradcheck.run.learned_noise import LearnedNoise
from gradcheck.run.reach import Scout
from gradcheck.run.remembering import Remembering
from gradcheck.run.resemblance import Look, glance, is_of_values
from gradcheck.spec.spec import OpSpec


class OurMistake(BaseException):
    """Carries an error of gradcheck's own, not the op's, out of Hypothesis."""

    def __init__(self, error: Exception) -> None:
        super().__init__(str(error))
        self.error = error


class Attempts:
    """Examines cases of one op until its time is up.

    Attributes:
        spec: the op.
        calls: its forward, which counts.
        subject: its functions, with that forward.
        settings: of the run.
        deadline: of the op, on the clock of `time.perf_counter`.
        scout: knows which axes may be stretched.
    """

    def __init__(
        self, spec: OpSpec, subject: Subject, settings: Settings, listener: Listener
    ) -> None:
        self.spec = spec
        self.calls = Calls(subject.forward)
        self.memory = Remembering(self.calls)
        self.subject = replace(
            subject, forward=self.calls, measured=self._measured, hazards=settings.hazards
        )
        self.settings = settings
        self.scout = Scout(self.subject)
        self.deadline = (
            float("inf") if settings.max_time is None else time.perf_counter() + settings.max_time
        )
        self._listener = listener
        self._noise = LearnedNoise()
        self._also = frozenset((*settings.also, *spec.also))

    @property
    def is_late(self) -> bool:
        return time.perf_counter() > self.deadline

    @cached_property
    def allowance(self) -> Allowance:
        """The calls for all that follows the first failure, from now on."""
        return Allowance(self.calls, self.settings.failure_calls)

    def _measured(self, *inputs: Any, **params: Any) -> Any:
        """Call a slow forward once for equal arguments."""
        forward = self.memory if self.calls.is_slow else self.calls
        return forward(*inputs, **params)

    def in_time(self) -> AbstractContextManager[None]:
        """Raise OutOfTime from a forward that is called after the deadline."""
        return self.calls.until(self.deadline)

    def start(self, case: Case) -> None:
        self._listener(CaseStarted(self.subject.name, case))

    def finish(self, number: int, *, shrinking: bool) -> None:
        self._listener(CaseFinished(self.subject.name, number, shrinking))

    def due(self, case: Case) -> tuple[Any, ...]:
        """The properties to be checked on a case, by turn or request."""
        return due(case.turn, TURNS, self.subject.skip, self._also)

    def outcome(self, case: Case, stretch: Stretch | None) -> Outcome:
        """Examine a case, and look at how costly its stretched axis is.

        Raises:
            OurMistake: for anything that is raised and is not the op's.
        """
        try:
            self.memory.forget()
            outcome = examine(self.subject, case, due=self.due(case), judge=self._noise.judge)
            self._noise.add(outcome)
            if stretch is not None:
                self.scout.look(case, stretch)
        except Exception as error:
            raise OurMistake(error) from error
        return outcome

    def fails_like(self, failure: Failure, number: int) -> Callable[[Case], bool]:
        """Return a test of whether a case fails in the same way.

        Args:
            failure: the kind and the argument that count.
            number: of the case that failed, for listeners.
        """

        def fails(case: Case) -> bool:
            if self.is_late:
                return False
            self.start(case)
            try:
                with self.in_time():
                    alike = self.is_alike(case, failure)
            except (OutOfTime, OutOfCalls):
                alike = False
            self.finish(number, shrinking=True)
            return alike

        return fails

    def is_alike(self, case: Case, failure: Failure) -> bool:
        """Whether a case fails in the same way, as calls allow."""
        if is_of_values(failure):
            look = glance(self.subject, case, failure.argument)
            if look is not Look.UNCLEAR or not self.allowance.is_ample:
                return look is Look.WRONG
        again = examine(self.subject, case, due=self.due(case)).failure
        alike = (failure.kind, failure.argument)
        return again is not None and (again.kind, again.argument) == alike
