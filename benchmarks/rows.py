"""What a benchmark returns: rows, each one ratio beside its target."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """The bound that a ratio is held to."""

    relation: Literal["≤", "≥"]
    bound: float

    def holds(self, ratio: float) -> bool:
        """Whether a ratio keeps the bound; a ratio that is NaN does not."""
        return ratio <= self.bound if self.relation == "≤" else ratio >= self.bound

    def __str__(self) -> str:
        return f"{self.relation} {self.bound:g}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One measured ratio.

    Attributes:
        item: the benchmark that it belongs to, as `--only` names it.
        measure: what is divided by what, in words.
        ratio: the figure, or None where it was skipped.
        target: what it is held to, or None for a figure to look at.
        detail: what the ratio was made of.
        peers: the same figure of others, by name; None for one that was skipped.
        skipped: why there is no ratio, or empty.
    """

    item: str
    measure: str
    ratio: float | None = None
    target: Target | None = None
    detail: str = ""
    peers: Mapping[str, float | None] = field(default_factory=dict)
    skipped: str = ""

    @property
    def holds(self) -> bool | None:
        """Whether the target is kept; None where there is nothing to say."""
        if self.target is None or self.ratio is None:
            return None
        return self.target.holds(self.ratio)

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        target = None
        if self.target is not None:
            target = {"relation": self.target.relation, "bound": self.target.bound}
        return {
            "item": self.item,
            "measure": self.measure,
            "ratio": self.ratio,
            "target": target,
            "holds": self.holds,
            "detail": self.detail,
            "peers": dict(self.peers),
            "skipped": self.skipped,
        }


def at_most(bound: float) -> Target:
    """The target of a ratio that is to be small."""
    return Target(relation="≤", bound=bound)


def at_least(bound: float) -> Target:
    """The target of a ratio that is to be large."""
    return Target(relation="≥", bound=bound)
