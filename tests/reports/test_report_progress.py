"""The progress bar."""

import io
import time

import pytest
from rich.console import Console

from gradcheck.events import CaseFinished, OpFinished, OpStarted, RunFinished, RunStarted
from gradcheck.reports.progress import watching

EVENTS = (
    RunStarted(("exp", "sin[/]"), 0, 10),
    OpStarted("exp", 0),
    CaseFinished("exp", 5, shrinking=False),
    CaseFinished("exp", 6, shrinking=True),
)


@pytest.fixture(autouse=True)
def not_in_ci(monkeypatch):
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.delenv("TTY_INTERACTIVE", raising=False)


def on_terminal(file):
    return Console(file=file, force_terminal=True, width=100, _environ={"TERM": "xterm"})


def test_the_bar_tells_how_far_it_is_and_disappears(wrong):
    file = io.StringIO()
    with watching(on_terminal(file)) as listener:
        for event in (*EVENTS, OpFinished(wrong), OpStarted("sin[/]", 1)):
            listener(event)
        time.sleep(0.25)  # the bar is drawn ten times a second
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


def test_nothing_is_drawn_outside_a_terminal(wrong):
    file = io.StringIO()
    with watching(Console(file=file)) as listener:
        for event in (*EVENTS, OpFinished(wrong), RunFinished((wrong,), 0.1)):
            listener(event)
    assert file.getvalue() == ""


def test_nothing_is_drawn_in_ci(monkeypatch):
    monkeypatch.setenv("CI", "true")
    file = io.StringIO()
    with watching(on_terminal(file)) as listener:
        listener(EVENTS[0])
    assert file.getvalue() == ""
