"""Answers that change from call to call, as of a dropout."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from gradcheck.cases.case import Case
from gradcheck.checks.subject import Subject
from gradcheck.checks.trial import Broken, OpRaised, Trial
from gradcheck.checks.violation import Violation
from gradcheck.ndarrays.types import Array

NEW_MASK = "a new random mask in each call, as of dropout: make the mask or its seed a param"
_CALLS = 4  # derived: of one entry in a mask of halves, all but one in eight times they differ
_CASES = 8  # arbitrary: cases that are called again, until one shows


def new_mask(subject: Subject, cases: Sequence[Case]) -> str:
    """Say whether equal calls differ only in which entries are 0."""
    for case in cases[-_CASES:]:
        answers = _answers(subject, case)
        changed = [_masked(*both) for both in pairwise(answers) if not _same(*both)]
        if changed:
            return NEW_MASK if all(changed) else ""
    return ""


def _answers(subject: Subject, case: Case) -> list[list[Array]]:
    """Outputs and gradients of a few equal calls; none where one fails."""
    found: list[list[Array]] = []
    for _ in range(_CALLS):
        trial = Trial(subject, case)
        try:
            if isinstance(trial.call_forward(), Violation):
                return []
            trial.call_vjp()
        except (OpRaised, Broken):
            return []
        found.append([*map(np.array, trial.base), *map(np.array, trial.gradients.values())])
    return found


def _same(one: Sequence[Array], other: Sequence[Array]) -> bool:
    return all(np.array_equal(a, b, equal_nan=True) for a, b in zip(one, other, strict=True))


def _masked(one: Sequence[Array], other: Sequence[Array]) -> bool:
    """Whether entries that differ are 0 in one of two calls."""
    return all(
        a.shape == b.shape and bool(((a == 0) | (b == 0))[a != b].all())
        for a, b in zip(one, other, strict=True)
    )
