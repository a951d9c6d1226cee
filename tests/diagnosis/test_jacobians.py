"""The numeric Jacobian: its values, its bars, and kinks."""

import numpy as np
import pytest

import gradcheck as gc
from gradcheck.cases.case import Case
from gradcheck.checks.subject import subject_of
from gradcheck.diagnosis.jacobians import spread
from gradcheck.diagnosis.specimen import Specimen


def specimen(forward, x, signature="(n)->(m)"):
    spec = gc.op(signature, name="op")(forward)
    spec.vjp(lambda g, x: np.zeros_like(x))
    return Specimen(subject_of(spec), Case(inputs=(np.array(x, float),), names=("x",)), "x")


@pytest.mark.parametrize(
    ("forward", "x", "jacobian"),
    [
        (np.sin, [0.3, 2.0], lambda x: np.diag(np.cos(x))),
        (lambda x: np.cumsum(x**2), [1.0, -2.0], lambda x: np.tril(2 * x * np.ones((2, 2)))),
        (lambda x: np.exp(x) * 1e-30, [1.0], lambda x: np.diag(np.exp(x) * 1e-30)),
        (lambda x: np.stack([x[0] * x[1]]), [3.0, 4.0], lambda x: x[::-1][None]),
    ],
)
def test_slopes_lie_within_their_bars(forward, x, jacobian):
    found = specimen(forward, x).slopes
    right = jacobian(np.array(x))
    assert found.shape == right.shape
    assert (np.abs(found.value - right) <= found.bar + 1e-14 * np.abs(right)).all()
    assert (found.bar <= 1e-7 * np.abs(right).max()).all()


def test_at_a_kink_the_slope_is_unknown_and_the_steeper_one_is_not():
    kinked = specimen(lambda x: np.where(x < 0, -2 * x, x), [0.0, 1.0])
    assert np.isinf(kinked.slopes.bar).tolist() == [[True, False], [False, False]]
    np.testing.assert_allclose(kinked.steepest.value, kinked.g * [-2, 1], rtol=1e-6)


def test_a_bar_covers_underflow():
    faint = specimen(lambda x: x * 5e-324, [3.0])
    assert abs(faint.slopes.value - 5e-324) <= faint.slopes.bar
    assert not faint.wrong.any()  # 0 is as good as 5e-324


def test_an_output_that_never_moves_has_no_slope():
    flat = specimen(lambda x: x * 0 + 3, [1.0]).slopes
    assert flat.value == 0
    assert np.isfinite(flat.bar).all()


@pytest.mark.parametrize(("size", "most"), [(3, 8), (8, 8), (100, 8)])
def test_a_selection_is_spread_over_the_whole(size, most):
    found = spread(size, most)
    assert len(found) == min(size, most)
    assert (found[0], found[-1]) == (0, size - 1)
