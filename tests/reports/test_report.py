"""What a report is about: which results, in which order, and where each leads."""

from dataclasses import replace

import pytest

from gradcheck.reports.report import Report
from gradcheck.reports.text.origins import OpOrigin
from gradcheck.results.events import RunFinished
from gradcheck.results.result import PINNED, Result
from gradcheck.results.settings import Settings
from gradcheck.results.verdict import Verdict
from gradcheck.spec.binding import Location

ORDER = ["exp", "relu", "matmul", "add_bias", "norm[/]", "staircase_with_a_very_long_name", "never"]


@pytest.mark.parametrize(
    ("sort", "names"),
    [
        (None, ORDER),
        ("name", sorted(ORDER)),
        ("margin", ["matmul", "add_bias", "norm[/]", ORDER[5], "never", "relu", "exp"]),
        ("time", [ORDER[5], "matmul", "relu", "exp", "add_bias", "norm[/]", "never"]),
    ],
)
def test_order(report, sort, names):
    assert [result.op for result in report(sort=sort).results] == names


def test_a_margin_that_is_no_number_is_the_worst():
    results = tuple(
        Result(op=op, verdict=Verdict.FAIL, margin=margin)
        for op, margin in (("a", 3.0), ("b", float("nan")), ("c", float("inf")))
    )
    report = Report(
        finished=RunFinished(results, 1.0), planned=3, settings=Settings(), sort="margin"
    )
    assert {r.op for r in report.results[:2]} == {"b", "c"}


def test_what_has_no_margin_comes_before_what_has_one(report):
    order = [result.op for result in report().worst_first]
    assert order == ["add_bias", "norm[/]", "matmul", ORDER[5], "never"]


def test_doubts_come_after_failures_whatever_their_margin(wrong, doubtful):
    results = (replace(doubtful, margin=float("inf")), replace(wrong, margin=2.0))
    report = Report(finished=RunFinished(results, 1.0), planned=2, settings=Settings())
    assert [r.op for r in report.worst_first] == ["matmul", doubtful.op]


def test_the_place_is_that_of_the_failure_else_of_the_gradient(report, wrong, doubtful):
    origin = OpOrigin("steps", Location("/usr/steps.py", 9))
    origins = {doubtful.op: origin, wrong.op: origin}
    assert report(origins=origins).location(wrong) == wrong.failure.location
    assert report(origins=origins).location(doubtful) == origin.location
    assert report().location(doubtful) is None


@pytest.mark.parametrize(
    ("notes", "shrink", "label"),
    [((), True, "smallest case"), ((), False, "failing case"), ((PINNED,), True, "pinned case")],
)
def test_a_case_is_called_after_how_it_was_found(report, wrong, notes, shrink, label):
    about = replace(report(), settings=Settings(shrink=shrink))
    assert about.case_label(replace(wrong, notes=notes)) == label


def test_a_panel_is_laid_out_once(report, wrong, monkeypatch):
    about = report()
    first = about.text(wrong)
    monkeypatch.setattr("gradcheck.reports.report.plain", None)
    assert about.text(wrong) is first
    assert "gradcheck run matmul --seed 7" in first


def test_verbose_notes_say_what_it_cost_and_would_have_shown(report, passed):
    counted = replace(passed, calls=1)
    assert report().notes(counted) == ""
    noted = report(verbosity=1).notes(counted)
    assert noted.startswith("a single entry wrong by")
    assert noted.endswith("; 1 forward call")


def test_the_footer_says_what_was_not_run(report):
    assert report(planned=9).footer == (
        "2 passed, 2 failed, 1 error, 1 inconclusive, 1 vacuous, 2 not run in 3.2 s · seed 7 · "
        "100 cases each"
    )
    assert report(interrupted=True).footer.startswith("interrupted · ")
