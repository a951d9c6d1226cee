"""The relative error of a result is one that is proven: none for an exact gradient."""

import numpy as np
import pytest

import gradcheck as gc
from gradcheck.numeric.comparison import Comparison, Reference
from gradcheck.numeric.tally import Tally

LOOSE = {"rtol": 1e-5, "reason": "a test of what is measured below the tolerance"}


def sine(error, **given):
    op = gc.op("(...)->(...)", name="f", **LOOSE, **given)
    return op(np.sin).vjp(lambda g, x: g * np.cos(x) * (1 + error))


@pytest.mark.parametrize("error", [1e-9, -1e-8, 1e-6])
def test_a_planted_error_is_measured_within_a_few_per_cent(error):
    result = gc.check(sine(error), cases=40)
    assert result.verdict is gc.Verdict.PASS
    assert result.relative_error == pytest.approx(abs(error), rel=0.05)


def test_the_error_of_a_short_dtype_is_that_of_the_formula():
    result = gc.check(sine(1e-6, dtypes=("float32",)), cases=40)
    assert result.relative_error == pytest.approx(1e-6, rel=0.05)


@pytest.mark.parametrize(
    ("forward", "vjp"),
    [
        (lambda x: 2 * x, lambda g: 2 * g),
        (np.tanh, lambda g, out: g * (1 - out) * (1 + out)),
        (np.abs, lambda g, x: g * np.sign(x)),
    ],
    ids=["linear", "curved", "kinked"],
)
def test_an_exact_gradient_has_no_error(forward, vjp):
    op = gc.op("(...)->(...)", name="f")(forward).vjp(vjp)
    assert gc.check(op, cases=40).relative_error < 1e-11


def compared(analytic, *, bar=1e-9, **given):
    reference = Reference(low=1.0, high=1.0, bar=bar, method="by hand", step=0.0, **given)
    return Comparison(
        where="x", argument="x", analytic=analytic, reference=reference, tolerance=1e-6, size=1.0
    )


@pytest.mark.parametrize(
    ("comparison", "error"),
    [
        (compared(1 + 1e-7), 1e-7),
        (compared(1 + 1e-10), 0.0),
        (compared(1 + 1e-7, bar=1e-6), 0.0),
        (compared(1 + 1e-7, quick=True), 0.0),
        (compared(1 + 1e-7, problem="noise"), 0.0),
    ],
    ids=["beyond the bar", "within it", "coarse", "quick", "unusable"],
)
def test_only_what_exceeds_the_bar_is_proven(comparison, error):
    assert comparison.proven_error == pytest.approx(error, rel=1e-6)
    tally = Tally()
    tally.add(comparison)
    assert tally.relative_error == comparison.proven_error


def test_the_worst_single_difference_is_remembered_to_be_looked_at_again():
    tally = Tally()
    for analytic in (1 + 1e-8, 1 + 3e-8, 1 + 2e-8):
        tally.add(compared(analytic, quick=True))
    assert tally.quick.analytic == 1 + 3e-8
    assert tally.relative_error == 0
