"""Verdicts are sorted into failures, doubts and successes."""

from gradcheck.results.verdict import WORST_FIRST, Verdict


def test_verdicts_are_sorted_into_failures_and_doubts():
    failures = {v for v in Verdict if v.is_failure}
    doubts = {v for v in Verdict if v.is_doubtful}
    assert failures == {"FAIL", "ERROR", "CRASH", "TIMEOUT", "XPASS"}
    assert doubts == {"INCONCLUSIVE", "VACUOUS"}
    successes = {v for v in Verdict if v.is_success}
    assert successes == {"PASS", "XFAIL"}
    assert set(Verdict) - failures - doubts - successes == {"SKIP"}


def test_strict_makes_doubts_fail_and_nothing_else():
    assert {v for v in Verdict if v.fails(strict=False)} == {v for v in Verdict if v.is_failure}
    assert {v for v in Verdict if v.fails(strict=True)} == {v for v in Verdict if v.is_open}


def test_every_verdict_has_a_place_among_the_worst_first():
    assert sorted(WORST_FIRST) == sorted(Verdict)
    # What is to be looked at comes before what is settled, and failures before doubts.
    ranks = [(not v.is_open, not v.is_failure) for v in WORST_FIRST]
    assert ranks == sorted(ranks)


def test_ranks_follow_the_order_of_the_worst_first():
    assert [verdict.rank for verdict in WORST_FIRST] == [0, 0, 0, 0, 0, 1, 1, 3, 2, 2]
    assert all((verdict.rank < 2) == verdict.is_open for verdict in Verdict)
