"""Private parts of Hypothesis that drawing uses where they are present.

A release of Hypothesis may drop any of them. Cases are drawn all the same, but not those that
equal seeds gave before: a run says so by `draws_note`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import hypothesis

# The attribute of a test that makes its key in the database: each op needs one of its own.
KEY_ATTRIBUTE = "_hypothesis_internal_add_digest"


@dataclass(frozen=True, slots=True)
class Hook:
    """A private method of a class of Hypothesis."""

    module: str
    owner: str
    name: str

    def find(self) -> Any | None:
        """Return the class that has the method, or None."""
        try:
            owner = getattr(import_module(self.module), self.owner, None)
        except ImportError:
            return None
        return owner if hasattr(owner, self.name) else None

    def __str__(self) -> str:
        return f"{self.owner}.{self.name}"


# Hypothesis has no setting for either:
UNWANTED = (
    # It draws constants that it finds in the modules now imported. They would make the cases
    # of an op depend on what else is imported.
    Hook("hypothesis.internal.conjecture.providers", "HypothesisProvider", "_maybe_draw_constant"),
    # It varies each case by repeating a part of it. Two cases in five would have the inputs
    # of another one; equal values are drawn on purpose (`relations`).
    Hook("hypothesis.internal.conjecture.engine", "ConjectureRunner", "generate_mutations_from"),
)


def draws_note() -> tuple[str, ...]:
    """Return a note where draws are not those of another version."""
    gone = [str(hook) for hook in UNWANTED if hook.find() is None]
    if not gone:
        return ()
    return (
        f"Hypothesis {hypothesis.__version__} has no {' and no '.join(gone)}: "
        "equal seeds do not draw the cases that they draw with another version of it",
    )


@contextmanager
def only_asked_for_draws() -> Iterator[None]:
    """Switch off the unwanted ways to draw, those that are present."""
    present = [(owner, hook.name) for hook in UNWANTED if (owner := hook.find()) is not None]
    originals = [getattr(owner, name) for owner, name in present]
    for owner, name in present:
        setattr(owner, name, _nothing)
    try:
        yield
    finally:
        for (owner, name), original in zip(present, originals, strict=True):
            setattr(owner, name, original)


def _nothing(*_: Any, **__: Any) -> None:
    """Do nothing, in place of a method that is switched off."""


def overrun() -> bool:
    """Whether Hypothesis says that a draw needs more choices than it allows."""
    try:
        context = import_module("hypothesis.control").current_build_context()
        return bool(context.data.status.name == "OVERRUN")
    except (ImportError, AttributeError):
        return False
