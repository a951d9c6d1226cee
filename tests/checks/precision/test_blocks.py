"""Many entries in a short dtype: what is wrong in a row, or everywhere by a tenth, shows."""

import numpy as np
import pytest

import gradcheck as gc
from gradcheck.results.verdict import Verdict


def softmax(x):
    e = np.exp(x - x.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


def softmax_vjp(g, x):
    y = softmax(x)
    return y * (g - (g * y).sum(-1, keepdims=True))


def normalised(x):
    return x / np.sqrt((x * x).mean(-1, keepdims=True) + x.dtype.type(1e-5))


def normalised_vjp(g, x):
    scale = 1 / np.sqrt((x * x).mean(-1, keepdims=True) + x.dtype.type(1e-5))
    return g * scale - x * scale**3 * (g * x).mean(-1, keepdims=True)


KERNELS = {
    "softmax": (softmax, softmax_vjp),
    "normalised": (normalised, normalised_vjp),
    "tanh": (np.tanh, lambda g, x: g * (1 - np.tanh(x) ** 2)),
    "row_sums": (lambda x: x.sum(-1), lambda g, x: np.broadcast_to(g[:, None], x.shape).copy()),
}


def last_row_zero(d):
    d[-1] = 0


def first_row_twice(d):
    d[0] *= 2


def a_tenth_off(d):
    d *= d.dtype.type(1.1)


def column_negative(d):
    d[:, 3] *= -1


SPOILS = (last_row_zero, first_row_twice, a_tenth_off, column_negative)


def result(kernel, spoil, size, reference):
    forward, rule = KERNELS[kernel]

    def vjp(g, x):
        d = rule(g, x).astype(x.dtype)
        spoil(d)
        return d

    x = np.random.default_rng(size).standard_normal((size, size)).astype(np.float32)
    slow = forward if reference else None
    return gc.check_at(forward, vjp, x, widens=False, reference=slow)


@pytest.mark.parametrize("reference", [True, False])
@pytest.mark.parametrize("kernel", KERNELS)
def test_a_right_kernel_passes(kernel, reference):
    assert result(kernel, lambda d: None, 32, reference).verdict is Verdict.PASS


@pytest.mark.parametrize("spoil", SPOILS)
@pytest.mark.parametrize("kernel", KERNELS)
def test_a_wrong_row_or_column_or_factor_fails(kernel, spoil):
    found = result(kernel, spoil, 32, False)
    assert found.verdict is Verdict.FAIL, found


@pytest.mark.slow
@pytest.mark.parametrize("kernel", KERNELS)
def test_with_a_reference_one_entry_is_enough(kernel):
    def one_entry(d):
        d[17, 11] *= d.dtype.type(1.01)

    found = result(kernel, one_entry, 32, True)
    assert found.verdict is Verdict.FAIL
    assert found.where == "x[17,11]"


@pytest.mark.slow
@pytest.mark.parametrize("kernel", KERNELS)
@pytest.mark.parametrize("spoil", [None, *SPOILS[:3]])
def test_the_same_in_a_large_kernel(kernel, spoil):
    found = result(kernel, spoil or (lambda d: None), 256, False)
    assert found.verdict is (Verdict.FAIL if spoil else Verdict.PASS)
