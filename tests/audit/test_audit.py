"""The audit of an op: its score, what cannot be audited, and what is told while it runs."""

import json

import numpy as np
import pytest

import gradcheck as gc
from gradcheck.audit.audit import Audit, MutantTried, OpAudit, audit, audit_op, cases_of, score
from gradcheck.audit.mutants import MUTANTS, select
from gradcheck.audit.mutants.outcome import Fate, MutantResult
from gradcheck.results.settings import Settings
from gradcheck.results.verdict import Verdict

FEW = Settings(cases=30)


def cube(factor=3.0, **described):
    return gc.op("(...)->(...)", name="cube", **described)(lambda x: x**3).derivative(
        lambda x: factor * x**2
    )


def result(fate, **known):
    return MutantResult(
        mutant="m", description="is wrong", target="x", fate=fate, reason="", **known
    )


def results(killed, survived, equivalent=0):
    return tuple(
        result(fate)
        for fate, count in zip(Fate, (killed, survived, equivalent), strict=True)
        for _ in range(count)
    )


@pytest.mark.parametrize(
    ("killed", "survived", "equivalent", "percent"),
    [(3, 1, 0, 75.0), (3, 1, 100, 75.0), (0, 2, 0, 0.0), (5, 0, 1, 100.0), (0, 0, 4, None)],
)
def test_the_score_leaves_equivalent_mutants_out(killed, survived, equivalent, percent):
    mutants = results(killed, survived, equivalent)
    assert score(mutants) == percent
    assert OpAudit(op="f", verdict=Verdict.PASS, mutants=mutants).score == percent


def test_the_score_of_several_ops_is_that_of_all_their_mutants():
    ops = (
        OpAudit(op="f", verdict=Verdict.PASS, mutants=results(9, 0)),
        OpAudit(op="g", verdict=Verdict.PASS, mutants=results(0, 1)),
        OpAudit(op="h", verdict=Verdict.FAIL),
    )
    assert Audit(ops=ops, seed=0, seconds=1.0).score == 90.0


@pytest.mark.slow
def test_all_mutants_of_a_natural_spec_are_killed_or_equivalent():
    exponential = gc.op("(...)->(...)", name="exponential")(np.exp).derivative(lambda out: out)
    found = audit_op(exponential, Settings())
    assert found.verdict is Verdict.PASS
    assert found.of(Fate.SURVIVED) == ()
    assert found.score == 100.0
    assert len(found.mutants) == len(MUTANTS)
    assert len(found.of(Fate.KILLED)) > 50


@pytest.mark.slow
def test_a_narrow_spec_of_ones_own_shows_what_it_would_miss():
    tame = gc.domain(lambda shape, dtype: gc.arrays(shape, gc.real(1, 2)), name="tame")
    survivors = audit_op(cube(domains={"x": tame}), FEW, mutants=select(["*-at-*"])).of(
        Fate.SURVIVED
    )
    assert {"zero-at-zero", "negated-at-negatives", "nan-at-large"} <= {m.mutant for m in survivors}
    assert all(mutant.reason.startswith("never triggered: ") for mutant in survivors)


def test_an_op_whose_own_gradient_fails_is_not_audited():
    found = audit_op(cube(factor=2.0), FEW)
    assert (found.verdict, found.mutants, found.score) == (Verdict.FAIL, (), None)
    assert not found.auditable
    assert "the analytic derivative is" in found.reason


@pytest.mark.slow
def test_equal_seeds_give_equal_fates():
    first, second = (
        [(m.mutant, m.fate, m.cases) for m in audit_op(cube(), FEW, mutants=MUTANTS[:12]).mutants]
        for _ in range(2)
    )
    assert first == second


def test_as_many_cases_are_drawn_as_in_a_run():
    assert len(cases_of(cube(), FEW)) == 30
    assert gc.check(cube(), cases=30).cases == 30


@pytest.mark.slow
def test_an_op_that_grows_faster_than_its_inputs_is_not_stretched_far():
    """Over 65537 entries an outer product would need 34 GB."""
    squares = gc.op("(n)->(n,n)", name="squares")(lambda x: np.multiply.outer(x, x)).vjp(
        lambda g, x: g @ x + x @ g
    )
    sizes = [x.size for case in cases_of(squares, Settings(cases=100)) for x in case.inputs]
    assert 1024 < max(sizes) < 65536


def test_every_mutant_is_told_of():
    told = []
    audit([cube()], FEW, mutants=MUTANTS[:3], listener=told.append)
    assert told == [MutantTried("cube", tried, 3) for tried in (1, 2, 3)]


def test_no_further_mutant_is_tried_after_the_time():
    found = audit_op(cube(), Settings(cases=5, max_time=1e-6))
    assert (found.mutants, found.untried) == ((), len(MUTANTS))


def test_an_interrupted_audit_returns_what_was_done():
    def interrupt(event):
        if event.op == "second":
            raise KeyboardInterrupt

    second = gc.op("(...)->(...)", name="second")(np.exp).derivative(lambda out: out)
    found = audit([cube(), second, cube()], FEW, mutants=MUTANTS[:2], listener=interrupt)
    assert found.interrupted
    assert [op.op for op in found.ops] == ["cube"]


def test_an_audit_is_plain_data():
    found = audit([cube(), cube(factor=2.0)], FEW, mutants=select(["negated", "swapped"]))
    plain = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    assert plain["score"] == 100.0
    assert [op["score"] for op in plain["ops"]] == [100.0, None]
    assert [op["verdict"] for op in plain["ops"]] == ["PASS", "FAIL"]
    negated, swapped = plain["ops"][0]["mutants"]
    assert (negated["mutant"], negated["target"], negated["fate"]) == ("negated", "x", "killed")
    assert negated["kind"] == "wrong value"
    assert swapped["reason"] == "there is only one differentiable input"


def test_mutants_are_made_in_the_dtypes_that_are_asked_for():
    settings = Settings(cases=30, dtypes=("float32",))
    (found,) = audit_op(cube(), settings, mutants=select(["float32-inside"])).mutants
    assert found.fate is Fate.EQUIVALENT
    assert found.reason == "no dtype that is drawn is wider than float32"
    (found,) = audit_op(cube(), settings, mutants=select(["float16-inside"])).mutants
    assert found.fate is Fate.KILLED
