"""The report of a run, as it looks at 80 and 120 columns."""

import io
import re
from dataclasses import replace

import pytest
from hypothesis import given

from gradcheck.reports.report import Report
from gradcheck.reports.terminal.console import PipeConsole
from gradcheck.reports.terminal.run_report import as_headlines, as_lines, as_table
from gradcheck.reports.text.printable import visible
from gradcheck.results.events import RunFinished
from gradcheck.results.result import Result
from gradcheck.results.settings import Settings
from gradcheck.results.verdict import Verdict
from tests.reports.odd_text import names, report_about, texts, unprintable

ORDER = ["exp", "relu", "matmul", "add_bias", "norm[/]", "staircase_with_a_very_long_name", "never"]


def written(layout, report, width=80):
    """Render without colour, blanks at line ends removed."""
    file = io.StringIO()
    page = PipeConsole(file=file, width=width, color_system=None, highlight=False, markup=False)
    page.show(*layout(report, width))
    return "\n".join(line.rstrip() for line in file.getvalue().splitlines())


@pytest.mark.parametrize("width", [80, 120])
@pytest.mark.parametrize("verbosity", [0, 1, 2])
def test_table(report, snapshot, width, verbosity):
    assert written(as_table, report(verbosity=verbosity), width) == snapshot


def test_lines(report, snapshot):
    assert written(as_lines, report()) == snapshot


def test_headlines(report, snapshot):
    assert written(as_headlines, report()) == snapshot


@pytest.fixture
def expected(passed, wrong):
    """A run with ops of which something is expected."""
    results = (
        passed,
        replace(wrong, verdict=Verdict.XFAIL, reason="b is transposed, issue 12"),
        Result(op="conv", verdict=Verdict.SKIP, reason="needs a licence [1]\x07"),
        Result(
            op="tan",
            verdict=Verdict.XPASS,
            reason="it passes, though it is expected to fail: issue 7",
            cases=100,
        ),
    )

    def make(**wanted):
        return Report(finished=RunFinished(results, 3.21), planned=4, settings=Settings(), **wanted)

    return make


@pytest.mark.parametrize("layout", [as_table, as_lines, as_headlines])
@pytest.mark.parametrize("verbosity", [0, 1])
def test_what_was_expected_and_what_was_skipped(expected, snapshot, layout, verbosity):
    assert written(layout, expected(verbosity=verbosity), 100) == snapshot


def test_failures_only_leaves_out_what_was_expected_or_skipped(expected):
    page = written(as_table, expected(failures_only=True))
    assert [line.split()[0] for line in page.splitlines()[1:2]] == ["tan"]
    assert "1 passed, 1 failed as expected, 1 passed unexpectedly, 1 skipped in 3.2 s" in page


def test_worst_first_has_what_was_not_run_last(expected):
    order = [result.op for result in expected(sort="margin").results]
    assert (order[0], order[-1]) == ("tan", "conv")


@pytest.mark.parametrize("width", [20, 40, 60, 80, 100, 120, 200])
def test_names_and_verdicts_are_never_cut(report, results, width):
    page = written(as_table, report(), width)
    for result in results:
        assert any(line.split()[:2] == [result.op, result.verdict] for line in page.splitlines())


@pytest.mark.parametrize("width", [60, 80, 120])
def test_commands_and_places_are_never_folded(report, width):
    page = written(as_table, report(), width)
    assert "gradcheck run matmul --seed 7 -n 100 --ops my_ops.py\n" in page
    assert "/somewhere/else/my_ops.py:14\n" in page


def test_failures_only_leaves_out_what_passed_but_counts_it(report):
    page = written(as_table, report(failures_only=True))
    assert [line.split()[0] for line in page.splitlines()[1:6]] == ORDER[2:]
    assert "\n2 passed, 2 failed, 1 error" in page


def test_only_passes_and_failures_only_gives_just_the_footer(passed):
    report = Report(
        finished=RunFinished((passed,), 0.2),
        planned=1,
        settings=Settings(),
        failures_only=True,
    )
    assert written(as_table, report) == "1 passed in 0.2 s · seed 0 · 100 cases each"


def test_an_interrupted_run_says_so_and_what_was_not_run(report):
    footer = written(as_headlines, report(interrupted=True, planned=30), 200).splitlines()[-1]
    assert footer.startswith("interrupted · 2 passed, 2 failed")
    assert "23 not run in 3.2 s · seed 7 · 100 cases each" in footer


def test_without_shrinking_the_case_is_not_called_the_smallest(wrong):
    report = Report(finished=RunFinished((wrong,), 0.2), planned=1, settings=Settings(shrink=False))
    page = written(as_table, report)
    assert "failing case " in page
    assert "smallest" not in page


def test_the_hint_is_about_the_traceback_where_there_are_no_entries(raised):
    report = Report(finished=RunFinished((raised,), 0.2), planned=1, settings=Settings())
    assert written(as_table, report).endswith("-v shows the traceback.")


@pytest.mark.parametrize("layout", [as_table, as_lines, as_headlines])
@given(text=texts)
def test_a_terminal_gets_colours_of_ours_only(layout, text):
    file = io.StringIO()
    page = PipeConsole(
        file=file, width=10_000, color_system="standard", force_terminal=True, legacy_windows=False
    )
    page.show(*layout(report_about(text), 10_000))
    written = file.getvalue()
    plain = re.sub(r"\x1b\[[\d;]*m", "", written)
    assert not any(unprintable(c) for c in plain if c != "\n")
    assert all(name in plain or layout is as_headlines for name in names(text)), (
        "markup in a name would be taken for a style, and be missing"
    )
    assert visible(f"{text}2") in plain
