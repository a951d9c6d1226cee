"""Gradients in low precision: what rounding explains, and what it does not."""

import numpy as np
import pytest
from scipy import special

import gradcheck as gc
from gradcheck.results.kind import Kind
from gradcheck.results.verdict import Verdict

LOW = ["float32", "float16"]


def softmax(x):
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def softmax_vjp(g, x):
    y = softmax(x)
    return y * (g - (g * y).sum(axis=-1, keepdims=True))


RIGHT = {
    "sin": (np.sin, lambda g, x: g * np.cos(x)),
    "exp": (np.exp, lambda g, x: g * np.exp(x)),
    "tanh": (np.tanh, lambda g, x: g * (1 - np.tanh(x) ** 2)),
    "square": (np.square, lambda g, x: 2 * g * x),
    "sum": (np.sum, lambda g, x: np.full(x.shape, g)),
    "softmax": (softmax, softmax_vjp),
}


@pytest.mark.parametrize("dtype", LOW)
@pytest.mark.parametrize("name", RIGHT)
def test_a_right_gradient_passes(name, dtype):
    x = np.array([0.0, 0.5, -1.5, 2.25, 3.0], dtype)
    result = gc.check_at(*RIGHT[name], x)
    assert result, result.reason


@pytest.mark.parametrize("dtype", ["float32", "complex64"])
def test_the_formula_itself_is_checked_in_double_precision(dtype):
    x = np.array([0.5, 1.5], dtype)
    assert gc.check_at(np.square, lambda g, x: 2 * g * np.conj(x), x)
    failure = gc.check_at(np.square, lambda g, x: 2.001 * g * np.conj(x), x).failure
    assert failure.kind is Kind.VALUE


def test_a_sum_accumulated_in_half_precision_loses_precision():
    """Only in float32 is it wrong: the formula in float64 is right."""

    def vjp(g, x):
        if x.dtype == np.float64:
            return g * np.cos(x)
        return (g.astype(np.float16) * np.cos(x).astype(np.float16)).astype(x.dtype)

    x = np.linspace(0.1, 1.4, 7, dtype=np.float32)
    result = gc.check_at(np.sin, vjp, x)
    assert result.verdict is Verdict.FAIL
    assert result.failure.kind is Kind.PRECISION
    assert result.failure.headline == "∂L/∂x loses precision in float32"
    assert result.failure.worst.reference.method == "the same gradient in float64"
    assert result.failure.worst.margin > 1
    assert gc.check_at(np.sin, vjp, x.astype(np.float64))


def test_a_long_sum_in_half_precision_is_found_by_the_generator():
    @gc.op("(n)->()", name="half_mean_square", dtypes=("float32",))
    def op(x):
        return np.sum(x * x, dtype=x.dtype)

    @op.vjp
    def _(g, x):
        narrow = np.float64 if x.dtype == np.float64 else np.float16
        return (2 * np.asarray(g).astype(narrow) * x.astype(narrow)).astype(x.dtype)

    result = gc.check(op, cases=50)
    assert result.failure.kind in (Kind.PRECISION, Kind.NONFINITE)


def test_what_the_conditioning_explains_is_no_loss():
    """1 − cos²: the float32 gradient near 0 is far off, but so is any that starts from x."""
    x = np.float32([1e3, 1e4, 3e4])
    assert gc.check_at(np.sin, lambda g, x: g * np.cos(x), x)


def test_an_overflow_in_low_precision_is_unusable():
    x = np.float32([100.0])
    result = gc.check_at(np.exp, lambda g, x: g * np.exp(x), x)
    assert result.verdict is Verdict.INCONCLUSIVE
    assert result.reason == "forward overflows in float32"


def test_the_gradient_has_the_dtype_of_the_input():
    x = np.float32([1.0, 2.0])
    failure = gc.check_at(np.sin, lambda g, x: np.float64(g) * np.cos(x), x).failure
    assert failure.kind is Kind.DTYPE


@pytest.mark.parametrize("dtype", ["float64", "float32", "complex128", "complex64"])
def test_an_op_is_checked_in_every_dtype_that_is_asked_for(dtype):
    op = gc.op("(...)->(...)", name=f"cube_{dtype}")(lambda x: x * x * x)
    op.derivative(lambda x: 3 * x * x)
    result = gc.check(op, dtypes=(dtype,), cases=40, last_case=True)
    assert result, result.reason
    assert result.last.dtype == dtype
    assert all(x.dtype == dtype for x in result.last.inputs.values())


def test_complex_numbers_whose_gradient_is_not_conjugated_fail():
    op = gc.op("(...)->(...)", name="unconjugated", dtypes=("complex128",))(np.exp)
    op.vjp(lambda g, out: g * out)
    failure = gc.check(op, cases=40).failure
    assert failure.kind is Kind.VALUE
    assert failure.worst.where.endswith((".real", ".imag"))


def test_expit_of_scipy_in_single_precision():
    op = gc.op("(...)->(...)", name="expit", dtypes=("float32", "float64"))(special.expit)
    op.vjp(lambda g, x: g * special.expit(x) * special.expit(-x))
    result = gc.check(op, cases=60)
    assert result, result.reason


# Numbers near the largest of half precision.


@pytest.mark.parametrize("value", [3e4, 5e4, 6e4])
@pytest.mark.parametrize("scale", [1.0, -1.0])
def test_a_right_gradient_near_the_largest_number_passes(value, scale):
    slope = np.float16(value * scale)
    x = np.ones(3, np.float16)
    result = gc.check_at(lambda x: x * slope, lambda g, x: g * slope, x, g=np.ones(3))
    assert result.verdict is Verdict.PASS, result


@pytest.mark.parametrize("most", [2048, 32768, 40000])
def test_a_sum_that_saturates_fails(most):
    """A gradient of 50 000 that stops at a number which half precision still adds to."""

    def rule(g, x):
        right = g.sum() * 50000.0 if x.dtype == np.float64 else min(50000.0, most)
        return np.full(x.shape, right, x.dtype)

    x = np.ones(1, np.float16)
    result = gc.check_at(lambda x: x * x.dtype.type(50000), rule, x, g=np.ones(1))
    assert result.verdict is Verdict.FAIL, result


def test_a_gradient_beyond_every_number_tells_nothing():
    tiny = np.float16(1e-5)
    with np.errstate(all="ignore"):
        result = gc.check_at(
            lambda x: x / tiny, lambda g, x: g / tiny, np.full(2, 1e-3, np.float16), g=np.ones(2)
        )
    assert result.verdict is Verdict.INCONCLUSIVE
    assert result.unusable == {"the gradient overflows in float16": 1}
