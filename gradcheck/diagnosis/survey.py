"""Failing cases taken apart to name a mistake, and passing ones."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from gradcheck.cases.case import Case
from gradcheck.checks.subject import Subject
from gradcheck.diagnosis.rerun import Observed, is_off, observe, telling
from gradcheck.diagnosis.specimen import Specimen, Unfit
from gradcheck.results.failure import Failure
from gradcheck.results.kind import Kind

_MOST_SPECIMENS = 10  # arbitrary: enough shapes to tell sizes apart; each costs a Jacobian
_TYPICAL = 8  # arbitrary: entries: enough to tell mistakes apart, and quick
_MOST_ENTRIES = 400  # arbitrary: of all specimens together, each costs some 8 calls
# Kinds of failure that cases may have without showing it.
_HIDEABLE = (Kind.VALUE, Kind.LINEARITY, Kind.BATCH, Kind.TWICE, Kind.LAYOUT, Kind.PRECISION)


class Survey:
    """Failing and passing cases of one failure.

    Attributes:
        subject: the op.
        failing: cases that fail in this way, the reduced one last.
        passing: cases in which nothing is wrong.
        failure: the failure of the reduced case.
    """

    def __init__(
        self, subject: Subject, failing: Sequence[Case], passing: Sequence[Case], failure: Failure
    ) -> None:
        self.subject = subject
        self.failing = failing
        self.passing = passing
        self.failure = failure
        self._specimens: dict[str, list[Specimen]] = {}
        self._shown: dict[str, bool] = {}

    @property
    def arguments(self) -> list[str]:
        """The input that the failure is about, or all of them."""
        if self.failure.argument is not None:
            return [self.failure.argument]
        return list(self.failure.case.inputs) if self.failure.case is not None else []

    @cached_property
    def wrong(self) -> list[Observed]:
        """The failing cases."""
        return [observe(self.subject, case, fails=True) for case in self.failing]

    @cached_property
    def right(self) -> list[Observed]:
        """Those passing cases in which the mistake would have shown."""
        kept = [observe(self.subject, case, fails=False) for case in self.passing]
        sound = [each for each in kept if each.is_sound]
        if self.failure.kind is Kind.VALUE and self.failure.argument is not None:
            # Cases that fail in another input only are sorted as passing, whatever this one does.
            sound = [each for each in sound if not is_off(each, self.failure.argument)]
        return telling(sound, self.wrong) if self.failure.kind in _HIDEABLE else sound

    def specimens(self, name: str) -> list[Specimen]:
        """Take failing cases apart for one input, such of different shapes first."""
        if name not in self._specimens:
            self._specimens[name] = self._taken_apart(name)
        return self._specimens[name]

    def _taken_apart(self, name: str) -> list[Specimen]:
        """Take cases apart, the one that is shown always, and last."""
        shown = [s for case in self.failing[-1:] if (s := self._specimen(case, name))]
        entries = sum(specimen.x.size for specimen in shown)
        kept: list[Specimen] = []
        for case in _varied(self.failing[:-1], name):
            size = _size(case, name)
            if len(kept) + len(shown) == _MOST_SPECIMENS or entries + size > _MOST_ENTRIES:
                continue
            if (specimen := self._specimen(case, name)) is not None:
                kept.append(specimen)
                entries += size
        self._shown[name] = bool(shown)
        return kept + shown

    def shows(self, name: str) -> bool:
        """Whether the case that is shown could be taken apart."""
        self.specimens(name)
        return self._shown[name]

    def _specimen(self, case: Case, name: str) -> Specimen | None:
        if not 0 < _size(case, name) <= _MOST_ENTRIES:
            return None
        try:
            return Specimen(self.subject, case, name)
        except Unfit:
            return None


def _varied(cases: Sequence[Case], name: str) -> list[Case]:
    """Cases by size, such of different shapes and params first."""
    firsts: list[Case] = []
    others: list[Case] = []
    seen: set[str] = set()
    for case in sorted(cases, key=lambda case: abs(_size(case, name) - _TYPICAL)):
        look = repr(([x.shape for x in case.inputs], case.params))
        (others if look in seen else firsts).append(case)
        seen.add(look)
    return firsts + others


def _size(case: Case, name: str) -> int:
    return case.inputs[case.names.index(name)].size if name in case.names else 0
