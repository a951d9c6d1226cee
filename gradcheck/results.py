"""What a check returns: per op one `Result`, with its failure if there is one.

All of it is data: frozen, and turned into plain Python values and back without any loss.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from numpy.typing import NDArray

from gradcheck.binding import Location
from gradcheck.cotangents import CotangentPlan
from gradcheck.coverage import Coverage
from gradcheck.curves import Curve
from gradcheck.document.forms import from_plain, to_plain
from gradcheck.domains import Origin
from gradcheck.verdict import Comparison, Verdict

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderableType

Array = NDArray[Any]
PINNED = "found by a pinned case"
"""The note of a result whose failing case was pinned, and is reported as it was kept."""


class Kind(StrEnum):
    """What kind of failure was found; the value reads well in a sentence."""

    VALUE = "wrong value"
    JVP = "wrong jvp"
    ARITY = "wrong number of gradients"
    TYPE = "not an array"
    MISSING = "missing gradient"
    UNWANTED = "unwanted gradient"
    SHAPE = "wrong shape"
    DTYPE = "wrong dtype"
    NONFINITE = "not finite"
    MUTATION = "argument changed"
    ALIASING = "shared memory"
    PRECISION = "loses precision"
    DETERMINISM = "not deterministic"
    STATE = "depends on other calls"
    ZERO = "not zero for a zero cotangent"
    LINEARITY = "not linear in the cotangent"
    LAYOUT = "depends on the memory layout"
    EMPTY = "wrong for empty arrays"
    BATCH = "batch differs from a loop"
    TWICE = "wrong for one array passed twice"
    ADJOINT = "jvp and vjp are not adjoint"
    REFERENCE = "forward differs from its reference"
    TAILS = "loses relative accuracy"
    HESSIAN = "wrong second derivative"
    FORWARD = "forward"
    RAISED = "raised"
    SPEC = "spec"
    CRASH = "crashed"
    TIMEOUT = "did not come back"

    @property
    def verdict(self) -> Verdict:
        """FAIL where the gradient is wrong, another one where the op could not be run."""
        if self.ends_the_process:
            return Verdict[self.name]
        return Verdict.ERROR if self in (Kind.FORWARD, Kind.RAISED, Kind.SPEC) else Verdict.FAIL

    @property
    def ends_the_process(self) -> bool:
        """Whether nothing came back: the case is the last one, which nobody could reduce."""
        return self in (Kind.CRASH, Kind.TIMEOUT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Raised:
    """An exception of the op's own code, and the line of that code which raised it."""

    type: str
    message: str
    location: Location | None
    traceback: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseReport:
    """One concrete case as it was run, and all that was compared in it.

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
    raised: Raised | None = None
    hint: str = ""
    location: Location | None = None
    looks_like: str = ""
    only_where: str = ""
    curve: Curve | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Result:
    """What is known about one op.

    Attributes:
        op: the op's name.
        verdict: what is known.
        reason: why, in a sentence, where the verdict is not PASS and there is no failure.
        cases: how many cases were run (up to and with the failing one).
        rejected: how many draws `assume` or a domain threw away.
        unusable: how many cases had no usable reference, by reason.
        kinks: how many cases met a kink.
        probes: how many derivatives were compared.
        margin: the worst `|analytic - reference| / tolerance`; 1 is the border.
        where: the argument and entry of the worst margin, "b[1,0]".
        relative_error: the worst relative error that is proven: 0 if none exceeds its error bar.
        escape: an upper bound of the probability that a single entry wrong by a relative
            1e-5 (`power.DELTA`) escapes the case that it is in; see `power`.
        calls: how often the forward was called.
        seconds: wall time.
        seed: the run's seed; the op's own follows from it and its name.
        failure: the failure, if there is one.
        last: the last case that passed.
        last_curve: differences over steps for an ordinary entry of the last case.
        coverage: what was drawn, if it was asked for.
        signature: the op's signature as text, or empty.
        notes: sentences worth knowing, such as a time budget that ran out.
    """

    op: str
    verdict: Verdict
    reason: str = ""
    cases: int = 0
    rejected: int = 0
    unusable: Mapping[str, int] = field(default_factory=dict)
    kinks: int = 0
    probes: int = 0
    margin: float = 0.0
    where: str = ""
    relative_error: float = 0.0
    escape: float = 1.0
    calls: int = 0
    seconds: float = 0.0
    seed: int = 0
    failure: Failure | None = None
    last: CaseReport | None = None
    last_curve: Curve | None = None
    coverage: Coverage | None = None
    signature: str = ""
    notes: tuple[str, ...] = ()

    def noted(self, *notes: str) -> Result:
        """The same result with further notes."""
        return replace(self, notes=(*self.notes, *notes)) if notes else self

    def __bool__(self) -> bool:
        """True only for a gradient that was tested and did as expected."""
        return self.verdict.is_success

    def __repr__(self) -> str:
        """One line, for the failed assertions of others; `str` gives the whole panel."""
        from gradcheck.reports.text import visible

        said = self.failure.headline if self.failure else self.reason
        return visible(f"<Result {self.op}: {self.verdict}{f', {said}' if said else ''}>")

    def to_dict(self) -> dict[str, Any]:
        """Return plain dicts, lists, strings and numbers, exactly, see docs/reports.md.

        An array becomes its dtype, its shape and its numbers in C order; numbers that JSON
        cannot hold become the strings "nan", "inf" and "-inf".
        """
        return to_plain(self)

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> Result:
        """Return the result that `to_dict` made plain data of.

        Raises:
            DocumentError: if it is not such data.
        """
        return from_plain(cls, plain, "result")

    def __str__(self) -> str:
        from gradcheck.reports.terminal import as_text

        return as_text(self)

    def __rich_console__(
        self, console: Console, options: ConsoleOptions
    ) -> Iterator[RenderableType]:
        from gradcheck.reports.terminal import renderables

        yield from renderables(self)

    def _repr_html_(self) -> str:
        from gradcheck.reports.terminal import as_html

        return as_html(self)
