"""The verdict of an op from all of its cases."""

import numpy as np
from hypothesis import strategies as st

import gradcheck as gc
from gradcheck.results.verdict import Verdict
from tests.run.some_ops import make, over


def test_a_domain_that_gives_nothing_is_vacuous():
    empty = gc.domain(lambda shape, dtype: st.nothing(), name="empty")
    result = gc.check(over(empty))
    assert result.verdict is Verdict.VACUOUS
    assert "nothing was compared" in result.reason
    assert not result


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
