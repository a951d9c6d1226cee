"""Coverage: which traits the cases of a run had, and how often.

A run that passed says little about inputs that it never drew. What an op could show by its
spec, and did not show in any case, is `missing`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

import numpy as np
from hypothesis.errors import StopTest, UnsatisfiedAssumption

from gradcheck.cases.case import Case
from gradcheck.cases.conditions import Scope, Trait, in_order, possible, traits_of
from gradcheck.cases.conditions.on_calls import defaults_of, written
from gradcheck.cases.conditions.possible import argument_of
from gradcheck.cases.private_hooks import overrun
from gradcheck.ndarrays.types import Array
from gradcheck.spec.spec import OpSpec


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """The traits of an op's cases, counted.

    Attributes:
        cases: how many there were.
        counts: in how many of them each trait came; those of the first input stand first.
        anywhere: in how many each value of a group came, whatever the argument.
        repeats: how many had the inputs and params of an earlier one.
        rejected: how many draws were thrown away, by reason.
        possible: the traits that could have come, in order.
    """

    cases: int = 0
    counts: Mapping[Trait, int] = field(default_factory=dict)
    anywhere: Mapping[tuple[str, str], int] = field(default_factory=dict)
    repeats: int = 0
    rejected: Mapping[str, int] = field(default_factory=dict)
    possible: tuple[Trait, ...] = ()

    @property
    def missing(self) -> tuple[Trait, ...]:
        """The traits that could have come and never did, in order."""
        return tuple(trait for trait in self.possible if not self.counts.get(trait))

    @property
    def draws(self) -> int:
        """How many cases were drawn, with those that were thrown away."""
        return self.cases + sum(self.rejected.values())

    def merged(self, other: Coverage) -> Coverage:
        """Add the cases of another run of the same op."""
        return Coverage(
            cases=self.cases + other.cases,
            counts=_sum(self.counts, other.counts),
            anywhere=_sum(self.anywhere, other.anywhere),
            repeats=self.repeats + other.repeats,
            rejected=_sum(self.rejected, other.rejected),
            possible=_listed(self.possible, other.possible),
        )

    def to_dict(self) -> dict[str, Any]:
        """Return plain dicts, lists, strings and numbers: one row per trait."""
        return {
            "cases": self.cases,
            "repeats": self.repeats,
            "rejected": dict(self.rejected),
            "traits": [
                {
                    "group": trait.group,
                    "subject": trait.subject,
                    "value": trait.value,
                    "words": str(trait),
                    "cases": self.counts.get(trait, 0),
                }
                for trait in _listed(self.counts, self.possible)
            ],
            "missing": [str(trait) for trait in self.missing],
        }


def _sum(one: Mapping[Any, int], other: Mapping[Any, int]) -> dict[Any, int]:
    return dict(Counter(one) + Counter(other))


def _listed(*traits: Iterable[Trait]) -> tuple[Trait, ...]:
    """All these traits, each once, in order."""
    return tuple(sorted(dict.fromkeys(chain(*traits)), key=in_order))


def _fingerprint(case: Case) -> int:
    """A number that cases share only with equal inputs and params."""
    return hash(tuple(map(_content, (*case.inputs, *case.params.values()))))


def _content(value: Any) -> tuple[Any, ...]:
    if isinstance(value, np.ndarray):
        return value.shape, value.dtype.str, value.tobytes()
    return (written(value),)


def _why_stopped() -> str:
    """Tell why Hypothesis gives up a draw."""
    if overrun():
        return "more choices than Hypothesis allows"
    return "a domain or strategy gave nothing"


class Collector:
    """Counts what the cases of an op show, while they are run."""

    def __init__(self, spec: OpSpec, dtypes: tuple[str, ...] = ()) -> None:
        """Start at nothing.

        Args:
            spec: the op.
            dtypes: the dtypes that inputs are drawn in, if not those of the spec.
        """
        self._spec = spec
        self._defaults = defaults_of(spec)
        self._cases = 0
        self._counts: Counter[Trait] = Counter()
        self._anywhere: Counter[tuple[str, str]] = Counter()
        self._known: set[int] = set()
        self._rejected: Counter[str] = Counter()
        self._scope = Scope.before_any_case(spec, dtypes or spec.dtypes)

    def add(self, case: Case, cotangents: Sequence[Array | None] = ()) -> None:
        """Count a case.

        Args:
            case: as it was drawn.
            cotangents: one per output, with the values that the vjp got, if it got any. The
                layout that it got them in is that of the case's plan.
        """
        cotangents = [None if g is None else case.cotangent.arranged(g) for g in cotangents]
        shown = set(
            traits_of(
                case,
                signature=self._spec.signature,
                cotangents=cotangents,
                defaults=self._defaults,
            )
        )
        if self._spec.variadic:
            shown = set(_in_one(shown, case))
        self._cases += 1
        self._counts.update(shown)
        self._anywhere.update({(trait.group, trait.value) for trait in shown})
        self._known.add(_fingerprint(case))
        self._scope = self._scope.widened(case, cotangents)

    def reject(self, reason: str) -> None:
        """Count a draw that was thrown away."""
        self._rejected[reason] += 1

    @contextmanager
    def drawing(self) -> Iterator[None]:
        """Count a draw that is thrown away, with the reason."""
        try:
            yield
        except UnsatisfiedAssumption:
            self.reject("assume" if self._spec.assume else "a strategy's own assume")
            raise
        except StopTest:
            self.reject(_why_stopped())
            raise

    def coverage(self) -> Coverage:
        """Return what was counted so far."""
        names = {name: i for i, name in enumerate((*self._spec.inputs, *self._spec.params))}
        came = sorted(self._counts, key=lambda t: (names.get(t.subject, len(names)), t.subject))
        return Coverage(
            cases=self._cases,
            counts={trait: self._counts[trait] for trait in _listed(came)},
            anywhere=dict(self._anywhere),
            repeats=self._cases - len(self._known),
            rejected=dict(self._rejected),
            possible=possible(self._scope),
        )


def _in_one(shown: Iterable[Trait], case: Case) -> Iterator[Trait]:
    """Take the inputs `*xs`, whose number differs, for one."""
    for trait in shown:
        if trait.subject in case.names:
            name = argument_of(trait.subject)
            yield Trait(trait.group, name, trait.value, trait.words.replace(trait.subject, name))
        elif trait.subject in ("", *case.params):
            yield trait
