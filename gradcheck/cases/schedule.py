"""The passes of a run: plain cases, a hunt, and large ones.

Plain cases are drawn evenly. The hunt draws near those that came closest to failing. The
large ones stretch one axis at a time beyond the sizes at which kernels change their ways;
their other axes are tiny.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from gradcheck.cases.case import Case
from gradcheck.cases.plan import CasePlan
from gradcheck.cases.sampling import Draw, DrawCase, Sample
from gradcheck.cases.shapes import Stretch

_HUNTED = 10  # arbitrary, a small share: one case in so many is hunted for
_LARGE = 10  # arbitrary, a small share as they cost most: one case in so many is large
_LARGE_EACH = 5  # arbitrary: large cases per axis and size, which differ by layout and dtype


@dataclass(frozen=True, slots=True, kw_only=True)
class Pass:
    """Some cases of a run.

    Attributes:
        label: tells it from the other passes of an op.
        cases: how many.
        draw: draws one of them.
        hunts: whether margins guide what is drawn.
        stretch: the axis that is stretched, in a large one.
    """

    label: str
    cases: int
    draw: DrawCase
    hunts: bool = False
    stretch: Stretch | None = None

    def sample(self, op: str, seed: int) -> Sample:
        """The sample of an op for a run's seed, drawn plainly."""
        return Sample(name=f"{op} {self.label}".rstrip(), cases=self.cases, seed=seed)


def passes(plan: CasePlan, dtypes: tuple[str, ...], cases: int) -> Iterator[Pass]:
    """Share out the cases of a run, in their order."""
    stretches = plan.stretches()
    large = _dealt(min(cases // _LARGE, _LARGE_EACH * len(stretches)), len(stretches))
    hunted = cases // _HUNTED

    def plain(draw: Draw) -> Case:
        return plan.draw(draw, dtypes)

    yield Pass(label="", cases=cases - hunted - sum(large), draw=plain)
    if hunted:
        yield Pass(label="hunt", cases=hunted, draw=plain, hunts=True)
    for stretch, count in zip(stretches, large, strict=True):
        if count:
            draw = partial(plan.draw, dtypes=dtypes, stretch=stretch)
            yield Pass(label=str(stretch), cases=count, draw=draw, stretch=stretch)


def _dealt(total: int, hands: int) -> list[int]:
    """Deal a number out evenly, the first hands first."""
    return [total // hands + (k < total % hands) for k in range(hands)] if hands else []
