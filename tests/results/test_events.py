"""What a finished run counts."""

from gradcheck.results.events import RunFinished
from gradcheck.results.result import Result
from gradcheck.results.verdict import Verdict


def test_a_run_counts_its_verdicts():
    verdicts = (Verdict.PASS, Verdict.FAIL, Verdict.PASS, Verdict.XFAIL)
    run = RunFinished(tuple(Result(op=v, verdict=v) for v in verdicts), seconds=1.0)
    counts = {verdict: run.count(verdict) for verdict in Verdict if run.count(verdict)}
    assert counts == {"PASS": 2, "FAIL": 1, "XFAIL": 1}
    assert not run.interrupted


def test_a_run_of_nothing():
    assert RunFinished((), seconds=0.0).count(Verdict.PASS) == 0
