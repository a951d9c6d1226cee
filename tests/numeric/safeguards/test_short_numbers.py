"""Short numbers: a forward that computes in float32 rounds by its unit."""

import numpy as np
import pytest

from gradcheck.numeric.comparison import Reference
from gradcheck.numeric.safeguards.nearby import Nearby
from gradcheck.numeric.safeguards.short_numbers import short_numbers
from tests.points import dispute_about, point_at

X = [0.71, 1.3, -2.9]


def in_dtype(dtype):
    return lambda x: np.sin(x.astype(dtype)).astype(float)


@pytest.mark.parametrize(
    ("f", "eps"),
    [
        (np.sin, 2.0**-52),
        (in_dtype(np.float32), 2.0**-23),
        (in_dtype(np.float16), 2.0**-10),
        (np.round, 2.0**-52),
        (lambda x: np.round(4 * x) / 4, 2.0**-52),
        (np.sign, 2.0**-52),
        (np.ones_like, 2.0**-52),
    ],
    ids=["double", "single", "half", "integers", "quarters", "signs", "constant"],
)
def test_the_unit_of_a_forward_is_that_of_its_values(f, eps):
    assert Nearby(point_at(f, X)).eps == eps


def flat(dtype, gradient):
    reference = Reference(low=0.0, high=0.0, bar=1e-12, method="by hand", step=2.0**-40)
    return dispute_about(point_at(in_dtype(dtype), X, gradient=[[gradient, 0, 0]]), reference)


@pytest.mark.parametrize("dtype", [np.float32, np.float16])
def test_right_a_slope_that_treads_hid(dtype):
    compared = short_numbers.rule(flat(dtype, np.cos(0.71)))
    assert compared.agrees
    assert not compared.reference.problem


@pytest.mark.parametrize("dtype", [np.float32, np.float16])
@pytest.mark.parametrize("factor", [0.0, 2.0, -1.0])
def test_wrong_another_slope(dtype, factor):
    compared = short_numbers.rule(flat(dtype, factor * np.cos(0.71)))
    assert not compared.agrees, compared


def test_a_forward_in_double_precision_is_left_alone():
    reference = Reference(low=0.0, high=0.0, bar=1e-12, method="by hand", step=2.0**-40)
    dispute = dispute_about(point_at(np.sin, X, gradient=[[0.5, 0, 0]]), reference)
    assert short_numbers.rule(dispute) is dispute.comparison
