"""What a worker tells its parent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Ready:
    """The ops are loaded; tasks may come."""


@dataclass(frozen=True, slots=True)
class Unusable:
    """Something that was asked for cannot be done, which the text says."""

    text: str


@dataclass(frozen=True, slots=True)
class Mistake:
    """An error of gradcheck's own, as a traceback."""

    text: str


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
    """

    plain: Mapping[str, Any]
    spent: bool


Message = Ready | Unusable | Mistake | Progress | Done
