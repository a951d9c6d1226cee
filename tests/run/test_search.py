"""The search: what is drawn, what fails, what surrounds it stays as it was."""

import json
import random
import warnings
from pathlib import Path

import numpy as np
import pytest

import gradcheck as gc
from gradcheck.errors import SpecError
from gradcheck.results.kind import Kind
from gradcheck.results.settings import Settings
from gradcheck.results.verdict import Verdict
from gradcheck.run.search import check_op
from tests.run.some_ops import make, over, plain, right, slow, wrong


def test_a_right_gradient_passes():
    result = gc.check(right())
    assert result.verdict is Verdict.PASS
    assert (result.cases, result.rejected, result.failure) == (100, 0, None)
    assert result.probes > 100
    assert 0 <= result.margin <= 1
    assert result.where
    assert result.signature == "(...)->(...)"


def test_a_wrong_gradient_fails():
    result = gc.check(wrong())
    assert result.verdict is Verdict.FAIL
    assert result.margin > 1
    assert result.margin == result.failure.worst.margin
    assert result.where == result.failure.worst.where
    assert result.cases < 100
    assert result.reason == result.failure.message


def test_an_op_that_raises_on_some_cases_is_an_error_with_the_smallest():
    def forward(x):
        if (x > 1).any():
            raise ArithmeticError("more than one")
        return 2 * x

    result = gc.check(make("raises_sometimes", forward, lambda g: 2 * g))
    assert result.verdict is Verdict.ERROR
    raised = result.failure.raised
    assert (raised.type, raised.message) == ("ArithmeticError", "more than one")
    assert Path(raised.location.file) == Path(__file__)
    assert raised.location.line == forward.__code__.co_firstlineno + 2
    (x,) = result.failure.case.inputs.values()
    assert x.size == 1
    assert x.max() > 1


def test_a_vjp_that_is_not_finite_only_sometimes_fails():
    def vjp(g, x):
        return g * np.where(x == 0, np.nan, 2 * x)

    result = gc.check(make("nan_sometimes", np.square, vjp))
    assert result.failure.kind is Kind.NONFINITE
    assert np.ravel(result.failure.case.inputs["x"]).tolist() == [0]


def test_a_zero_size_on_which_forward_raises_is_excused():
    spec = make(
        "no_zero",
        lambda x: x.max(),
        lambda g, x: g * (x == x.max()) / (x == x.max()).sum(),
        "(n)->()",
    )
    result = gc.check(spec)
    assert result.verdict is Verdict.PASS
    assert result.unusable["forward raises on a size of zero"] > 0


def test_only_integer_inputs_are_an_error():
    spec = make("whole", lambda k: k * 1.0, lambda g: g, domains={"k": gc.integers(0, 3)})
    result = gc.check(spec)
    assert result.verdict is Verdict.ERROR
    assert result.failure.headline == "no input is differentiable"


def test_an_integer_input_beside_a_floating_one():
    def vjp(g, x, k):
        d = np.zeros_like(x)
        np.add.at(d, k, g)
        return d

    options = {"dims": {"n": gc.size(min=1)}, "domains": {"k": lambda n: gc.integers(0, n - 1)}}
    assert gc.check(make("gather", lambda x, k: x[k], vjp, "(n),(m)->(m)", **options))


def test_a_strategy_that_raises_is_an_error_of_the_op():
    def broken(shape, dtype):
        raise RuntimeError("no values today")

    result = gc.check(over(gc.domain(broken)))
    assert result.verdict is Verdict.ERROR
    assert result.failure.kind is Kind.SPEC
    assert "RuntimeError: no values today" in result.failure.message


def test_an_op_without_gradient_is_refused():
    spec = gc.op("(n)->(n)", name="bare")(lambda x: x)
    with pytest.raises(SpecError, match="op 'bare' has no gradient"):
        gc.check(spec)


def test_an_op_that_fails_once_does_not_crash_the_run():
    calls = [0]

    def vjp(g, x):
        calls[0] += 1
        return (2 if calls[0] == 30 else 1) * g * np.cos(x)

    result = gc.check(make("fails_once", np.sin, vjp))
    assert result.verdict is Verdict.FAIL
    assert result.notes == (
        "the smallest case fails on some runs only: the op is not deterministic",
    )


def test_a_forward_that_counts_its_calls_does_not_crash_the_run():
    calls = [0]

    def forward(x):
        calls[0] += 1
        return np.sin(x) + calls[0]

    result = gc.check(make("counts", forward, lambda g, x: g * np.cos(x)), cases=20)
    assert result.verdict is not Verdict.PASS


def test_max_time_stops_an_op_and_says_so(clock):
    result = gc.check(slow(clock, 0.005), max_time=1, cases=10_000)
    assert result.verdict is Verdict.PASS
    assert 0 < result.cases < 200
    assert result.notes == (f"stopped after 1 s, at {result.cases} of 10000 cases",)
    assert 1 < result.seconds < 2


def test_max_time_ends_a_case_that_is_under_way_and_says_so(clock):
    result = gc.check(slow(clock, 0.05), max_time=0.01, cases=9)
    assert result.calls == 1
    assert result.verdict is Verdict.VACUOUS
    assert result.reason == "time was up before a case was finished: nothing was compared"
    assert result.notes == ("stopped after 0.01 s, at 0 of 9 cases",)
    assert result.rejected == 0


def test_max_time_keeps_a_failure_that_was_found(clock):
    result = gc.check(slow(clock, 0.001, factor=-1), max_time=1, cases=10_000)
    assert result.verdict is Verdict.FAIL
    assert result.failure.headline == "∂L/∂x is wrong"
    assert result.cases < 100
    assert result.seconds < 2


@pytest.mark.parametrize("spec", [right, wrong])
def test_equal_seeds_give_equal_results(spec):
    one, two = (gc.check(spec("same"), seed=3, last_case=True) for _ in range(2))
    assert plain(one) == plain(two)


def test_another_seed_gives_other_cases():
    assert gc.check(right("same"), seed=3).probes != gc.check(right("same"), seed=4).probes


def test_a_result_is_plain_data():
    for spec in (right(), wrong()):
        data = gc.check(spec, cases=10, last_case=True).to_dict()
        assert json.loads(json.dumps(data, allow_nan=False)) == data


def test_failing_draws_are_tried_first(tmp_path):
    def vjp(g, x):
        return g * np.where(x == 0, 3, 1)

    def spec():
        return make("rarely", lambda x: x + 0, vjp)

    first = gc.check(spec(), database=tmp_path / "db")
    again = gc.check(spec(), seed=99, database=tmp_path / "db")
    assert first.verdict is again.verdict is Verdict.FAIL
    assert again.cases <= 2
    assert any((tmp_path / "db").rglob("*"))


def test_ops_do_not_share_failing_draws(tmp_path):
    gc.check(wrong("mine"), database=tmp_path / "db")
    other = gc.check(right("yours"), database=tmp_path / "db")
    assert other.verdict is Verdict.PASS
    assert other.cases == 100


def test_without_a_database_nothing_is_written(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    gc.check(wrong("unkept"))
    assert not list(tmp_path.iterdir())


def test_warnings_of_the_op_do_not_leak():
    def forward(x):
        warnings.warn("deprecated", DeprecationWarning, stacklevel=1)
        return np.sin(x)

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        assert gc.check(make("warns", forward, lambda g, x: g * np.cos(x)), cases=10)
    assert not caught


def test_numpy_s_error_state_is_left_alone():
    with np.errstate(all="raise"):
        before = np.geterr()
        gc.check(make("overflows", np.exp, lambda g, out: g * out), cases=40)
        gc.check(wrong("state"), cases=10)
        assert np.geterr() == before


def test_random_states_are_left_alone():
    random.seed(5)
    np.random.seed(5)
    before = random.getstate(), np.random.get_state()[1].tolist()
    gc.check(right("state"), cases=20)
    gc.check(wrong("state"), cases=20)
    assert (random.getstate(), np.random.get_state()[1].tolist()) == before


def test_an_op_that_uses_global_randomness_is_not_made_deterministic_by_accident():
    spec = make(
        "global_random",
        np.sin,
        lambda g, x: g * np.cos(x) * np.random.uniform(0.5, 1.5),
    )
    assert gc.check(spec, cases=20).verdict is Verdict.FAIL


@pytest.mark.parametrize("error", [SystemExit(3), RecursionError("deep")])
def test_an_op_that_exits_is_an_error_of_that_op(error):
    def leave(x):
        raise error

    assert gc.check(make("a", leave, lambda g: g), cases=5).verdict is Verdict.ERROR


def test_an_error_of_our_own_is_not_blamed_on_the_op(monkeypatch):
    def broken(*_, **__):
        raise NameError("not the op's")

    monkeypatch.setattr("gradcheck.run.attempt.examine", broken)
    with pytest.raises(NameError, match="not the op's"):
        check_op(
            gc.op("(...)->(...)", name="exp")(np.exp).vjp(lambda g, out: g * out),
            Settings(cases=3),
        )
