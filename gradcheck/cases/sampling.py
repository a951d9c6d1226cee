"""Hypothesis at work: it draws cases and reduces one that fails.

Every one of its settings is set here, so that neither a profile nor a `CI` variable
changes what runs.
"""

from __future__ import annotations

import hashlib
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import hypothesis
from hypothesis import HealthCheck, Phase, Verbosity
from hypothesis import strategies as st
from hypothesis.database import DirectoryBasedExampleDatabase

from gradcheck.cases.case import Case
from gradcheck.cases.private_hooks import KEY_ATTRIBUTE, only_asked_for_draws

Draw = Callable[[st.SearchStrategy[Any]], Any]
DrawCase = Callable[[Draw], Case]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """Cases that are drawn in one go.

    Attributes:
        name: of the op, with what tells its samples apart: with the seed it determines the
            cases, and it is the key in the database.
        cases: how many.
        seed: the run's seed.
        shrink: reduce the first case for which the check raises.
        hunts: whether scores guide what is drawn, from the middle of the sample on.
        database: folder for failing draws, or None. A hunt leaves none there: Hypothesis would
            keep its best draws as well, and go on from them the next time.
    """

    name: str
    cases: int
    seed: int
    shrink: bool = False
    hunts: bool = False
    database: Path | None = None


def draw_cases(draw_case: DrawCase, use: Callable[[Case], float | None], sample: Sample) -> None:
    """Draw cases, and reduce the first one for which `use` raises.

    Args:
        draw_case: draws one case from a Hypothesis `draw` function.
        use: called with each case; returns a score to hunt for the largest of, or None.
        sample: how many cases, from which seed.
    """

    @st.composite
    def strategy(draw: Any) -> Case:
        return draw_case(draw)

    def test(case: Case) -> None:
        score = use(case)
        if sample.hunts and score is not None:
            hypothesis.target(score, label="margin")

    setattr(test, KEY_ATTRIBUTE, sample.name.encode())
    seeded = hypothesis.seed(op_seed(sample.seed, sample.name))(
        hypothesis.given(case=strategy())(test)
    )
    # The settings come last: `seed` takes the database out of those that it finds.
    wrapped = _settings(sample)(seeded)
    with only_asked_for_draws(), quiet():
        wrapped()


def op_seed(seed: int, name: str) -> int:
    """The seed of an op in a run, whatever else is selected."""
    digest = hashlib.sha256(f"{seed}:{name}".encode()).digest()
    return int.from_bytes(digest[:8], "big")


@contextmanager
def quiet() -> Iterator[None]:
    """Ignore warnings of the op under test: its results are judged."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def _settings(sample: Sample) -> hypothesis.settings:
    folder = None if sample.hunts else sample.database
    phases = [Phase.generate]
    if folder is not None:
        phases.insert(0, Phase.reuse)
    if sample.hunts:
        phases.append(Phase.target)
    if sample.shrink:
        phases.append(Phase.shrink)
    return hypothesis.settings(
        max_examples=sample.cases,
        derandomize=False,
        database=None if folder is None else DirectoryBasedExampleDatabase(folder),
        verbosity=Verbosity.quiet,
        phases=phases,
        stateful_step_count=50,
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
        deadline=None,
        print_blob=False,
        backend="hypothesis",
    )
