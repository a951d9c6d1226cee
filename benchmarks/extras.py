"""What properties, the hunt and large cases cost, beside the core at as many cases.

The core draws plain cases and compares their gradients, no more. A whole check is what
`gradcheck run` does.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial

import gradcheck as gc
from benchmarks.rows import Row, at_most
from gradcheck.cases.case import Case
from gradcheck.cases.plan import CasePlan
from gradcheck.cases.sampling import Sample, draw_cases
from gradcheck.checks.examine import examine
from gradcheck.checks.subject import subject_of

NAME = "extras"
_MOST = 2.5


def rows(*, smoke: bool) -> Iterator[Row]:
    """Time all built-in ops; every eighth op and few cases in a smoke run."""
    registry = gc.Registry()
    registry.load_builtin()
    specs = list(registry)[:: 8 if smoke else 1]
    cases = 20 if smoke else 100
    for spec in specs:  # once, so that no import and no cache is timed
        gc.check(spec, cases=5)
    core = [_seconds(partial(_core, spec, cases)) for spec in specs]
    whole = [_seconds(partial(gc.check, spec, cases=cases)) for spec in specs]
    dearest = max(range(len(specs)), key=lambda k: whole[k] / core[k])
    yield Row(
        item=NAME,
        measure=f"whole check / core, {len(specs)} ops, {cases} cases each",
        ratio=sum(whole) / sum(core),
        target=at_most(_MOST),
        detail=f"{_each(whole, cases)} against {_each(core, cases)} a case; dearest: "
        f"{specs[dearest].name}, {whole[dearest] / core[dearest]:.1f}",
    )


def _core(spec: gc.OpSpec, cases: int) -> None:
    plan, subject = CasePlan.of(spec), subject_of(spec)

    def use(case: Case) -> None:
        examine(subject, case)

    sample = Sample(name=spec.name, cases=cases, seed=0)
    draw_cases(lambda draw: plan.draw(draw, spec.dtypes), use, sample)


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _each(seconds: Sequence[float], cases: int) -> str:
    return f"{1e3 * sum(seconds) / (len(seconds) * cases):.1f} ms"
