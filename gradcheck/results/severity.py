"""How bad a problem is, and what hazards count as."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

Hazards = Literal["note", "fail"]
HAZARDS: tuple[Hazards, ...] = ("note", "fail")


class Severity(StrEnum):
    """The severity of a problem; doubt is a verdict, not a problem."""

    WRONG = "wrong"
    HAZARD = "hazard"
