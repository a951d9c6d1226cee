"""Errors that gradcheck raises on misuse.

A wrong gradient is a result, not an exception. Every message says what
was wrong, with which value, and what is allowed.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class GradcheckError(Exception):
    """Base of all errors that gradcheck raises on purpose."""


class SpecError(GradcheckError):
    """The description of an op is malformed or does not fit together."""


class LoadError(GradcheckError):
    """A module of ops is missing or failed while it was imported."""


class SelectionError(GradcheckError):
    """A name, pattern or expression selects no op that is known."""


class SettingsError(GradcheckError):
    """A setting has a value that is not allowed."""


class OutputError(GradcheckError):
    """Results cannot be written: a disk is full, a folder closed."""


class GradientError(AssertionError):
    """Raised by `assert_gradient`; its text is the whole failure panel."""


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return " Did you mean 'x'?" for the nearest name, or nothing."""
    nearest = difflib.get_close_matches(name, list(known), n=1, cutoff=0.6)
    return f" Did you mean '{nearest[0]}'?" if nearest else ""


def listing(names: Iterable[str]) -> str:
    """Join names for a sentence: "a", "a and b", or "nothing"."""
    items = list(names)
    if not items:
        return "nothing"
    if len(items) == 1:
        return items[0]
    return f"{', '.join(items[:-1])} and {items[-1]}"
