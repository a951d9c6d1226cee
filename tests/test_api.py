"""Checks from Python: a whole op, one point, one line in somebody's own test."""

import numpy as np
import pytest

import gradcheck as gc
from gradcheck.errors import GradientError, SettingsError, SpecError
from gradcheck.results.kind import Kind
from gradcheck.results.verdict import Verdict

A = np.array([[1.0, 2.0], [3.0, 4.0]])
B = np.array([[5.0, 6.0], [7.0, 8.0]])
MANY = np.linspace(-2, 2, 200)


def matmul(a, b):
    return a @ b


def matmul_vjp(g, a, b):
    return g @ b.T, a.T @ g


def sine(x):
    return np.sin(x)


def sine_vjp(g, x):
    return g * np.cos(x)


def double():
    return gc.op("(...)->(...)", name="api_double")(lambda x: 2 * x).vjp(lambda g: 2 * g)


# check.


def test_check_takes_settings_by_name():
    result = gc.check(double(), cases=7, seed=3)
    assert (result.verdict, result.cases, result.seed) == (Verdict.PASS, 7, 3)
    assert bool(result)


def test_check_takes_one_dtype_as_a_string():
    assert gc.check(double(), cases=5, dtypes="float32", last_case=True).last.dtype == "float32"


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (
            {"case": 5},
            r"check has no setting 'case'; known are cases, seed, .*Did you mean 'cases'\?",
        ),
        ({"max_tine": 5}, r"check has no setting 'max_tine'.* Did you mean 'max_time'\?"),
        ({"cases": 0}, "cases=0: at least 1 case must be drawn"),
        ({"cases": 2.5}, "cases=2.5: at least 1 case must be drawn"),
        ({"seed": -1}, "seed=-1: a seed is a whole number, 0 or more"),
        ({"max_time": 0}, "max_time=0: seconds, more than 0, or None"),
        ({"max_time": float("inf")}, "max_time=inf: seconds, more than 0, or None"),
        ({"dtypes": "float23"}, "dtype 'float23' is not known; .*Did you mean 'float32'"),
    ],
)
def test_settings_that_cannot_be(settings, message):
    with pytest.raises(SettingsError, match=message):
        gc.check(double(), **settings)


def test_check_takes_an_op_only():
    with pytest.raises(SpecError, match=r"use check_at\(forward, vjp, \*inputs\)"):
        gc.check(sine)


# check_at.


def test_check_at_a_point():
    result = gc.check_at(matmul, matmul_vjp, A, B)
    assert (result.verdict, result.op, result.cases, result.probes) == (
        Verdict.PASS,
        "matmul",
        1,
        8,
    )
    assert result.last.inputs["a"].tolist() == A.tolist()


def test_check_at_names_the_entry():
    def wrong(g, a, b):
        return g @ b.T, 2 * a.T @ g

    result = gc.check_at(matmul, wrong, A, B)
    assert result.verdict is Verdict.FAIL
    assert result.failure.argument == "b"
    assert result.failure.headline == "∂L/∂b is wrong"
    assert result.where.startswith("b[")
    (proven,) = result.failure.case.comparisons  # one is enough, and costs a ladder
    assert proven.where == result.where
    table = gc.check_at(matmul, wrong, A, B, probes="all").failure.case.comparisons
    assert [c.where for c in table] == [
        f"{n}[{i},{j}]" for n in "ab" for i in (0, 1) for j in (0, 1)
    ]
    assert [c.agrees for c in table] == [True] * 4 + [False] * 4


def test_check_at_takes_lists_and_numbers():
    assert gc.check_at(sine, sine_vjp, [1.0, 2.0])
    assert gc.check_at(sine, sine_vjp, 1.0)
    assert gc.check_at(np.sin, lambda g, x: g * np.cos(x), np.float64(0.3))


def test_check_at_takes_ufuncs_and_callables():
    result = gc.check_at(np.multiply, lambda g, x, y: (g * y, g * x), A, B)
    assert result
    assert result.op == "multiply"
    assert result.where[0] in "xy"

    class Sine:
        def __call__(self, x):
            return np.sin(x)

    assert gc.check_at(Sine(), sine_vjp, A)


def test_check_at_takes_many_inputs():
    count = 8
    inputs = [np.full(2, float(k + 1)) for k in range(count)]
    result = gc.check_at(lambda *xs: sum(xs), lambda g, *xs: tuple(g.copy() for _ in xs), *inputs)
    assert result
    assert set(result.last.inputs) == {f"x{k}" for k in range(count)}


def test_check_at_skips_integers():
    def gather(x, k):
        return x[k]

    def vjp(g, x, k):
        d = np.zeros_like(x)
        np.add.at(d, k, g)
        return d

    assert gc.check_at(gather, vjp, A, np.array([0, 0, 1]))
    result = gc.check_at(gather, lambda g, x, k: 0 * x, A, np.array([0, 0, 1]))
    assert result.failure.argument == "x"


def test_check_at_with_integers_only():
    result = gc.check_at(sine, sine_vjp, [1, 2])
    assert result.verdict is Verdict.ERROR
    assert result.failure.headline == "no input is differentiable"


def test_check_at_with_a_tuple_of_outputs():
    def both(x):
        return np.sin(x), x.sum()

    assert gc.check_at(both, lambda g, x: g[0] * np.cos(x) + g[1], A)
    assert not gc.check_at(both, lambda g, x: g[0] * np.cos(x), A)


@pytest.mark.parametrize(("probes", "count"), [("auto", 1), ("all", 200), (3, 3)])
def test_check_at_takes_as_many_probes_as_are_asked_for(probes, count):
    result = gc.check_at(sine, sine_vjp, MANY, probes=probes)
    assert result
    assert result.probes == count


@pytest.mark.parametrize("probes", [0, -1, "every", 1.5, None])
def test_probes_that_cannot_be(probes):
    with pytest.raises(SettingsError, match="allowed are 'auto', 'all' and a number above 0"):
        gc.check_at(sine, sine_vjp, MANY, probes=probes)


@pytest.mark.parametrize("probes", ["auto", "all", 2])
def test_a_wrong_entry_is_named_whatever_the_probes(probes):
    def vjp(g, x):
        d = g * np.cos(x)
        d[123] *= 1.01
        return d

    result = gc.check_at(sine, vjp, MANY, probes=probes)
    assert result.verdict is Verdict.FAIL
    assert result.where == "x[123]"


@pytest.mark.parametrize("shape", [(0,), (2, 0), (0, 0, 3)])
def test_an_empty_input_is_vacuous(shape):
    result = gc.check_at(sine, sine_vjp, np.zeros(shape))
    assert (result.verdict, result.reason) == (Verdict.VACUOUS, "there is no entry to compare")


def test_a_point_where_nothing_can_be_said_is_inconclusive():
    result = gc.check_at(np.floor, lambda g, x: 0 * g, [2.0])
    assert result.verdict is Verdict.INCONCLUSIVE
    assert result.reason.startswith("forward jumps")
    assert not result


def test_the_seed_makes_other_cotangents():
    one, two, again = (gc.check_at(sine, sine_vjp, A, seed=s).last.cotangents[0] for s in (0, 1, 0))
    assert (one == again).all()
    assert (one != two).any()


def test_the_signature_is_read():
    assert gc.check_at(sine, sine_vjp, MANY, signature="(...)->(...)", probes="all")
    with pytest.raises(SpecError, match="needs exactly one '->'"):
        gc.check_at(sine, sine_vjp, MANY, signature="(n)")


def test_a_looser_tolerance():
    def vjp(g, x):
        return g * np.cos(x) * (1 + 1e-6)

    assert not gc.check_at(sine, vjp, A)
    assert gc.check_at(sine, vjp, A, rtol=1e-5)


def test_no_input_at_all():
    with pytest.raises(SpecError, match="check_at needs at least one input"):
        gc.check_at(sine, sine_vjp)


def test_the_op_s_exceptions_are_in_the_result():
    result = gc.check_at(matmul, matmul_vjp, A, np.ones((3, 3)))
    assert result.verdict is Verdict.ERROR
    assert result.failure.kind is Kind.RAISED
    assert result.failure.raised.type == "ValueError"


# assert_gradient.


def test_assert_gradient_is_silent_when_right():
    assert gc.assert_gradient(matmul, matmul_vjp, A, B) is None


def test_assert_gradient_shows_the_panel():
    with pytest.raises(GradientError) as caught:
        gc.assert_gradient(matmul, lambda g, a, b: (g @ b.T, -(a.T @ g)), A, B)
    text = str(caught.value)
    worst = gc.check_at(matmul, lambda g, a, b: (g @ b.T, -(a.T @ g)), A, B).failure.worst
    assert isinstance(caught.value, AssertionError)
    assert "∂L/∂b is wrong" in text
    assert worst.where in text
    assert f"{worst.analytic:.6f}" in text
    assert f"{worst.reference.value:.6f}" in text


def test_assert_gradient_raises_where_nothing_can_be_said():
    with pytest.raises(GradientError, match="INCONCLUSIVE"):
        gc.assert_gradient(np.floor, lambda g, x: 0 * g, [2.0])


def test_assert_gradient_raises_where_the_op_does():
    with pytest.raises(GradientError, match="LinAlgError"):
        gc.assert_gradient(np.linalg.inv, lambda g, x: g, np.zeros((2, 2)))


def test_assert_gradient_takes_the_settings_of_check_at():
    gc.assert_gradient(sine, sine_vjp, MANY, probes="all", signature="(...)->(...)", seed=4)
