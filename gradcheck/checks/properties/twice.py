"""Equal inputs, f(x, x), have right gradients too.

As two arrays with equal values, and as one array in two places. The total derivative by x is
their sum, so each must be right by itself. A rule that tells its inputs apart by value, by
identity or by the memory they lie in gives one of them twice, or both of them the sum. Found in
the wild: gradients kept by value, so that two equal tensors shared one accumulated gradient
(tinygrad/tinygrad#9597).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations

import numpy as np

from gradcheck.cases.case import Case
from gradcheck.checks.agreement import difference
from gradcheck.checks.posing import problem_of
from gradcheck.checks.properties.property import Property
from gradcheck.checks.trial import OpRaised, Trial
from gradcheck.checks.violation import Violation
from gradcheck.ndarrays.dtypes import unit_of
from gradcheck.numeric.notation import apart
from gradcheck.results.kind import Kind

_FACTORS = (0.75, 1.5, -0.75)


def check(trial: Trial) -> Violation | None:
    """Call with equal values in two places: two arrays, then one."""
    for one, other in _pairs(trial):
        apart = list(trial.case.inputs)  # which the trial copies once more for the op
        apart[other] = apart[one].copy()
        equal = Trial(trial.subject, replace(trial.case, inputs=tuple(apart), layout="C"))
        if _runs(equal):
            names = trial.case.names[one], trial.case.names[other]
            violation = _by_value(equal, names) or _by_identity(equal, one, other)
            if violation is not None:
                return violation
        del equal, apart  # before the next pair needs as much
    return None


def _runs(equal: Trial) -> bool:
    """Call forward and vjp, and say whether there are gradients to compare."""
    try:
        if equal.call_forward() is not None:
            return False
    except OpRaised:
        return False  # the op need not take what the spec did not draw
    equal.call_vjp()
    equal.settle()
    return equal.breach is None


def _by_value(equal: Trial, names: tuple[str, str]) -> Violation | None:
    """Compare with the numeric reference where two inputs have equal values."""
    low = any(unit_of(x.dtype).eps > unit_of(np.float64).eps for x in equal.gradients.values())
    if low or not equal.is_finite or not equal.base[0].size:
        return None  # differences need double precision
    wrong = problem_of(equal).compare().failures
    if not wrong:
        return None
    worst = max(wrong, key=lambda comparison: comparison.distance)
    analytic, numeric = apart(worst.analytic, worst.reference.value)
    return Violation(
        Kind.TWICE,
        f"the gradient is wrong where {names[0]} and {names[1]} are equal",
        f"With equal values in {names[0]} and {names[1]} the analytic derivative at {worst.where} "
        f"is {analytic}; the numeric one is {numeric}.",
        worst.argument,
        worst=worst,
        report=equal.report(wrong),
    )


def _by_identity(equal: Trial, one: int, other: int) -> Violation | None:
    """Compare two equal arrays with one array in both places."""
    shared = list(equal.fresh_inputs())
    shared[other] = shared[one]
    apart = difference(equal, equal.gradients_at(inputs=shared), equal.gradients)
    if apart is None:
        return None
    names = equal.case.names
    return Violation(
        Kind.TWICE,
        f"∂L/∂{apart.argument} is another one where {names[one]} and {names[other]} are one array",
        f"With one array passed as {names[one]} and as {names[other]} the vjp returned {apart}, "
        "which it returns for two equal arrays.",
        apart.argument,
        report=equal.report(),
    )


def nearby(trial: Trial) -> Iterator[Case]:
    """Cases like those of `check`, but with unequal values.

    A gradient that is wrong there as well is not wrong for equal inputs, but wrong.
    """
    for one, other in _pairs(trial):
        x = trial.case.inputs[one]
        domain = trial.case.domains[other]
        assert domain is not None
        assert domain.contains is not None
        for factor in _FACTORS:
            changed = (x * factor).astype(x.dtype, copy=False)
            if domain.contains(changed) and not np.array_equal(changed, x):
                inputs = list(trial.case.inputs)
                inputs[other] = changed
                yield replace(trial.case, inputs=tuple(inputs), layout="C")
                break


def _pairs(trial: Trial) -> Iterator[tuple[int, int]]:
    """Places of which the second can take the first one's values."""
    domains = trial.case.domains or (None,) * len(trial.case.inputs)
    for one, other in combinations(trial.active, 2):
        x, y = trial.case.inputs[one], trial.case.inputs[other]
        domain = domains[other]
        alike = x.shape == y.shape and x.dtype == y.dtype
        if alike and domain is not None and domain.contains is not None and domain.contains(x):
            yield one, other


PROPERTY = Property(name="twice", when="in turn", text=__doc__, check=check)
