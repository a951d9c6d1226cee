"""How bad a problem is, and what hazards count as."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

Hazards = Literal["note", "fail"]
HAZARDS: tuple[Hazards, ...] = ("note", "fail")


class Severity(StrEnum):
    """How bad a problem is; that nothing can be told is a verdict, not a problem."""

    WRONG = "wrong"
    HAZARD = "hazard"
