"""How small a mistake is found: one entry of a gradient multiplied by 1 + δ.

One entry of the gradient of each built-in op is made wrong, and the op is checked as
`gradcheck run` does, on 30 cases (ten in a smoke run). Found means FAIL. The right ops are
checked on 10 000 cases together; whatever is not a PASS there is a false alarm.

torch judges the same NumPy functions, wrapped as a `torch.autograd.Function`, at its
default step and tolerances. It is told single points, so it gets up to five per op out of
the same cases: the ordinary ones (nothing tiny, huge or empty) at which it accepts the
right gradient. Found means that it rejects the wrong one at any of them. A false alarm is
an op of which it rejects the right gradient at one of the five ordinary points drawn first;
those at a kink are among them, as gradcheck knows a kink and torch does not.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

import gradcheck as gc
from benchmarks.peers import (
    as_torch_function,
    leaves,
    torch_accepts,
    torch_available,
)
from benchmarks.planting import Vjp, as_function_of_arrays, planted, spoiled
from benchmarks.rows import Row, at_least, at_most
from gradcheck.cases.case import Case
from gradcheck.cases.plan import CasePlan
from gradcheck.cases.sampling import Sample, draw_cases
from gradcheck.results.settings import Settings
from gradcheck.run.search import check_op

Array = NDArray[Any]

NAME = "detection"
DELTAS = tuple(10.0**-k for k in range(1, 9))
_RIGHT_CASES = 10_000
_TARGETS = {1e-3: at_least(0.99), 1e-5: at_least(0.99), 1e-7: at_least(0.9)}
_POINTS = 5
_NAMED = 4
_SIMPLE = 60  # entries of the inputs of a point, which torch's slow mode takes one by one
_ORDINARY = (1e-2, 10.0)
_MODES = {"torch slow mode": False, "torch fast mode": True}


def rows(*, smoke: bool) -> Iterator[Row]:
    """Measure every built-in op; every eighth op and two δ in a smoke run."""
    registry = gc.Registry()
    registry.load_builtin()
    specs = list(registry)[:: 8 if smoke else 1]
    cases = 10 if smoke else 30
    points = [_Points.of(spec, cases) for spec in specs] if torch_available() else []
    yield _false_alarms(specs, points, cases if smoke else -(-_RIGHT_CASES // len(specs)))
    for delta in (1e-1, 1e-4) if smoke else DELTAS:
        settings = Settings(cases=cases, shrink=False, diagnose=False)
        wrong = [check_op(spec, settings, subject=planted(spec, delta)) for spec in specs]
        missed = [r.op for r in wrong if r.verdict is not gc.Verdict.FAIL]
        yield Row(
            item=NAME,
            measure=f"share of {len(specs)} ops in which an entry × (1 + {delta:.0e}) is found",
            ratio=1 - len(missed) / len(specs),
            target=_TARGETS.get(round(delta, 12)),
            detail=_listed("missed", missed),
            peers={mode: _share(points, delta, fast) for mode, fast in _MODES.items()},
        )


def _false_alarms(specs: Sequence[gc.OpSpec], points: Sequence[_Points], cases: int) -> Row:
    results = [gc.check(spec, cases=cases) for spec in specs]
    alarms = [r.op for r in results if r.verdict is not gc.Verdict.PASS]
    peers: dict[str, float | None] = dict.fromkeys(_MODES)
    for mode, fast in _MODES.items():
        if points:
            peers[mode] = sum(p.alarms(fast=fast) for p in points) / len(points)
    return Row(
        item=NAME,
        measure=f"share of {len(specs)} right ops with a false alarm, {cases} cases each",
        ratio=len(alarms) / len(specs),
        target=at_most(0),
        detail=_listed("not PASS", alarms),
        peers=peers,
    )


def _share(points: Sequence[_Points], delta: float, fast: bool) -> float | None:
    """The share of ops in which torch finds a mistake, among those it can judge at all."""
    judged = [found for p in points if (found := p.finds(delta, fast=fast)) is not None]
    return sum(judged) / len(judged) if judged else None


def _listed(what: str, names: Sequence[str]) -> str:
    """The first few of some names, and how many there are."""
    if not names:
        return ""
    rest = f" … {len(names)} in all" if len(names) > _NAMED else ""
    return f"{what}: {', '.join(names[:_NAMED])}{rest}"


@dataclass(frozen=True, slots=True)
class _Point:
    """One call of an op, in the form that torch takes."""

    forward: Any
    vjp: Vjp
    inputs: tuple[Array, ...]

    def accepted(self, delta: float, *, fast: bool) -> bool:
        """Whether torch accepts the gradient with one entry × (1 + δ)."""

        def vjp(g: Array, *arrays: Array) -> tuple[Array | None, ...]:
            return spoiled(self.vjp(g, *arrays), delta)

        function = as_torch_function(self.forward, vjp)
        return torch_accepts(function, leaves(self.inputs), fast=fast)


@dataclass(frozen=True, slots=True)
class _Points:
    """The ordinary points of an op, and at which of them torch accepts the right gradient."""

    every: tuple[_Point, ...]
    usable: dict[bool, list[_Point]]

    @classmethod
    def of(cls, spec: gc.OpSpec, cases: int) -> _Points:
        """Take points from the cases that gradcheck itself would draw."""
        drawn: list[Case] = []
        plan = CasePlan.of(spec)
        sample = Sample(name=spec.name, cases=cases, seed=0)
        draw_cases(lambda draw: plan.draw(draw, ("float64",)), drawn.append, sample)
        every = tuple(_points(spec, drawn))[:_POINTS]
        usable = {
            fast: [p for p in every if p.accepted(0.0, fast=fast)] for fast in _MODES.values()
        }
        return cls(every, usable)

    def alarms(self, *, fast: bool) -> bool:
        """Whether torch rejects the right gradient at some point."""
        return len(self.usable[fast]) < len(self.every)

    def finds(self, delta: float, *, fast: bool) -> bool | None:
        """Whether torch rejects the wrong gradient at some point; None without any point."""
        usable = self.usable[fast]
        return any(not p.accepted(delta, fast=fast) for p in usable) if usable else None


def _points(spec: gc.OpSpec, cases: Sequence[Case]) -> Iterator[_Point]:
    for case in cases:
        forward, vjp = as_function_of_arrays(spec, dict(case.params), len(case.inputs))
        if not _is_ordinary(case.inputs):
            continue
        out = np.asarray(forward(*case.inputs))
        if out.size and np.isfinite(out).all():
            yield _Point(forward, vjp, case.inputs)


def _is_ordinary(inputs: Sequence[Array]) -> bool:
    low, high = _ORDINARY
    floats = [np.abs(x) for x in inputs if x.dtype.kind == "f"]
    return (
        0 < sum(x.size for x in floats) <= _SIMPLE
        and all(x.size > 0 for x in inputs)
        and all(bool(((x == 0) | ((low <= x) & (x <= high))).all()) for x in floats)
    )
