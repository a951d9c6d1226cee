"""How numbers are written."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradcheck.reports.text import numbers


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0."),
        (-0.0, "-0."),
        (1.0, "1."),
        (0.1, "0.1"),
        (-2.25, "-2.25"),
        (np.float32(0.1), "0.1"),
        (1 / 3, "0.33333333"),
        (12345678.9, "12345679."),
        (1e20, "1e+20"),
        (-4e-100, "-4e-100"),
        (1 / 3e7, "3.3333333e-08"),
        (math.nan, "nan"),
        (-math.inf, "-inf"),
        (3, "3"),
        (True, "True"),
        (1 + 2j, "1.+2.j"),
        (np.complex64(0.5 - 0.1j), "0.5-0.1j"),
        ("axis", "'axis'"),
    ],
)
def test_one_number(value, text):
    assert numbers.number(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (np.array(0.5), "0.5"),
        (np.array([[0.0, 1.0]]), "[[0., 1.]]"),
        (np.zeros((2, 2)), "[[0., 0.], [0., 0.]]"),
        (np.zeros((0, 3)), "zeros((0, 3))"),
        (np.zeros((3, 4)), "zeros((3, 4))"),
        (np.ones((3, 4), np.float32), "ones((3, 4), float32)"),
        (np.full((3, 4), 0.5), "full((3, 4), 0.5)"),
        (np.array([2, -1]), "[2, -1]"),
        (np.arange(64.0).reshape(8, 8), "8×8 array, 0. … 63."),
        (np.append(np.arange(63.0), np.nan), "64 array of float64"),
        ([np.zeros(1), np.ones(2)], "[[0.], [1., 1.]]"),
    ],
)
def test_arrays_on_one_line(value, text):
    assert numbers.array(value) == text


def test_a_constant_array_keeps_its_nan():
    assert numbers.array(np.full(9, np.nan)) == f"[{', '.join(['nan'] * 9)}]"


def test_a_matrix_has_aligned_columns():
    assert numbers.matrix(np.array([[1.0, -0.25], [10.0, 3.0]])) == (
        "[[   1., -0.25],\n [  10.,    3.]]"
    )


@pytest.mark.parametrize(
    ("value", "text"),
    [(np.zeros((2, 3)), "2×3"), (np.zeros(4), "4"), (np.float64(1), "scalar"), ([], "none")],
)
def test_shapes(value, text):
    assert numbers.shape(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0"), (2e-10, "2e-10"), (0.00312, "0.0031"), (1.5, "1.5"), (234.5, "234"),
     (5e9, "5e+09"), (math.inf, "inf"), (math.nan, "nan")],
)  # fmt: skip
def test_two_digits(value, text):
    assert numbers.short(value) == text
    assert numbers.margin(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1.0, "1"),
        (0.998, "0.998"),
        (0.9999999, "0.9999999"),
        (1.04, "1.04"),
        (1.000001, "1.000001"),
    ],
)
def test_a_margin_shows_its_side_of_the_border(value, text):
    assert numbers.margin(value) == text
    assert numbers.short(value) == "1"


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0 ms"), (0.0152, "15 ms"), (0.0999, "0.1 s"), (1.94, "1.9 s"), (12.3, "12 s"),
     (59.7, "1 min 0 s"), (125.2, "2 min 5 s")],
)  # fmt: skip
def test_durations(value, text):
    assert numbers.seconds(value) == text


@pytest.mark.parametrize(
    ("analytic", "low", "high", "texts"),
    [
        (0.0, 1.0, None, ("0.000000", "1.000000 ± 2e-10")),
        (1.00000003, 1.0, None, ("1.000000030", "1.000000000 ± 2e-10")),
        (2e-20, 1e-20, None, ("2.000000e-20", "1.000000e-20 ± 2e-10")),
        (2.0, 0.0, 1.0, ("2.000000", "0.000000 … 1.000000 ± 2e-10")),
        (math.nan, 1.0, None, ("nan", "1.000000 ± 2e-10")),
        (1e300, 2e300, None, ("1.000000e+300", "2.000000e+300 ± 2e-10")),
        (math.nan, 2e300, None, ("nan", "2.000000e+300 ± 2e-10")),
        (3e19, 3e19, None, ("3.000000e+19", "3.000000e+19 ± 2e-10")),
        (49.527871, 49.527872, None, ("49.5278710", "49.5278720 ± 2e-10")),
        (
            math.nextafter(1e-3, 1),
            1e-3,
            None,
            ("0.0010000000000000002", "0.0010000000000000000 ± 2e-10"),
        ),
    ],
)
def test_a_comparison_shows_the_digits_that_differ(compare, analytic, low, high, texts):
    assert numbers.compared(compare("x[0]", analytic, low, high)) == texts


@given(st.floats(allow_nan=False, allow_infinity=False), st.integers(1, 3))
def test_what_disagrees_never_looks_equal(compare, low, steps):
    analytic = low
    for _ in range(steps):
        analytic = math.nextafter(analytic, math.inf)
    one, other = numbers.compared(compare("x[0]", analytic, low))
    assert one != other.split(" ± ")[0] or analytic == low


def test_a_param_is_its_repr_on_one_line():
    class Loud:
        def __repr__(self):
            return "two\nlines\x1b[31m"

    class Broken:
        def __repr__(self):
            raise RuntimeError

    assert numbers.plain(Loud()) == "two\\nlines\\x1b[31m"
    assert numbers.plain(Broken()) == "<Broken: its repr raised RuntimeError>"
    assert numbers.plain(np.array([1.0, 2.0])) == "[1., 2.]"
    assert numbers.plain("x" * 300).endswith("x…")
