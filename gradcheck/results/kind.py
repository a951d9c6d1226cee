"""Kinds of failure."""

from __future__ import annotations

from enum import StrEnum

from gradcheck.results.severity import Severity
from gradcheck.results.verdict import Verdict


class Kind(StrEnum):
    """A kind of failure; the value reads well in a sentence."""

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
    REFUSED = "refuses a layout"
    SPEC = "spec"
    CRASH = "crashed"
    TIMEOUT = "did not come back"

    @property
    def verdict(self) -> Verdict:
        """FAIL for a wrong gradient; another where the op did not run."""
        if self.ends_the_process:
            return Verdict[self.name]
        return Verdict.ERROR if self in (Kind.FORWARD, Kind.RAISED, Kind.SPEC) else Verdict.FAIL

    @property
    def severity(self) -> Severity:
        """HAZARD where the numbers are right all the same."""
        return Severity.HAZARD if self in (Kind.ALIASING, Kind.REFUSED) else Severity.WRONG

    @property
    def ends_the_process(self) -> bool:
        """Whether nothing came back, so that the case could not be reduced."""
        return self in (Kind.CRASH, Kind.TIMEOUT)
