"""The passes of a run, from plain cases to large ones.

Plain cases are drawn evenly. Early on, each axis is stretched beyond the sizes at which blocks
end. Rare plain cases come again with one thing changed (`companions`). The hunt draws near those
that came closest to failing. The large ones stretch one axis at a time beyond the sizes at which
kernels change their ways; the other axes of a stretched case are tiny.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice

from gradcheck.cases.case import Case
from gradcheck.cases.companions import Gallery, recording
from gradcheck.cases.plan import CasePlan
from gradcheck.cases.sampling import Draw, DrawCase, Sample
from gradcheck.cases.shapes import NEAR, THRESHOLDS, Stretch
from gradcheck.ndarrays.strategies import one_of

_HUNTED = 10  # arbitrary, a small share: one case in so many is hunted for
_LARGE = 10  # arbitrary, a small share as they cost most: one case in so many is large
_LARGE_EACH = 5  # arbitrary: large cases per axis and size, which differ by layout and dtype
_NEAR = 16  # arbitrary, a small share: one case in so many has a near size
_NEAR_EACH = 3  # arbitrary: near cases per axis; the first one is beyond all near sizes
_COMPANIONS = (16, 6)  # arbitrary: one case in so many is a companion; without and with params
_EARLY = 4  # arbitrary: a fourth of the plain cases come before the near ones


@dataclass(frozen=True, slots=True, kw_only=True)
class Pass:
    """Some cases of a run.

    Attributes:
        label: tells it from the other passes of an op.
        cases: how many.
        draw: draws one of them.
        hunts: whether margins guide what is drawn.
        stretch: the axis that is stretched, in a large one.
        around: draws cases like these among others, where `draw` has but a few to give.
    """

    label: str
    cases: int
    draw: DrawCase
    hunts: bool = False
    stretch: Stretch | None = None
    around: DrawCase | None = None

    @property
    def survey(self) -> DrawCase:
        """Draws further cases, to see what failing ones have in common."""
        return self.around or self.draw

    def sample(self, op: str, seed: int) -> Sample:
        """The sample of an op for a run's seed, drawn plainly."""
        return Sample(name=f"{op} {self.label}".rstrip(), cases=self.cases, seed=seed)


def passes(plan: CasePlan, dtypes: tuple[str, ...], cases: int) -> Iterator[Pass]:
    """Share out the cases of a run, in their order.

    What stands in a pass may depend on the cases that those before it drew: run them in turn.
    """
    near = _stretched(plan, dtypes, (NEAR,), cases // _NEAR, _NEAR_EACH)
    large = _stretched(plan, dtypes, THRESHOLDS, cases // _LARGE, _LARGE_EACH)
    hunted, accompanied = cases // _HUNTED, cases // _COMPANIONS[bool(plan.spec.params)]
    plain = cases - hunted - accompanied - sum(each.cases for each in (*near, *large))
    early = plain // _EARLY if near else plain
    gallery = Gallery(plan.spec, plan.sources)
    draw = recording(partial(plan.draw, dtypes=dtypes), gallery)

    yield Pass(label="", cases=early, draw=draw)
    yield from (replace(each, stretch=None) for each in near)
    if plain > early:
        yield Pass(label="rest", cases=plain - early, draw=draw)
    chosen = tuple(islice(gallery.companions(), accompanied))
    if chosen:
        yield _accompanying(chosen, draw)
    if hunted:
        yield Pass(label="hunt", cases=hunted + accompanied - len(chosen), draw=draw, hunts=True)
    yield from large


def _stretched(
    plan: CasePlan, dtypes: tuple[str, ...], thresholds: tuple[int, ...], cases: int, each: int
) -> list[Pass]:
    """Passes for all axes and thresholds; each begins with another dtype."""
    stretches = plan.stretches(thresholds)
    counts = _dealt(min(cases, each * len(stretches)), len(stretches))
    return [
        Pass(
            label=str(stretch),
            cases=count,
            draw=partial(plan.draw, dtypes=_rotated(dtypes, k), stretch=stretch),
            stretch=stretch,
        )
        for k, (stretch, count) in enumerate(zip(stretches, counts, strict=True))
        if count
    ]


def _rotated(dtypes: tuple[str, ...], by: int) -> tuple[str, ...]:
    by %= len(dtypes)
    return (*dtypes[by:], *dtypes[:by])


def _accompanying(chosen: tuple[Case, ...], plain: DrawCase) -> Pass:
    """The pass of these companions."""
    places = tuple(range(len(chosen)))

    def draw_one(draw: Draw) -> Case:
        return chosen[draw(one_of(places))]

    def draw_any(draw: Draw) -> Case:
        return (draw_one if draw(one_of((True, False))) else plain)(draw)

    return Pass(label="companions", cases=len(chosen), draw=draw_one, around=draw_any)


def _dealt(total: int, hands: int) -> list[int]:
    """Deal a number out evenly, the first hands first."""
    return [total // hands + (k < total % hands) for k in range(hands)] if hands else []
