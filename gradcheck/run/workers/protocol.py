"""Messages about a task, from its worker or in its place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Ready:
    """The ops are loaded; tasks may come."""


@dataclass(frozen=True, slots=True)
class Progress:
    """The number of cases so far; sent a few times a second."""

    case: int
    shrinking: bool


@dataclass(frozen=True, slots=True)
class Done:
    """The task is done.

    Attributes:
        plain: its result, as plain data.
        spent: whether the process is not as it was before, and ends now.
        printed: a sentence about its output, which the parent adds.
    """

    plain: Mapping[str, Any]
    spent: bool
    printed: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gone:
    """The worker ended, or was ended, and left these.

    Attributes:
        why: why it was ended; empty if it ended by itself.
        status: its exit status; a signal counts negative, None is not known.
        case: the case that it was at, see `last_case`.
        trace: what the interpreter wrote about where it was.
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
class InternalError:
    """An error of gradcheck's own, as a traceback."""

    text: str


Message = Ready | Progress | Done | Unusable | InternalError
Ending = Done | Gone | Unusable | InternalError
