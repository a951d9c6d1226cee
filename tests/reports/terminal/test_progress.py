"""Progress: a bar on a terminal, lines elsewhere, and an honest estimate of the time left."""

import io
import time
from dataclasses import replace

import pytest
from rich.console import Console

from gradcheck.reports.terminal.progress import INTERVAL, Standing, watching
from gradcheck.results.events import CaseFinished, OpFinished, OpStarted, RunFinished, RunStarted

EVENTS = (
    RunStarted(("exp", "sin[/]"), 0, 10),
    OpStarted("exp", 0),
    CaseFinished("exp", 5, shrinking=False),
    CaseFinished("exp", 6, shrinking=True),
)


def finished(result, op):
    return OpFinished(replace(result, op=op))


@pytest.fixture(autouse=True)
def not_in_ci(monkeypatch):
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.delenv("TTY_INTERACTIVE", raising=False)


def on_terminal(file):
    return Console(file=file, force_terminal=True, width=100, _environ={"TERM": "xterm"})


def test_the_bar_tells_how_far_it_is_and_disappears(wrong):
    file = io.StringIO()
    with watching(on_terminal(file)) as listener:
        for event in (*EVENTS, finished(wrong, "exp"), OpStarted("sin[/]", 1)):
            listener(event)
        end = time.monotonic() + 60  # of a busy machine; the bar is drawn ten times a second
        while "1 failed" not in file.getvalue() and time.monotonic() < end:
            time.sleep(0.01)
    text = file.getvalue()
    for part in ("1/2 ops", "sin[/]", "1 failed"):
        assert part in text
    assert text.rstrip().endswith("\x1b[2K")


def test_shrinking_is_told():
    file = io.StringIO()
    with watching(on_terminal(file)) as listener:
        for event in EVENTS:
            listener(event)
    assert "exp: looking for the smallest case" in file.getvalue()


class Clock:
    """A clock that is put forward by hand."""

    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def piped(clock):
    """What a run prints to a pipe, event by event: call with the seconds that go by before each."""
    file = io.StringIO()

    def hear(*steps):
        with watching(Console(file=file, width=200), clock) as listener:
            for seconds, event in steps:
                clock.now += seconds
                listener(event)
        return file.getvalue().splitlines()

    return hear


def test_a_short_run_prints_nothing_to_a_pipe(piped, wrong):
    steps = [(INTERVAL / 10, event) for event in (*EVENTS, finished(wrong, "exp"))]
    assert piped(*steps, (1, RunFinished((wrong,), 0.1))) == []


def test_a_long_run_prints_lines_at_intervals(piped, wrong):
    start, *events = EVENTS
    lines = piped(
        (100, start),
        *((INTERVAL / 2, event) for event in events),
        (1, finished(wrong, "exp")),
        (INTERVAL, OpStarted("sin[/]", 1)),
        (1, CaseFinished("sin[/]", 1, shrinking=False)),
    )
    assert lines == [
        "gradcheck: 0/2 ops · exp",
        "gradcheck: 1/2 ops · sin[/] · 1 failed",
    ]


def test_the_last_op_is_not_followed_by_a_line(piped, wrong):
    assert piped((0, RunStarted(("exp",), 0, 10)), (INTERVAL, finished(wrong, "exp"))) == []


def test_ci_gets_lines_even_where_it_has_a_terminal(monkeypatch, clock, wrong):
    monkeypatch.setenv("CI", "true")
    file = io.StringIO()
    with watching(on_terminal(file), clock) as listener:
        listener(EVENTS[0])
        clock.now += INTERVAL
        listener(EVENTS[1])
    assert file.getvalue() == "gradcheck: 0/2 ops · exp\n"


def test_a_name_stays_on_its_line(piped):
    name = "evil\n::error::" + 1000 * "x"
    (line,) = piped((0, RunStarted((name, "b"), 0, 10)), (INTERVAL, OpStarted(name, 0)))
    assert line.startswith("gradcheck: 0/2 ops · evil\\n::error::xxx")
    assert len(line) < 100


def test_the_time_left_is_not_told_before_it_is_worth_something(clock, passed):
    standing = Standing(clock)
    standing(RunStarted(("a", "b", "c", "d"), 0, 100))
    for place, name in enumerate("ab"):
        standing(OpStarted(name, place))
        standing(CaseFinished(name, 100, shrinking=False))
        clock.now += 10
        assert standing.time_left() == ""  # one op is no measure of the others
        standing(finished(passed, name))
    assert standing.time_left() == "about 20 s left"
    standing(OpStarted("c", 2))
    standing(CaseFinished("c", 50, shrinking=False))
    assert standing.time_left() == "about 10 s left"
    standing(CaseFinished("c", 51, shrinking=True))
    assert standing.time_left() == ""  # nobody knows how long a failure is reduced for


def test_of_several_ops_under_way_the_first_is_named(clock, passed):
    standing = Standing(clock)
    standing(RunStarted(("a", "b", "c"), 0, 10))
    for place, name in enumerate("ab"):
        standing(OpStarted(name, place))
    standing(CaseFinished("b", 7, shrinking=False))
    standing(CaseFinished("a", 2, shrinking=False))
    assert standing.done == 9
    assert standing.doing() == "a and 1 more"
    standing(finished(passed, "a"))
    assert standing.done == 17
    assert standing.doing() == "b"


def test_the_time_left_of_a_single_op_comes_from_its_cases(clock):
    standing = Standing(clock)
    standing(RunStarted(("a",), 0, 1000))
    standing(OpStarted("a", 0))
    clock.now += 20
    standing(CaseFinished("a", 99, shrinking=False))
    assert standing.time_left() == ""
    standing(CaseFinished("a", 100, shrinking=False))
    assert standing.time_left() == "about 3 min left"
    clock.now += 10_000
    assert standing.time_left() == "about 25 h left"


def test_nothing_is_told_in_the_first_seconds(clock):
    standing = Standing(clock)
    standing(RunStarted(("a",), 0, 10))
    clock.now += 1
    standing(CaseFinished("a", 9, shrinking=False))
    assert standing.left is None
