"""Double precision that rounds like a shorter dtype."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from gradcheck.checks.precision.emulation import Emulated, Emulation, rounded
from gradcheck.ndarrays.dtypes import unit_of

HALF, SINGLE = unit_of(np.float16), unit_of(np.float32)


@pytest.fixture(autouse=True)
def as_in_a_run():
    with np.errstate(all="ignore"):
        yield


@settings(max_examples=200, deadline=None, derandomize=True, database=None)
@given(x=arrays(np.float64, 5, elements=st.floats(-6e4, 6e4)), dtype=st.sampled_from(["f2", "f4"]))
def test_rounding_is_that_of_a_cast(x, dtype):
    assert rounded(x, unit_of(dtype)).tolist() == x.astype(dtype).astype(float).tolist()


def test_what_is_larger_than_all_numbers_of_the_dtype_stays():
    x = np.array([1e30, -1e300, np.inf, np.nan])
    assert rounded(x, HALF)[:3] == pytest.approx(x[:3], rel=HALF.eps)
    assert np.isnan(rounded(x, HALF)[3])


def softmax(x):
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def scattered(x):
    total = np.zeros_like(x[0])
    np.add.at(total, [0, 0, 2], x[0, :3])
    return total


def shifted(x):
    y = x.copy()
    y += x / 3
    return y


COMPUTATIONS = {
    "exp": np.exp,
    "product": lambda x: x * x / 3,
    "sum": lambda x: x.sum(axis=-1),
    "total": lambda x: x.sum(),
    "variance": lambda x: x.var(axis=0),
    "softmax": softmax,
    "where": lambda x: np.where(x > 0, x, 0.1),
    "matmul": lambda x: x @ x.T,
    "einsum": lambda x: np.einsum("ij,kj->ik", x, x),
    "tensordot": lambda x: np.tensordot(x, x, 2),
    "stack": lambda x: np.stack([x * 3, x / 3]),
    "split": lambda x: np.split(x / 3, 5)[2],
    "add.at": scattered,
    "in place": shifted,
    "modf": lambda x: np.modf(x / 3)[0],
}


@pytest.mark.parametrize("name", COMPUTATIONS)
@pytest.mark.parametrize("dtype", [np.float16, np.float32])
def test_a_computation_gives_what_it_gives_in_the_dtype_itself(name, dtype):
    x = np.random.default_rng(0).normal(size=(5, 7)).astype(dtype)
    unit = unit_of(dtype)
    found = COMPUTATIONS[name](Emulation(unit).array(x.astype(np.float64)))
    low = COMPUTATIONS[name](x)
    assert isinstance(found, Emulated)
    assert found.dtype == np.float64
    units = np.abs(np.asarray(found) - low) / (unit.eps * np.abs(low) + unit.tiny)
    assert units.max() <= 8


def test_half_precision_adds_up_as_one_operation():
    ones = Emulation(HALF).array(np.ones((5000, 2)))
    assert float(ones.sum(axis=0)[0]) == 5000
    assert np.ones((5000, 2), np.float16).sum(axis=0)[0] == 2048


def test_single_precision_adds_up_term_by_term():
    terms = np.full((100_000, 2), 0.1, np.float32)
    found = Emulation(SINGLE).array(terms.astype(np.float64)).sum(axis=0)
    assert float(found[0]) == float(terms.sum(axis=0)[0])
    assert abs(float(found[0]) - 10_000) > 1


@pytest.mark.parametrize(
    ("compute", "overflowed"),
    [
        (lambda x: x * x, True),
        (lambda x: (x * 300).sum(), True),
        (lambda x: x**3, True),
        (lambda x: x + x, False),
        (np.exp, False),
        (lambda x: 1 + np.exp(x), False),
    ],
)
def test_arithmetic_that_leaves_the_dtype_is_noted(compute, overflowed):
    emulation = Emulation(HALF)
    compute(emulation.array(np.array([260.0, 1.0])))
    assert emulation.overflowed is overflowed


def test_complex_numbers_round_in_both_parts():
    z = Emulation(SINGLE).array(np.array([0.1 + 0.2j]))
    single = np.complex64(0.1 + 0.2j)
    assert complex(z[0]) == complex(single)
    assert complex((z * z)[0]) == pytest.approx(complex(single * single), rel=1e-6)
