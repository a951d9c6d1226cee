"""Ops that take a short dtype only: their gradients are compared in that dtype itself."""

import functools
from dataclasses import replace

import numpy as np
import pytest

import gradcheck as gc
from gradcheck.cases.case import case_of
from gradcheck.checks.examine import examine
from gradcheck.checks.subject import subject_of
from gradcheck.errors import SpecError
from gradcheck.results.kind import Kind
from gradcheck.results.verdict import Verdict
from gradcheck.run.example import worked_example
from gradcheck.spec.registry import BUILTIN


def only(*dtypes):
    """A decorator of functions that raise on any other floating dtype."""

    def decorate(function):
        @functools.wraps(function)
        def guarded(*arrays, **named):
            for array in (*arrays, *named.values()):
                if array.dtype.kind in "fc" and str(array.dtype) not in dtypes:
                    raise TypeError(f"this kernel takes {' and '.join(dtypes)}")
            return function(*arrays, **named)

        return guarded

    return decorate


def sine(x):
    return np.sin(x)


def logarithm(x):
    return np.log(x)


def product(x, y):
    return x @ y


def softmax(x):
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def softmax_vjp(g, x):
    y = softmax(x)
    return y * (g - (g * y).sum(axis=-1, keepdims=True))


def maximum_vjp(g, x, y):
    tie = np.where(x == y, x.dtype.type(0.5), (x > y).astype(x.dtype))
    return g * tie, g * (1 - tie)


# name: signature, forward, vjp, spec
OPS = {
    "sin": ("(...)->(...)", sine, lambda g, x: g * np.cos(x), {}),
    "log": ("(...)->(...)", logarithm, lambda g, x: g / x, {"domains": {"x": gc.positive()}}),
    "relu": ("(...)->(...)", lambda x: np.maximum(x, 0), lambda g, x: g * (x > 0), {}),
    "maximum": ("(n),(n)->(n)", lambda x, y: np.where(x > y, x, y), maximum_vjp, {}),
    "softmax": ("(...,n)->(...,n)", softmax, softmax_vjp, {"dims": {"n": gc.size(min=1)}}),
    "matmul": ("(m,n),(n,p)->(m,p)", product, lambda g, x, y: (g @ y.mT, x.mT @ g), {}),
}
ITSELF = {"sin": np.sin, "log": np.log, "matmul": np.matmul}


def narrow(name, dtype, mistake=lambda gradient: gradient, **more):
    """An op that takes one dtype only, with a mistake in each of its gradients."""
    signature, forward, vjp, spec = OPS[name]

    @functools.wraps(vjp)
    def mistaken(*given, **named):
        found = only(dtype)(vjp)(*given, **named)
        return tuple(map(mistake, found)) if isinstance(found, tuple) else mistake(found)

    op = gc.op(signature, name=name, dtypes=dtype, widens=False, **spec, **more)
    return op(only(dtype)(forward)).vjp(mistaken)


def one_off(gradient):
    """One entry off by a hundredth."""
    gradient = np.array(gradient)
    if gradient.size:
        gradient.flat[-1] *= gradient.dtype.type(1.01)
    return gradient


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("name", OPS)
def test_a_right_gradient_in_float32_passes(name, seed):
    result = gc.check(narrow(name, "float32"), cases=40, seed=seed)
    assert result, result
    assert sum(result.unusable.values()) < 15


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
@pytest.mark.parametrize("name", OPS)
def test_a_right_gradient_in_half_precision_does_not_fail(name, dtype):
    if dtype == "bfloat16":
        pytest.importorskip("ml_dtypes")
        if name in ("matmul", "relu", "maximum"):
            pytest.skip("ml_dtypes gives float32 there")
    result = gc.check(narrow(name, dtype), cases=30)
    assert result.verdict in (Verdict.PASS, Verdict.INCONCLUSIVE), result


@pytest.mark.parametrize("mistake", [np.negative, lambda d: d + d, one_off])
@pytest.mark.parametrize("name", OPS)
def test_a_wrong_gradient_in_float32_fails(name, mistake):
    result = gc.check(narrow(name, "float32", mistake), cases=60, diagnose=False)
    assert result.failure.kind is Kind.VALUE
    assert result.failure.worst.reference.method == "central differences in float32"
    assert result.failure.case.dtype == "float32"


@pytest.mark.parametrize("mistake", [np.negative, lambda d: d + d])
@pytest.mark.parametrize("name", ["sin", "log", "softmax", "matmul"])
def test_a_very_wrong_gradient_in_float16_fails(name, mistake):
    result = gc.check(narrow(name, "float16", mistake), cases=60, diagnose=False)
    assert result.failure.kind is Kind.VALUE


@pytest.mark.parametrize("name", ITSELF)
def test_a_reference_in_double_precision_is_differentiated_instead(name):
    """It sees mistakes that differences of float32 cannot."""
    slightly = lambda d: d * d.dtype.type(1.001)  # noqa: E731 - a mistake has no name
    given = {"reference": ITSELF[name], "cases": 60}
    cases = given.pop("cases")
    assert gc.check(narrow(name, "float32", **given), cases=cases)
    failure = gc.check(narrow(name, "float32", slightly, **given), cases=cases).failure
    assert failure.kind is Kind.VALUE
    assert failure.worst.reference.bar < 1e-3 * max(1, abs(failure.worst.analytic))


def test_complex64_alone_is_enough():
    op = gc.op("(n)->(n)", name="square", dtypes="complex64", widens=False)
    spec = op(only("complex64")(lambda x: x * x)).vjp(lambda g, x: 2 * g * np.conj(x))
    assert gc.check(spec, cases=40)
    op = gc.op("(n)->(n)", name="square", dtypes="complex64", widens=False)
    spec = op(only("complex64")(lambda x: x * x)).vjp(lambda g, x: 2 * g * x)
    assert gc.check(spec, cases=40).failure.headline == "∂L/∂x is wrong"


def test_a_jvp_is_compared_in_the_short_dtype_as_well():
    def made(factor):
        op = gc.op("(n)->(n)", name="sin", dtypes="float32", widens=False, skip=SKIPPED)
        spec = op(only("float32")(sine)).vjp(lambda g, x: g * np.cos(x))
        return spec.jvp(only("float32")(lambda t, x: t * factor * np.cos(x)))

    assert gc.check(made(np.float32(1)), cases=40)
    assert gc.check(made(np.float32(1.5)), cases=40).failure.headline == "the jvp is wrong"


SKIPPED = {"adjoint": "it would find the wrong jvp as well"}


def test_a_jump_at_the_very_point_is_no_failure():
    op = gc.op("(n)->(n)", name="sign", dtypes="float32", widens=False, domains=ON_THE_JUMP)
    result = gc.check(op(lambda x: np.sign(x) * 3).vjp(lambda g, x: 0 * g), cases=10)
    assert result.verdict is Verdict.INCONCLUSIVE
    assert "jumps" in result.reason


ON_THE_JUMP = {
    "x": gc.domain(
        lambda shape, dtype: gc.integers(0, 0).strategy(shape, dtype).map(lambda x: x.astype(dtype))
    )
}


# --- what is said


def test_an_op_that_does_not_take_double_precision_is_told_how_to_say_so():
    op = gc.op("(n)->(n)", name="kernel", dtypes="float32")
    result = gc.check(op(only("float32")(sine)).vjp(lambda g, x: g * np.cos(x)))
    assert result.verdict is Verdict.ERROR
    told = "this kernel takes float32. If it takes float32 only, say widens=False in its spec."
    assert result.failure.message == f"Forward raised TypeError: {told}"
    assert "say widens=False in its spec" in " ".join(str(result).split())


def test_a_vjp_that_does_not_take_double_precision_is_told_so_too():
    op = gc.op("(n)->(n)", name="kernel", dtypes="float32")(np.sin)
    result = gc.check(op.vjp(only("float32")(lambda g, x: g * np.cos(x))))
    assert result.failure.headline == "the vjp raised TypeError"
    assert result.failure.hint == "If it takes float32 only, say widens=False in its spec."


def test_a_kernel_that_casts_to_float32_by_itself_is_told_so_too():
    op = gc.op("(n)->(n)", name="kernel", dtypes="float32")
    spec = op(lambda x: np.sin(x.astype("f4"))).vjp(lambda g, x: g * np.cos(x.astype("f4")))
    assert "widens=False" in gc.check(spec).reason


def test_what_raises_in_its_own_dtype_is_told_nothing_of_the_kind():
    def forward(x):
        raise TypeError("bad")

    result = gc.check(gc.op("(n)->(n)", name="kernel", dtypes="float32")(forward).vjp(lambda g: g))
    assert "widens" not in result.reason


def test_double_precision_contradicts_it():
    with pytest.raises(SpecError) as caught:
        gc.op("(n)->(n)", name="kernel", dtypes=("float32", "float64"), widens=False)(np.sin)
    assert str(caught.value) == (
        "widens=False says that 'kernel' takes short dtypes only, but its dtypes name float64; "
        "allowed are float32, float16, bfloat16 and complex64."
    )
    with pytest.raises(SpecError, match="widens of 'kernel' is True or False; got 'no'"):
        gc.op("(n)->(n)", name="kernel", widens="no")(np.sin)


def test_a_run_in_double_precision_leaves_it_in_error():
    result = gc.check(narrow("sin", "float32"), dtypes="float64")
    assert result.verdict is Verdict.ERROR
    assert "'sin' does not take float64: its spec says widens=False" in result.reason


# --- from elsewhere


def test_one_point_can_be_checked_without_a_spec():
    sin, cos = only("float32")(sine), only("float32")(lambda g, x: g * np.cos(x))
    x = np.array([0.5, 1.5], "f4")
    assert "widens=False" in gc.check_at(sin, cos, x).reason
    assert gc.check_at(sin, cos, x, widens=False)
    assert not gc.check_at(sin, lambda g, x: 2 * cos(g, x), x, widens=False)


def test_an_example_is_worked_in_the_dtype_that_the_op_takes():
    report = worked_example(narrow("sin", "float32", example=gc.call([0.5, 1.5])))
    assert report.dtype == "float32"
    assert [c.where for c in report.comparisons] == ["x[0]", "x[1]"]
    assert report.gradients["x"].dtype == np.float32


def test_what_cancels_within_an_output_is_not_called_wrong():
    """A normalised number of −1 and a bias of 1 leave rounding, and of the slope nothing."""
    builtin = gc.Registry()
    builtin.load(BUILTIN)
    spec = builtin.get("layer_norm")
    given = (np.array(numbers, "f4") for numbers in ([0, -9.665927], [0, 1], [0, 1]))
    subject = replace(subject_of(spec), widens=False)
    case = replace(case_of(spec, gc.call(*given)), dtype="float32")
    assert examine(subject, case).failure is None
