"""The slowest ops of a run."""

import pytest

from gradcheck.reports.terminal.slowest import slowest
from gradcheck.results.result import Result
from gradcheck.results.verdict import Verdict

RESULTS = [
    Result(op=name, verdict=Verdict.PASS, cases=1, seconds=seconds)
    for name, seconds in [("a", 0.01), ("b", 75.0), ("c\x1b", 2.0), ("d", 2.0)]
]


@pytest.mark.parametrize(
    ("count", "lines"),
    [
        (1, ["1 min 15 s  b"]),
        (3, ["1 min 15 s  b", "     2.0 s  c\\x1b", "     2.0 s  d"]),
        (9, ["1 min 15 s  b", "     2.0 s  c\\x1b", "     2.0 s  d", "     10 ms  a"]),
    ],
)
def test_the_slowest_come_first(count, lines):
    heading, *rest = [text.plain for text in slowest(RESULTS, count)]
    assert heading == "\nslowest ops"
    assert rest == lines


def test_without_results_there_is_no_heading():
    assert list(slowest([], 3)) == []
