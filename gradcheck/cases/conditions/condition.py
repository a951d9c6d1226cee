"""Conditions on a call, such as "x has an exact zero"."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any

from gradcheck.cases.conditions.call_view import CallView
from gradcheck.cases.conditions.possible import Scope

Possible = Callable[[Scope, str, str], str | None]


@dataclass(frozen=True, order=True, slots=True)
class Trait:
    """A condition that holds of a subject, as plain data.

    Attributes:
        group: the condition's, as are value and words.
        subject: the argument, size or param that shows it; empty where it is the whole call.
    """

    group: str
    subject: str
    value: str
    words: str = field(compare=False, default="")

    def __str__(self) -> str:
        return self.words


@dataclass(frozen=True, slots=True)
class Condition:
    """Something that may hold of a call, for one of its subjects.

    Attributes:
        group: what it is about: "rank", "value", "layout", …
        value: how tables call it, as short as can be: "zero", "> 1024".
        words: the phrase, with `{}` for the subject.
        holds: whether it holds of a subject in a call.
        possible: why a spec rules it out; empty where it can come, None where that is not said.
    """

    group: str
    value: str
    words: str
    holds: Callable[[CallView, str], bool]
    possible: Callable[[Scope, str], str | None]

    def of(self, subject: str) -> Trait:
        """Say of a subject that the condition holds."""
        return trait(self.group, subject, self.value, self.words)


@lru_cache(maxsize=1 << 14)  # arbitrary: more than a catalogue has; from 1 << 10 as fast
def trait(group: str, subject: str, value: str, words: str) -> Trait:
    """Return a trait; in its words `{}` stands for the subject."""
    return Trait(group, subject, value, words.replace("{}", subject, 1))


def unsaid(_scope: Scope, _subject: str, _value: str) -> None:
    """Answer for what no spec speaks of."""
    return


def can(holds: bool) -> str | None:
    """Answer for a spec that can say only what may come."""
    return "" if holds else None


def call_itself(_of: CallView | Scope) -> tuple[str]:
    """The one subject of conditions on the whole call."""
    return ("",)


@dataclass(frozen=True, kw_only=True)
class Group:
    """Conditions on the same subjects and the same part of a call.

    Attributes:
        name: of the group.
        rows: of each condition value, words, and a test of that part; usual ones first.
        part: what of a call a subject stands for.
        subjects: the subjects that a call has.
        candidates: those that the calls of an op can have.
        possible: how a spec answers for a subject and a value.
    """

    name: str
    rows: Iterable[tuple[str, str, Callable[..., object]]]
    part: Callable[[CallView, str], Any]
    subjects: Callable[[CallView], Iterable[str]] = call_itself
    candidates: Callable[[Scope], Iterable[str]] = call_itself
    possible: Possible = unsaid

    @cached_property
    def conditions(self) -> tuple[Condition, ...]:
        return tuple(map(self._condition, self.rows))

    def _condition(self, row: tuple[str, str, Callable[..., object]]) -> Condition:
        value, words, test = row
        return Condition(
            self.name,
            value,
            words,
            lambda call, subject: bool(test(self.part(call, subject))),
            lambda scope, subject: self.possible(scope, subject, value),
        )

    def traits(self, call: CallView) -> Iterator[Trait]:
        """All that holds of a call."""
        for subject in self.subjects(call):
            part = self.part(call, subject)
            for value, words, test in self.rows:
                if test(part):
                    yield trait(self.name, subject, value, words)

    def could(self, scope: Scope) -> Iterator[Trait]:
        """All that could hold of a call."""
        for subject in self.candidates(scope):
            for value, words, _ in self.rows:
                if self.possible(scope, subject, value) == "":
                    yield trait(self.name, subject, value, words)
