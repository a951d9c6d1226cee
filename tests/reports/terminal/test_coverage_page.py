"""What a run has drawn, as it looks at 80 and 120 columns."""

import io

import pytest

from gradcheck.cases.conditions.condition import trait
from gradcheck.cases.coverage import Coverage
from gradcheck.reports.terminal.console import PipeConsole
from gradcheck.reports.terminal.coverage_page import FEW, full, line, summary

BROADCAST = {
    "first axis": "{} is stretched along its first axis",
    "middle axis": "{} is stretched along a middle axis",
}
NUMBERS = {
    "zero": "{} has an exact zero",
    "ties": "{} has two equal entries",
    "near ties": "two entries of {} differ by less than 1 %",
    "negative": "{} has a negative entry",
    "≥ 710": "|{}| reaches 710",
    "≥ 1e+100": "|{}| reaches 1e+100",
}
LAYOUT = {"strided": "the inputs are strided"}


def of(group, subject, counts, templates=None):
    """Traits of one argument, with how often each came."""
    return {
        trait(group, subject, value, (templates or {}).get(value, f"{{}} is {value}")): count
        for value, count in counts.items()
    }


@pytest.fixture
def coverage():
    counts = {
        **of("rank", "x", {"0-D": 8, "1-D": 41, "2-D": 30, "3-D": 21, "> 2-D": 21}),
        **of("rank", "y", {"0-D": 18, "1-D": 45, "2-D": 31, "3-D": 6, "> 2-D": 6}),
        **of("broadcast", "x", {"first axis": 4, "middle axis": 2}, BROADCAST),
        **of("broadcast", "y", {"first axis": 9, "middle axis": 0}, BROADCAST),
        **of("axis", "x", {"0": 3, "1": 22, "odd": 60, "even": 51, "> 1024": 6, "> 65536": 3}),
        **of("value", "x", dict(zip(NUMBERS, (31, 52, 20, 80, 9, 0), strict=True)), NUMBERS),
        **of("value", "y", dict(zip(NUMBERS, (12, 47, 0, 77, 11, 0), strict=True)), NUMBERS),
        **of("param", "axis", {"None": 30, "negative": 33, "'a\x1b[31m'": 1}),
        **of("dtype", "", {"float64": 100}),
        **of("layout", "", {"C": 64, "Fortran": 14, "strided": 0, "not C": 14}, LAYOUT),
        **of("cotangent", "", {"zeros": 20, "one-hot": 9, "not C": 25}),
    }
    return Coverage(
        cases=100,
        counts={each: count for each, count in counts.items() if count},
        anywhere=anywhere(counts),
        repeats=12,
        rejected={"assume": 20, "a domain or strategy gave nothing": 5},
        possible=tuple(each for each in counts if each.value != "> 2-D"),
    )


def anywhere(counts):
    """As if no case had shown the same in both arguments."""
    sums = {}
    for each, count in counts.items():
        key = each.group, each.value
        sums[key] = min(sums.get(key, 0) + count, 100)
    return {key: count for key, count in sums.items() if count}


def written(layout, coverage, width=120):
    file = io.StringIO()
    page = PipeConsole(file=file, width=width, color_system=None, highlight=False, markup=False)
    page.show(*layout("add", coverage, width))
    return "\n".join(line.rstrip() for line in file.getvalue().splitlines())


@pytest.mark.parametrize("width", [80, 120])
@pytest.mark.parametrize("layout", [summary, full])
def test_pages(layout, coverage, width, snapshot):
    page = written(layout, coverage, width)
    assert page == snapshot
    assert max(map(len, page.splitlines())) <= width


def test_line(coverage, snapshot):
    assert line("add", coverage) == snapshot
    assert (
        line("add", Coverage(cases=1)) == "COVERAGE add: 1 case; never came: nothing of what could"
    )


def test_a_summary_stays_short_and_says_how_much_it_leaves_out(coverage):
    never = of("value", "z", dict.fromkeys(map(str, range(20)), 0))
    much = Coverage(cases=100, counts=coverage.counts, possible=tuple(never))
    page = written(summary, much)
    assert len(page.splitlines()) < 8
    assert f"and {20 - FEW} more" in page
    assert page.count("z is") == FEW
    assert written(full, much).count("z is") == 20


def test_what_never_came_is_marked(coverage):
    assert "never came" in written(summary, coverage)
    (row,) = [each for each in summary("add", coverage, 120) if "never came" in each.plain]
    assert any(span.style == "yellow" for span in row.spans)
    complete = Coverage(cases=100, counts=coverage.counts)
    assert written(summary, complete).endswith("never came      nothing of what could")


def test_nothing_from_elsewhere_reaches_the_terminal(coverage):
    for layout in (summary, full):
        assert "\x1b" not in written(layout, coverage)
    odd = Coverage(cases=1, rejected={"a\x1b[31m reason": 1})
    assert "\x1b" not in line("a\x1b[31m", odd)
    assert "\x1b" not in written(full, odd)


def test_an_op_of_which_no_case_was_drawn():
    page = written(summary, Coverage(rejected={"assume": 1000}))
    assert page.splitlines()[0] == "add   0 cases"
    assert "1000 of 1000 draws (100%): assume ×1000" in page


def test_a_narrow_page_is_still_written(coverage):
    for layout in (summary, full):
        assert "zero ×" in written(layout, coverage, 20)
