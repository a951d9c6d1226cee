"""Each kind of failure has a verdict."""

from gradcheck.results.kind import Kind
from gradcheck.results.verdict import Verdict


def test_each_kind_of_failure_has_a_verdict():
    errors = {kind for kind in Kind if kind.verdict is Verdict.ERROR}
    assert errors == {Kind.FORWARD, Kind.RAISED, Kind.SPEC}
    ends = {kind: kind.verdict for kind in Kind if kind.ends_the_process}
    assert ends == {Kind.CRASH: Verdict.CRASH, Kind.TIMEOUT: Verdict.TIMEOUT}
    assert {kind.verdict for kind in set(Kind) - errors - set(ends)} == {Verdict.FAIL}
