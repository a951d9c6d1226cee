"""Runs: what is drawn, what is told, what ends them."""

import dataclasses
import json
import math
import random
import time
import warnings
from pathlib import Path

import numpy as np
import pytest
from hypothesis import strategies as st

import gradcheck as gc
from gradcheck.errors import SpecError
from gradcheck.results.events import CaseFinished, OpFinished, OpStarted, RunFinished, RunStarted
from gradcheck.results.kind import Kind
from gradcheck.results.settings import Settings
from gradcheck.results.verdict import Verdict
from gradcheck.run import engine, search


def make(name, forward, vjp, signature="(...)->(...)", **options):
    return gc.op(signature, name=name, **options)(forward).vjp(vjp)


def right(name="right", **options):
    return make(name, np.sin, lambda g, x: g * np.cos(x), **options)


def wrong(name="wrong", **options):
    return make(name, np.sin, lambda g, x: -g * np.cos(x), **options)


def run(*specs, **settings):
    events = []
    finished = engine.run(specs, Settings(**settings), events.append)
    return finished, events


def plain(result):
    """What must be equal for equal seeds."""
    return {k: v for k, v in result.to_dict().items() if k != "seconds"}


# Verdicts.


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


# Nothing to compare.


def test_a_domain_that_gives_nothing_is_vacuous():
    empty = gc.domain(lambda shape, dtype: st.nothing(), name="empty")
    result = gc.check(_with(empty))
    assert result.verdict is Verdict.VACUOUS
    assert "nothing was compared" in result.reason
    assert not result


def _with(domain):
    spec = gc.op("(n)->(n)", name="empty_domain", domains={"x": domain})(lambda x: 2 * x)
    return spec.vjp(lambda g: 2 * g)


def test_an_assumption_that_rejects_everything_is_vacuous():
    spec = gc.op("(n)->(n)", name="assumed", assume=lambda x: False)(lambda x: 2 * x)
    result = gc.check(spec.vjp(lambda g: 2 * g), cases=20)
    assert result.verdict is Verdict.VACUOUS
    assert result.reason.startswith(f"all {result.rejected} draws were rejected")
    assert result.cases == 0


def test_what_an_assumption_rejects_is_counted():
    spec = gc.op("(n)->(n)", name="odd", assume=lambda n: n % 2)(lambda x: 2 * x)
    result = gc.check(spec.vjp(lambda g: 2 * g), cases=30)
    assert result.verdict is Verdict.PASS
    assert result.cases == 30
    assert result.rejected > 5


def test_a_gradient_that_is_zero_everywhere_is_vacuous():
    result = gc.check(make("constant", np.ones_like, lambda g: 0 * g))
    assert result.verdict is Verdict.VACUOUS
    assert result.reason == f"all {result.probes} derivatives that were compared are zero"


def test_sizes_of_zero_only_are_vacuous():
    spec = gc.op("(n)->(n)", name="nothing", dims={"n": gc.size(max=0)})(lambda x: 2 * x)
    result = gc.check(spec.vjp(lambda g: 2 * g), cases=10)
    assert result.verdict is Verdict.VACUOUS
    assert result.reason == f"none of the {result.cases} cases has an entry to compare"


def test_mostly_unusable_cases_are_inconclusive():
    spec = make(
        "oscillates",
        lambda x: np.sin(1e30 * (x + 1)),
        lambda g, x: 1e30 * g * np.cos(1e30 * (x + 1)),
    )
    result = gc.check(spec, cases=30)
    assert result.verdict is Verdict.INCONCLUSIVE
    assert "cases have no usable reference: forward " in result.reason
    assert not result


def test_a_forward_that_is_never_finite_is_inconclusive():
    result = gc.check(make("nowhere", lambda x: x * np.nan, lambda g: g * 0), cases=20)
    assert result.verdict is Verdict.INCONCLUSIVE
    assert "forward is not finite" in result.reason


# Errors in how a case is drawn.


def test_a_strategy_that_raises_is_an_error_of_the_op():
    def broken(shape, dtype):
        raise RuntimeError("no values today")

    result = gc.check(_with(gc.domain(broken)))
    assert result.verdict is Verdict.ERROR
    assert result.failure.kind is Kind.SPEC
    assert "RuntimeError: no values today" in result.failure.message


def test_an_op_without_gradient_is_refused():
    spec = gc.op("(n)->(n)", name="bare")(lambda x: x)
    with pytest.raises(SpecError, match="op 'bare' has no gradient"):
        gc.check(spec)


# Ops that do not give the same answer twice.


def test_an_op_that_differs_between_calls_fails_and_says_so():
    rng = np.random.default_rng(0)
    spec = make("random_gradient", np.sin, lambda g, x: g * np.cos(x) * rng.uniform(0.5, 1.5))
    result = gc.check(spec)
    assert result.verdict is Verdict.FAIL
    assert result.failure.kind is Kind.DETERMINISM
    assert result.failure.broken == "determinism"


def test_an_op_that_fails_once_does_not_crash_the_run():
    calls = [0]

    def vjp(g, x):
        calls[0] += 1
        return (2 if 30 <= calls[0] < 60 else 1) * g * np.cos(x)

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


# Events.


def test_events_come_in_order():
    finished, events = run(right("one"), wrong("two"), right("three"), cases=10)
    assert isinstance(events[0], RunStarted)
    assert (events[0].ops, events[0].cases) == (("one", "two", "three"), 10)
    assert events[-1] is finished
    assert not finished.interrupted
    started = [e for e in events if isinstance(e, OpStarted)]
    assert [(e.op, e.place) for e in started] == [("one", 0), ("two", 1), ("three", 2)]
    ended = [e.result for e in events if isinstance(e, OpFinished)]
    assert tuple(ended) == finished.results
    assert [r.verdict for r in ended] == [Verdict.PASS, Verdict.FAIL, Verdict.PASS]
    assert finished.count(Verdict.PASS) == 2


def test_cases_are_counted_up_while_an_op_runs():
    _, events = run(right("one"), cases=10)
    cases = [e for e in events if isinstance(e, CaseFinished)]
    assert [e.case for e in cases] == list(range(1, 11))
    assert not any(e.shrinking for e in cases)


def test_reducing_is_told():
    _, events = run(wrong("one"))
    shrinking = [e.shrinking for e in events if isinstance(e, CaseFinished)]
    assert shrinking == sorted(shrinking)
    assert True in shrinking


def test_events_are_frozen():
    _, events = run(right("one"), cases=2)
    for event in events:
        field = dataclasses.fields(event)[0].name
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(event, field, None)


def test_fail_fast_stops_at_the_first_failure():
    finished, events = run(right("a"), wrong("b"), right("c"), cases=10, fail_fast=True)
    assert [r.op for r in finished.results] == ["a", "b"]
    assert not finished.interrupted
    assert isinstance(events[-1], RunFinished)


def test_fail_fast_does_not_stop_at_a_doubtful_op():
    constant = make("a", np.ones_like, lambda g: 0 * g)
    finished, _ = run(constant, right("b"), cases=10, fail_fast=True)
    assert len(finished.results) == 2


@pytest.mark.parametrize("place", ["forward", "vjp"])
def test_an_interrupt_keeps_what_is_done(place):
    def stop(*args):
        raise KeyboardInterrupt

    forward = (lambda x: stop()) if place == "forward" else np.sin
    spec = make("stops", forward, lambda g, x: stop())
    finished, events = run(right("a"), spec, right("c"), cases=5)
    assert finished.interrupted
    assert [r.op for r in finished.results] == ["a"]
    assert events[-1] is finished


def test_max_time_stops_an_op_and_says_so():
    def slow(x):
        time.sleep(0.005)
        return np.sin(x)

    started = time.perf_counter()
    result = gc.check(make("slow", slow, lambda g, x: g * np.cos(x)), max_time=1, cases=10_000)
    assert time.perf_counter() - started < 10
    assert result.verdict is Verdict.PASS
    assert 0 < result.cases < 10_000
    assert result.notes == (f"stopped after 1 s, at {result.cases} of 10000 cases",)


def test_max_time_ends_a_case_that_is_under_way_and_says_so():
    calls = []

    def slow(x):
        calls.append(None)
        time.sleep(0.05)
        return np.sin(x)

    result = gc.check(make("slow", slow, lambda g, x: g * np.cos(x)), max_time=0.01, cases=9)
    assert len(calls) == 1
    assert result.verdict is Verdict.VACUOUS
    assert result.reason == "time was up before a case was finished: nothing was compared"
    assert result.notes == ("stopped after 0.01 s, at 0 of 9 cases",)
    assert result.rejected == 0


def test_max_time_keeps_a_failure_that_was_found():
    result = gc.check(wrong("slow_wrong"), max_time=0.05, cases=10_000)
    assert result.verdict in (Verdict.FAIL, Verdict.VACUOUS, Verdict.PASS)
    assert (result.failure is None) == (result.verdict is not Verdict.FAIL)


# Reproducibility.


@pytest.mark.parametrize("spec", [right, wrong])
def test_equal_seeds_give_equal_results(spec):
    one, two = (gc.check(spec("same"), seed=3, last_case=True) for _ in range(2))
    assert plain(one) == plain(two)


def test_another_seed_gives_other_cases():
    assert gc.check(right("same"), seed=3).probes != gc.check(right("same"), seed=4).probes


def test_what_else_is_selected_changes_nothing():
    settings = {"cases": 30, "last_case": True}
    alone, _ = run(right("b"), **settings)
    among, _ = run(wrong("a"), right("b"), right("c"), **settings)
    turned, _ = run(right("c"), right("b"), **settings)
    results = [next(r for r in f.results if r.op == "b") for f in (alone, among, turned)]
    assert plain(results[0]) == plain(results[1]) == plain(results[2])


def test_a_result_is_plain_data():
    for spec in (right(), wrong()):
        data = gc.check(spec, cases=10, last_case=True).to_dict()
        assert json.loads(json.dumps(data, allow_nan=False)) == data


# The database.


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


# What surrounds a run stays as it was.


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


def test_the_last_passing_case_is_kept_with_error_bars():
    result = gc.check(right("kept"), cases=20, last_case=True)
    judged = [c for c in result.last.comparisons if c.argument]
    size = result.last.inputs["x"].size
    assert len(judged) == size or size > 256
    assert all(math.isfinite(c.reference.bar) for c in judged)
    assert gc.check(right("kept"), cases=20).last is None


def test_the_ops_after_a_broken_one_go_on():
    def explode(x):
        raise MemoryError("too large")

    finished, _ = run(make("a", explode, lambda g: g), right("b"), cases=5)
    assert [r.verdict for r in finished.results] == [Verdict.ERROR, Verdict.PASS]


@pytest.mark.parametrize("error", [SystemExit(3), RecursionError("deep")])
def test_an_op_that_exits_is_an_error_of_that_op(error):
    def leave(x):
        raise error

    finished, _ = run(make("a", leave, lambda g: g), right("b"), cases=5)
    assert [r.verdict for r in finished.results] == [Verdict.ERROR, Verdict.PASS]


def test_an_error_of_our_own_is_not_blamed_on_the_op(monkeypatch):
    def broken(*_, **__):
        raise NameError("not the op's")

    monkeypatch.setattr(search, "examine", broken)
    with pytest.raises(NameError, match="not the op's"):
        search.check_op(
            gc.op("(...)->(...)", name="exp")(np.exp).vjp(lambda g, out: g * out),
            Settings(cases=3),
        )


def normalized(x):
    return (x - x.mean(-1, keepdims=True)) / np.sqrt(x.var(-1, keepdims=True) + 1)


def forgetful(g, x, gamma):
    """Layer norm's vjp that leaves out the last term by x: zero if gamma is constant."""
    dx = g * gamma
    dx = (dx - dx.mean(-1, keepdims=True)) / np.sqrt(x.var(-1, keepdims=True) + 1)
    return dx, g * normalized(x)


def by_value(g, x, gamma):
    """Right, but for equal values, which it takes for one array."""
    dx = g * gamma
    xhat = normalized(x)
    inner = (
        dx - dx.mean(-1, keepdims=True) - xhat * (dx * xhat).mean(-1, keepdims=True)
    ) / np.sqrt(x.var(-1, keepdims=True) + 1)
    dgamma = g * xhat
    return (inner + dgamma, dgamma) if np.array_equal(x, gamma) else (inner, dgamma)


@pytest.mark.parametrize("seed", range(3))
def test_a_gradient_is_wrong_for_equal_inputs_only_where_it_is_right_for_others(seed):
    headlines = []
    for name, vjp in (("forgetful", forgetful), ("by_value", by_value)):
        spec = gc.op("(n),(n)->(n)", name=name)(lambda x, gamma: normalized(x) * gamma)
        spec.vjp(vjp)
        failure = engine.check_op(spec, Settings(seed=seed)).failure
        headlines.append(failure.headline)
    assert headlines == ["∂L/∂x is wrong", "the gradient is wrong where x and gamma are equal"]
