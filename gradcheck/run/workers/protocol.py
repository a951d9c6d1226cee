"""What is told about a task: by the worker that does it, or in its place where it ended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Ready:
    """The ops are loaded; tasks may come."""


@dataclass(frozen=True, slots=True)
class Progress:
    """So many cases were run; told a few times a second."""

    case: int
    shrinking: bool


@dataclass(frozen=True, slots=True)
class Done:
    """The task is done.

    Attributes:
        plain: what came of it, as plain data.
        spent: whether the process is not as it was before, and ends now.
        printed: a sentence about what it printed meanwhile, which its parent adds.
    """

    plain: Mapping[str, Any]
    spent: bool
    printed: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gone:
    """The worker ended, or was ended, and this is what it left.

    Attributes:
        why: why it was ended; empty if it ended by itself.
        status: its exit status; a signal counts negative, None is not known.
        case: the case that it was at, see `last_case`.
        trace: what the interpreter wrote about where it was.
        printed: a sentence about what it printed.
        seconds: how long the task took, or the start if there was none.
    """

    why: str
    status: int | None
    case: bytes
    trace: str
    printed: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Unusable:
    """Something that was asked for cannot be done, which the text says."""

    text: str


@dataclass(frozen=True, slots=True)
class Mistake:
    """An error of gradcheck's own, as a traceback."""

    text: str


Message = Ready | Progress | Done | Unusable | Mistake
"""What a worker tells."""
Ending = Done | Gone | Unusable | Mistake
"""How a task may end."""
