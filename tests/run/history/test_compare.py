"""What counts as worse from one run to the next, and what is only told."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradcheck.results.result import Result
from gradcheck.results.verdict import Verdict
from gradcheck.run.environment import Environment
from gradcheck.run.history.compare import RunComparison, compare
from gradcheck.run.history.saved_run import Conditions, RunDocument


def run(*results, **given):
    return RunDocument(
        environment=Environment.current(),
        conditions=Conditions(cases=100, seed=0),
        results=results,
        **{"planned": len(results), **given},
    )


def passed(op="f", **given):
    return Result(op=op, verdict=Verdict.PASS, **{"cases": 100, "seconds": 0.1, **given})


def verdict(name, op="f"):
    return Result(op=op, verdict=Verdict(name), cases=100)


def told(found: RunComparison):
    return [(change.op, str(change.subject), change.worse) for change in found.changes]


WORSE = {
    ("PASS", "FAIL"), ("PASS", "ERROR"), ("PASS", "INCONCLUSIVE"), ("PASS", "VACUOUS"),
    ("PASS", "SKIP"), ("PASS", "XFAIL"), ("SKIP", "FAIL"), ("XFAIL", "ERROR"),
    ("INCONCLUSIVE", "FAIL"), ("XPASS", "FAIL"), ("XPASS", "XFAIL"), ("VACUOUS", "TIMEOUT"),
}  # fmt: skip
NOT_WORSE = {
    ("FAIL", "PASS"), ("FAIL", "ERROR"), ("FAIL", "XFAIL"), ("FAIL", "SKIP"), ("FAIL", "XPASS"),
    ("INCONCLUSIVE", "PASS"), ("VACUOUS", "SKIP"), ("SKIP", "PASS"), ("SKIP", "XFAIL"),
    ("XFAIL", "XPASS"), ("XFAIL", "PASS"), ("PASS", "XPASS"),
}  # fmt: skip


@pytest.mark.parametrize(("before", "now"), sorted(WORSE | NOT_WORSE))
def test_a_verdict_that_changes_is_told(before, now):
    found = compare(run(verdict(before)), run(verdict(now)))
    assert told(found) == [("f", "verdict", (before, now) in WORSE)]


@pytest.mark.parametrize("name", Verdict)
def test_the_same_verdict_is_no_change(name):
    assert compare(run(verdict(name)), run(verdict(name))).changes == ()


@pytest.mark.parametrize(
    ("before", "now", "worse"),
    [
        (1e-12, 1e-8, True),
        (0.0, 1e-8, True),
        (1e-9, 1.1e-8, True),
        (1e-9, 0.9e-8, False),
        (0.0, 9e-11, False),  # what any reference may see one day and not the next
        (1e-8, 1e-12, False),
        (float("nan"), 1e-12, False),
    ],
)
def test_a_proven_error_that_grows_by_a_decade_is_worse(before, now, worse):
    found = compare(run(passed(relative_error=before)), run(passed(relative_error=now)))
    assert told(found) == [("f", "worst rel. error", True)] * worse


def test_the_error_of_what_fails_anyway_is_not_compared():
    one, other = (replace(verdict("XFAIL"), relative_error=e) for e in (1e-9, 1.0))
    assert compare(run(one), run(other)).changes == ()


@pytest.mark.parametrize(
    ("before", "now", "slower", "worse"),
    [
        (1.0, 2.1, 2.0, True),
        (1.0, 1.9, 2.0, False),
        (1.0, 2.1, 3.0, False),
        (0.1, 0.9, 2.0, False),  # so short a time says little
        (0.1, 1.1, 2.0, True),
    ],
)
def test_a_time_that_grows_is_worse(before, now, slower, worse):
    found = compare(run(passed(seconds=before)), run(passed(seconds=now)), slower=slower)
    assert told(found) == [("f", "time", True)] * worse


def test_the_time_of_another_machine_is_told_and_no_more():
    old = run(passed(seconds=1))
    old = replace(old, environment=replace(old.environment, processor="a faster one"))
    found = compare(old, run(passed(seconds=9)))
    assert told(found) == [("f", "time", False)]
    assert found.changes[0].said == "9.0 times as long, on another machine"


def test_times_of_other_numbers_of_cases_are_not_compared():
    assert compare(run(passed(seconds=1)), run(passed(seconds=9, cases=1000))).changes == ()


def test_ops_that_come_and_go():
    found = compare(run(passed("a"), passed("b")), run(passed("b"), passed("c")))
    assert told(found) == [("a", "ops", True), ("c", "ops", False)]
    assert found.changes[0].said == "is not checked any more"
    assert found.compared == 1
    assert told(compare(run(), run(verdict("FAIL", "c")))) == [("c", "ops", True)]
    assert told(compare(run(verdict("SKIP", "c")), run())) == [("c", "ops", False)]


def test_ops_that_were_not_asked_for_are_no_change():
    assert compare(run(passed("a"), passed("b")), run(passed("b")), chosen=["b"]).changes == ()


def test_ops_that_a_run_did_not_reach_are_told_as_such():
    found = compare(run(passed("a"), passed("b")), run(passed("a"), planned=2))
    assert found.changes[0].said == "the run ended before it"


def test_fewer_traits_are_worse():
    import gradcheck as gc

    op = gc.op("(...)->(...)", name="f")(lambda x: 2 * x).vjp(lambda g: 2 * g)
    many, few = (gc.check(op, cases=n, coverage=True) for n in (60, 3))
    few = replace(few, cases=many.cases, seconds=many.seconds)
    found = compare(run(many), run(few))
    assert told(found) == [("f", "coverage", True)]
    assert found.changes[0].said.startswith("never drawn now: ")
    assert compare(run(few), run(many)).changes == ()


def test_other_versions_and_conditions_are_noted():
    old = run(passed())
    old = replace(
        old,
        environment=replace(old.environment, numpy="1.26.4"),
        conditions=replace(old.conditions, seed=7, dtypes=("float32",)),
        interrupted=True,
        planned=3,
    )
    notes = compare(old, run(passed())).notes
    assert notes[0].startswith("another environment: numpy 1.26.4, now ")
    assert notes[1:] == (
        "other conditions: seed 7, now 0",
        "other conditions: dtypes float32, now none given",
        "the earlier run was interrupted: 1 of 3 ops done",
    )


def test_regressions_come_first():
    found = compare(
        run(verdict("FAIL", "a"), passed("b")), run(verdict("PASS", "a"), verdict("FAIL", "b"))
    )
    assert told(found) == [("b", "verdict", True), ("a", "verdict", False)]


@given(st.lists(st.sampled_from(list(Verdict)), min_size=1, max_size=4))
def test_a_run_is_no_worse_than_itself(verdicts):
    results = [verdict(name, f"f{k}") for k, name in enumerate(verdicts)]
    assert compare(run(*results), run(*results)).changes == ()
