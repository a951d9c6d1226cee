"""A failure on the smallest case that shows it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from gradcheck.cases.cotangents import CotangentPlan
from gradcheck.ndarrays.types import Array
from gradcheck.numeric.comparison import Comparison
from gradcheck.numeric.curve import Curve
from gradcheck.results.kind import Kind
from gradcheck.spec.binding import Location
from gradcheck.spec.domains import Origin


@dataclass(frozen=True, slots=True, kw_only=True)
class Raised:
    """An exception of the op's code, and the line that raised it."""

    type: str
    message: str
    location: Location | None
    traceback: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseReport:
    """One concrete case as run, and all that was compared.

    Attributes:
        inputs: arrays by argument name.
        params: params by name.
        cotangents: one per output, None for an output that has none; empty if the
            forward did not get that far.
        gradients: what the vjp returned, by argument name; empty if it is not usable.
        comparisons: every probe, in the order of the inputs and their entries.
        sizes: the signature's sizes; None for one that is missing.
        domains: what made the domain of each input, where that is known.
        cotangent: how the cotangents were made.
        turn: which of the properties that call the op again were checked; 0 for all.
    """

    inputs: Mapping[str, Array]
    params: Mapping[str, Any] = field(default_factory=dict)
    dtype: str = "float64"
    layout: str = "C"
    outputs: tuple[Array, ...] = ()
    cotangents: tuple[Array | None, ...] = ()
    gradients: Mapping[str, Array] = field(default_factory=dict)
    comparisons: tuple[Comparison, ...] = ()
    sizes: Mapping[str, int | None] = field(default_factory=dict)
    domains: tuple[Origin | None, ...] = ()
    cotangent: CotangentPlan = field(default_factory=CotangentPlan)
    turn: int = 0

    @property
    def worst(self) -> Comparison | None:
        """The comparison with the largest margin, among those that can be used."""
        usable = [c for c in self.comparisons if not c.reference.problem]
        return max(usable, key=lambda c: (c.margin, c.distance), default=None)

    @property
    def kinks(self) -> int:
        """How many probes met a kink."""
        return sum(c.reference.kink for c in self.comparisons)


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A failure on the smallest case that shows it.

    Attributes:
        kind: what kind of failure it is.
        headline: a few words for the title, "∂L/∂b is wrong".
        message: a whole sentence that says what was found and what was expected.
        argument: the input it is about, where it is about one.
        broken: the property that does not hold; empty where a value is wrong.
        case: the smallest case found.
        worst: the entry that shows a wrong value best.
        besides: further problems of the same case, worst first, in a sentence each.
        raised: the exception, where the op raised one.
        hint: what a spec can say, if the op is not meant to take such a case; the message
            ends with it.
        location: where the rule (or the forward) is defined.
        looks_like: what kind of mistake it is, where one is known that fits.
        only_where: what all failing cases have and no passing one has, where that is known.
        curve: differences over steps for the entry `worst`, where its value is wrong.
    """

    kind: Kind
    headline: str
    message: str
    argument: str | None = None
    broken: str = ""
    case: CaseReport | None = None
    worst: Comparison | None = None
    besides: tuple[str, ...] = ()
    raised: Raised | None = None
    hint: str = ""
    location: Location | None = None
    looks_like: str = ""
    only_where: str = ""
    curve: Curve | None = None
