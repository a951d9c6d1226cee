"""The built-in catalogue. Tests run over the registry: adding an op adds its tests."""

import inspect

import numpy as np
import pytest

import gradcheck as gc
from gradcheck.spec.binding import parameters_of
from gradcheck.spec.registry import BUILTIN

CATALOGUE = gc.Registry()
CATALOGUE.load(BUILTIN)

ISSUED = {
    *("exp", "log", "sqrt", "square", "reciprocal", "sin", "cos", "tanh", "sigmoid", "relu"),
    *("softplus", "absolute", "add", "subtract", "multiply", "divide", "power", "maximum"),
    *("matmul", "linear", "sum", "mean", "max", "logsumexp", "softmax", "transpose", "reshape"),
    *("concatenate", "take", "layer_norm", "cross_entropy", "conv2d"),
}

# Ops that take complex arrays: those without an order, a sign, or a fixed real line inside.
COMPLEX = [
    *("exp", "log", "sqrt", "square", "reciprocal", "sin", "cos", "add", "subtract", "multiply"),
    *("divide", "matmul", "linear", "sum", "mean", "transpose", "reshape", "concatenate", "take"),
    "conv2d",
]

every_op = pytest.mark.parametrize("spec", CATALOGUE, ids=lambda spec: spec.name)


def values_of(spec, inputs, params):
    """All that a rule can ask for by name."""
    named = (
        {spec.inputs[0]: inputs} if spec.variadic else dict(zip(spec.inputs, inputs, strict=True))
    )
    return {**spec.param_defaults, **params, **named, "out": spec(*inputs, **params)}


def gradients(name, g, *inputs, **params):
    """The gradients of a built-in op, always as a tuple."""
    spec = CATALOGUE.get(name)
    given = spec.apply_vjp(g, values_of(spec, inputs, params))
    return given if isinstance(given, tuple) else (given,)


def test_catalogue_has_the_promised_ops():
    assert {spec.name for spec in CATALOGUE} >= ISSUED


def few_or(cases):
    """A few cases always, and so many where deep tests are run."""
    return pytest.mark.parametrize("cases", [8, pytest.param(cases, marks=pytest.mark.slow)])


@every_op
@few_or(40)
def test_gradient_is_right(spec, cases):
    result = gc.check(spec, cases=cases, seed=7)
    assert result, str(result)


@every_op
@few_or(15)
@pytest.mark.parametrize("dtype", ["float32", "float16"])
def test_gradient_is_right_in_low_precision(spec, dtype, cases):
    result = gc.check(spec, cases=cases, seed=7, dtypes=dtype)
    assert result, str(result)


@pytest.mark.parametrize("name", COMPLEX)
@few_or(25)
def test_gradient_is_right_for_complex_numbers(name, cases):
    result = gc.check(CATALOGUE.get(name), cases=cases, seed=7, dtypes="complex128")
    assert result, str(result)


@every_op
def test_docstring_says_what_it_is_and_gives_the_formula(spec):
    summary, _, rest = spec.doc.partition("\n")
    assert summary.endswith(".")
    assert "∂" not in summary
    formula = rest.strip().split("\n\n")[0]
    assert "⇒" in formula
    for name in spec.inputs:
        if name not in spec.nondiff:
            assert "∂L/∂" in formula, f"no gradient for {name}"


@every_op
def test_op_names_its_source_and_its_tags(spec):
    assert len(spec.source) > 10
    assert spec.tags


@every_op
def test_kink_convention_is_written_where_there_is_a_kink(spec):
    assert ("kink" in spec.tags) == ("Kink at" in spec.doc)


@every_op
def test_example_runs_and_its_gradients_fit_its_inputs(spec):
    example = spec.example
    assert example is not None
    assert sum(np.size(x) for x in example.inputs) <= 16, "an example is read by a person"
    g = np.ones_like(spec(*example.inputs, **example.params))
    given = gradients(spec.name, g, *example.inputs, **example.params)
    differentiable = [x for x in example.inputs if x.dtype.kind == "f"]
    assert [d.shape for d in given] == [x.shape for x in differentiable]


@every_op
def test_rules_are_short(spec):
    """One op, one screen: forward's and the gradient's bodies together, without docstring."""
    forward = inspect.getsource(spec.forward)
    code = forward.partition('"""')[0] + forward.rpartition('"""')[2]
    rule = inspect.getsource(spec.gradient.bound.function)
    assert len([line for line in (code + rule).splitlines() if line.strip()]) <= 30
    assert parameters_of(spec.forward) is not None


TAILS = np.array([-1e200, -710.0, -100.0, -20.0, 0.0, 20.0, 100.0, 710.0, 1e200])


@pytest.mark.parametrize("name", ["sigmoid", "tanh", "softplus", "relu", "absolute"])
def test_saturating_ops_are_finite_everywhere(name):
    spec = CATALOGUE.get(name)
    (dx,) = gradients(name, np.ones_like(TAILS), TAILS)
    assert np.isfinite(spec(TAILS)).all()
    assert np.isfinite(dx).all()


def test_tanh_keeps_its_digits_in_the_tail():
    (dx,) = gradients("tanh", np.ones(2), np.array([20.0, -20.0]))
    np.testing.assert_allclose(dx, 4 * np.exp(-40.0), rtol=1e-14)


def test_sigmoid_keeps_its_digits_in_both_tails():
    (dx,) = gradients("sigmoid", np.ones(2), np.array([50.0, -50.0]))
    np.testing.assert_allclose(dx, np.exp(-50.0), rtol=1e-14)


def test_sqrt_at_zero_is_zero_where_nothing_is_asked_for():
    (dx,) = gradients("sqrt", np.array([0.0, 1.0]), np.array([0.0, 4.0]))
    np.testing.assert_array_equal(dx, [0.0, 0.25])


@pytest.mark.parametrize("b", [1e-200, 1e200])
def test_divide_survives_divisors_whose_square_does_not(b):
    da, db = gradients("divide", np.array([1.0]), np.array([b]), np.array([b]))
    np.testing.assert_allclose(da, [1 / b])
    np.testing.assert_allclose(db, [-1 / b])


def test_power_at_base_zero():
    x, y = np.zeros(3), np.array([1.0, 2.0, 0.0])
    dx, dy = gradients("power", np.ones(3), x, y)
    np.testing.assert_array_equal(dx, [1.0, 0.0, 0.0])
    np.testing.assert_array_equal(dy, [0.0, 0.0, 0.0])


def test_power_of_a_negative_base_to_a_whole_number():
    spec = CATALOGUE.get("power")
    x, y = np.array([-2.0, -3.0]), np.array([3.0, 2.0])
    np.testing.assert_array_equal(spec(x, y), [-8.0, 9.0])
    with np.errstate(invalid="ignore"):  # the logarithm of a negative base
        dx, _ = gradients("power", np.ones(2), x, y)
    np.testing.assert_allclose(dx, [12.0, -6.0])


def test_power_where_only_the_derivative_overflows_and_nothing_is_asked_for():
    with np.errstate(over="ignore"):
        dx, dy = gradients("power", np.array([0.0]), np.array([1e-200]), np.array([-1.2]))
    np.testing.assert_array_equal([*dx, *dy], [0.0, 0.0])


@pytest.mark.parametrize("axis", [None, 0, 1, -1, (0, 1), (-1, 0), ()])
def test_shares_of_tied_maxima_sum_to_the_cotangent(axis):
    x = np.array([[2.0, 2.0, 1.0], [2.0, 0.0, 2.0]])
    g = 3.0 * np.ones_like(x.max(axis=axis))
    (dx,) = gradients("max", g, x, axis=axis)
    np.testing.assert_allclose(dx.sum(axis=axis), g)
    assert not dx[x != x.max(axis=axis, keepdims=True)].any()


def test_max_counts_more_ties_than_float16_can_hold():
    x = np.zeros(70_000, dtype=np.float16)
    (dx,) = gradients("max", np.float16(1.0), x)
    np.testing.assert_allclose(dx.astype(float).sum(), 1.0, rtol=1e-2)


def test_softmax_and_logsumexp_of_a_fully_masked_row():
    x = np.array([[-np.inf, -np.inf], [0.0, -np.inf]])
    with np.errstate(divide="ignore"):  # ln 0 is meant
        (dx,) = gradients("logsumexp", np.ones(2), x, axis=-1)
    np.testing.assert_array_equal(dx, [[0.0, 0.0], [1.0, 0.0]])
    (dx,) = gradients("softmax", np.ones((2, 2)), x)
    np.testing.assert_array_equal(dx, np.zeros((2, 2)))


def test_softmax_of_no_entries_has_no_entries():
    assert CATALOGUE.get("softmax")(np.ones((3, 0))).shape == (3, 0)


def test_cross_entropy_of_a_sure_and_right_prediction_keeps_its_digits():
    logits = np.array([[40.0, 0.0]])
    (dz,) = gradients("cross_entropy", np.float64(1.0), logits, np.array([0]), reduction="sum")
    np.testing.assert_allclose(dz, [[-np.exp(-40.0), np.exp(-40.0)]], rtol=1e-14)


def test_layer_norm_of_a_constant_row_is_finite():
    given = gradients("layer_norm", np.ones((1, 3)), np.full((1, 3), 7.0), np.ones(3), np.zeros(3))
    assert all(np.isfinite(d).all() for d in given)


def test_take_sums_over_repeated_indices():
    x, indices = np.zeros((2, 3)), np.array([0, -3, 0, 2])
    (dx,) = gradients("take", np.ones((2, 4)), x, indices=indices, axis=-1)
    np.testing.assert_array_equal(dx, [[3.0, 0.0, 1.0]] * 2)


def test_conv2d_gives_nothing_to_rows_in_no_window():
    x, kernel = np.ones((1, 1, 4, 4)), np.ones((1, 1, 1, 1))
    dx, dkernel = gradients("conv2d", np.ones((1, 1, 2, 2)), x, kernel, stride=2, padding=0)
    np.testing.assert_array_equal(dx[0, 0], np.kron(np.ones((2, 2)), [[1.0, 0.0], [0.0, 0.0]]))
    np.testing.assert_array_equal(dkernel, [[[[4.0]]]])
