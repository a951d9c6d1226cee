"""Entries: wrong ones first, unusable ones and kinks marked, the rest counted."""

import numpy as np

from gradcheck.reports.report import Report
from gradcheck.reports.terminal.console import plain
from gradcheck.reports.terminal.entry_table import failing_case, last_case
from gradcheck.reports.terminal.run_report import as_table
from gradcheck.results.events import RunFinished
from gradcheck.results.failure import CaseReport, Failure
from gradcheck.results.kind import Kind
from gradcheck.results.result import Result
from gradcheck.results.settings import Settings
from gradcheck.results.verdict import Verdict


def test_a_long_case_has_a_line_for_each_value(compare):
    values = np.arange(16.0).reshape(4, 4)
    case = CaseReport(
        inputs={"a": values, "b": values.T},
        cotangents=(values, None),
        comparisons=tuple(
            compare(f"a[{i},{j}]", 1.0 + (i > 2), 1.0) for i in range(4) for j in range(10)
        ),
    )
    failure = Failure(
        kind=Kind.VALUE, headline="∂L/∂a is wrong", message="", case=case, worst=case.worst
    )
    result = Result(op="f", verdict=Verdict.FAIL, failure=failure)
    report = Report(
        finished=RunFinished((result,), 0.2), planned=1, settings=Settings(), verbosity=1
    )
    lines = plain(*as_table(report, 200), width=200).splitlines()
    begin = next(i for i, line in enumerate(lines) if "smallest case" in line)
    assert [line.split()[0] for line in lines[begin + 1 : begin + 4]] == ["b", "g[0]", "g[1]"]
    entries = [line for line in lines if line.startswith("  a[")][1:]
    assert len(entries) == 24
    assert all("wrong" in line for line in entries[:10])
    assert entries[10].startswith("  a[0,0]")
    assert "  … 16 more entries agree" in lines


def test_what_is_left_out_of_the_entries_is_said_to_be_wrong_too(compare):
    case = CaseReport(inputs={}, comparisons=tuple(compare(f"x[{i}]", 2.0, 1.0) for i in range(30)))
    failure = Failure(kind=Kind.VALUE, headline="", message="", case=case)
    result = Result(op="f", verdict=Verdict.FAIL, failure=failure)
    report = Report(
        finished=RunFinished((result,), 0.2), planned=1, settings=Settings(), verbosity=1
    )
    assert "… 6 more entries, 6 of them wrong" in plain(*as_table(report, 80), width=80)


def test_unusable_entries_and_kinks_are_marked(compare):
    case = CaseReport(
        inputs={"x": np.zeros(2)},
        comparisons=(
            compare("x[0]", 0.5, 0.0, 1.0),
            compare("x[1]", 3.0, 0.0, problem="forward jumps"),
        ),
    )
    result = Result(op="f", verdict=Verdict.PASS, cases=1, last=case)
    report = Report(
        finished=RunFinished((result,), 0.2), planned=1, settings=Settings(), verbosity=2
    )
    page = plain(*as_table(report, 120), width=120)
    assert "0.000000 … 1.000000 ± 2e-10            0        0   kink" in page
    assert "unusable: forward jumps" in page


def test_a_failing_case_without_entries_has_its_traceback(raised):
    page = plain(*failing_case(raised), width=80)
    assert page.startswith("\n  Traceback (most recent call last):\n    File …\n")
    assert "[bold]bad" in page


def test_nothing_is_shown_of_a_result_without_cases(vacuous):
    assert list(failing_case(vacuous)) == []
    assert list(last_case(vacuous)) == []


def test_the_last_case_shows_its_values_and_entries(passed):
    lines = plain(*last_case(passed), width=80).splitlines()
    assert lines[1] == "  last case       x = [1., 2., 3.]"
    assert [line.split()[0] for line in lines if line.startswith("  x[")] == [
        "x[0]",
        "x[1]",
        "x[2]",
    ]
    assert "  reference by    central differences, h = 4.9e-04" in lines
