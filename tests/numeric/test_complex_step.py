"""Second opinions: right where they fit, and silent where they do not."""

import numpy as np
import pytest

from gradcheck.numeric import complex_step, ladder
from tests.points import entry, point_at


def opinions(f, x, weights=None):
    point = point_at(f, x, weights=weights)
    path, _ = entry(point)
    seen = ladder.climb(path, point.base, point.weights)
    return seen, complex_step.complex_step(path, point.base, point.weights, seen), point, path


@pytest.mark.parametrize(
    ("f", "x", "slope"),
    [
        (np.exp, 0.5, np.exp(0.5)),
        (lambda x: 1e8 + x**3, 2.0, 12.0),
        (np.tanh, 3.0, 1 / np.cosh(3.0) ** 2),
    ],
)
def test_an_analytic_forward_is_differentiated_without_cancellation(f, x, slope):
    seen, exact, point, _ = opinions(f, [x])
    assert exact.value == pytest.approx(slope * point.scales[0][0], rel=1e-13)
    assert exact.method == "complex step"
    assert exact.bar < seen.bar


@pytest.mark.parametrize(
    "f",
    [np.abs, lambda x: np.conj(x) * x, lambda x: np.maximum(x.real, 0), np.angle],
    ids=["abs", "conj", "real", "angle"],
)
def test_a_forward_that_is_not_analytic_has_no_complex_step(f):
    assert opinions(f, [0.7])[1] is None


def test_a_forward_of_complex_numbers_has_no_other_imaginary_axis():
    assert opinions(np.exp, [0.5 + 1j])[1] is None


def test_at_a_kink_or_without_a_reference_there_is_no_second_opinion():
    assert opinions(np.abs, [0.0])[1] is None
    assert opinions(np.floor, [1.0])[1] is None


def test_a_forward_that_refuses_complex_numbers_is_left_alone():
    def real_only(x):
        if np.iscomplexobj(x):
            raise TypeError
        return np.sin(x)

    assert opinions(real_only, [0.5])[1] is None


wide = pytest.mark.skipif(
    np.finfo(np.longdouble).eps == np.finfo(np.float64).eps, reason="no wider type here"
)


@wide
def test_long_double_is_sharper_beside_a_large_output():
    seen, _, point, path = opinions(lambda x: 1e9 + np.sin(x), [0.5])
    wider = complex_step.wider(path, point.weights)
    assert wider.bar < seen.bar / 100
    assert abs(wider.value - np.cos(0.5)) <= wider.bar


@wide
def test_a_forward_that_rounds_to_double_has_no_wider_opinion():
    _, _, point, path = opinions(lambda x: np.sin(x).astype(np.float64), [0.5])
    assert complex_step.wider(path, point.weights) is None
