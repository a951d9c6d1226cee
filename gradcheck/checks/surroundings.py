"""State around an op that its calls must leave alone."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import numpy as np

from gradcheck.checks.trial import Trial
from gradcheck.checks.violation import Culprit, Violation
from gradcheck.results.kind import Kind


class Surroundings:
    """NumPy's error state and the current folder, as they are now."""

    def __init__(self) -> None:
        self._errors = np.geterr()
        self._folder = _folder()

    def disturbance(self, culprit: Culprit) -> Violation | None:
        """Put back what a function has changed, and report it."""
        if (errors := np.geterr()) != self._errors:
            np.seterr(**self._errors)
            known = self._errors.items()
            changed = ", ".join(f"{k}={v}" for k, v in errors.items() if (k, v) not in known)
            return _violation(culprit, "changes NumPy's error state", f" to {changed}")
        if (folder := _folder()) != self._folder:
            with suppress(OSError):
                os.chdir(self._folder)
            return _violation(culprit, "changes the current folder", f" to {folder}")
        return None


def reset_of_generator(trial: Trial) -> Violation | None:
    """Report a function that resets NumPy's random generator."""
    calls: tuple[tuple[Culprit, Callable[[], Any]], ...] = (
        ("forward", lambda: trial.outputs_at(trial.fresh_inputs())),
        ("vjp", trial.gradients_at),
    )
    before = np.random.get_state()
    try:
        culprit = next((culprit for culprit, call in calls if _resets(call)), None)
    finally:
        np.random.set_state(before)
    return None if culprit is None else _violation(culprit, "resets NumPy's random generator", "")


def _resets(call: Callable[[], Any]) -> bool:
    """Whether the generator after a call tells nothing of the one before.

    A call that draws changes it too, but differently for another one before.
    """
    np.random.random_sample(2)
    before = _generator()
    call()
    after = _generator()
    if after == before:
        return False
    np.random.random_sample(3)
    call()
    return _generator() == after


def _generator() -> tuple[Any, ...]:
    kind, keys, *rest = np.random.get_state()
    return (kind, np.asarray(keys).tobytes(), *rest)


def _folder() -> str:
    try:
        return os.getcwd()  # noqa: PTH109 - a string, ten times as fast
    except OSError:
        return ""


def _violation(culprit: Culprit, deed: str, to: str) -> Violation:
    return Violation(
        Kind.STATE,
        f"the {culprit} {deed}",
        f"The {culprit} {deed}{to}. Other code relies on that: leave it as it was.",
        culprit=culprit,
    )
