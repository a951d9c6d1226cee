"""The HTML report: one file that needs nothing else, tells all there is and believes no text."""

import base64
import hashlib
import re
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pytest

from gradcheck.reports.html.page import as_html
from gradcheck.reports.html.static_files import static
from gradcheck.reports.report import Report
from gradcheck.results.events import RunFinished
from gradcheck.results.kind import Kind
from gradcheck.results.result import PINNED, Result
from gradcheck.results.settings import Settings
from gradcheck.results.verdict import Verdict

VOID = {"meta", "input"}


class Page(HTMLParser):
    """A page taken apart: its tags with their attributes, its text, and whether it is balanced."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.words, self.open = [], [], []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] not in {"style", "script"}:
            self.words.append(data)

    @property
    def text(self):
        return " ".join(" ".join(self.words).split())

    def all(self, tag):
        return [attributes for name, attributes in self.tags if name == tag]


# --- what a case is called


@pytest.mark.parametrize(
    ("notes", "shrink", "kind", "label"),
    [
        ((), True, Kind.VALUE, "smallest case"),
        ((), False, Kind.VALUE, "failing case"),
        ((PINNED,), True, Kind.VALUE, "pinned case"),
        ((), True, Kind.CRASH, "last case"),
    ],
)
def test_a_case_is_called_what_it_is_called_on_the_terminal(
    wrong, report_of, *, notes, shrink, kind, label
):
    result = replace(wrong, notes=notes, failure=replace(wrong.failure, kind=kind))
    report = replace(report_of(result), settings=Settings(shrink=shrink))
    assert f"<dt>{label}</dt>" in as_html(report)
    assert f"  {label} " in report.text(result)


# --- one file


def test_nothing_is_fetched_and_the_policy_would_not_allow_it(results, report_of):
    page = Page(as_html(report_of(*results)))
    for _, attributes in page.tags:
        assert not {"src", "srcset", "style", "action"} & set(attributes)
        assert attributes.get("href", "#").startswith("#")
    assert not re.search(r"url\(|@import|@font-face", static("curve.css") + static("report.css"))
    (policy,) = [m["content"] for m in page.all("meta") if "http-equiv" in m]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


def test_the_policy_knows_exactly_the_script_and_style_of_the_page(results, report_of):
    page = as_html(report_of(*results))
    for tag in ("script", "style"):
        (inside,) = re.findall(f"<{tag}>(.*?)</{tag}>", page, flags=re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(inside.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in page


def test_equal_results_give_equal_bytes(results, report_of):
    assert as_html(report_of(*results)) == as_html(report_of(*results))


def test_links_and_labels_lead_somewhere(results, report_of):
    page = Page(as_html(report_of(*results)))
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    for link in page.all("a"):
        assert link["href"][1:] in ids
    for attributes in page.all("label"):
        assert attributes.get("for", ids[0]) in ids


def test_an_empty_run_is_a_page_too(report_of):
    page = Page(as_html(report_of()))
    assert "nothing was run" in page.text
    assert page.all("table") == []


# --- all there is


def test_every_op_has_a_row_and_what_did_not_pass_a_panel(results, report_of):
    page = Page(as_html(report_of(*results)))
    assert len([a for a in page.all("tr") if "id" in a]) == len(results)
    assert len(page.all("article")) == sum(not result for result in results)
    assert page.text.count("2 passed, 2 failed, 1 error, 1 inconclusive, 1 vacuous") == 2


@pytest.mark.parametrize("verdict", Verdict)
def test_every_verdict_has_a_row_and_those_to_look_at_a_panel(verdict):
    finished = RunFinished((Result(op="it", verdict=verdict, reason="because"),), 1.0)
    page = as_html(Report(finished=finished, planned=1, settings=Settings()))
    assert f">{verdict}</span>" in page
    assert ('id="op0"' in page) == verdict.is_open


def test_a_panel_tells_what_the_terminal_tells(wrong, misshapen, raised, doubtful, report_of):
    wrong = replace(
        wrong,
        failure=replace(wrong.failure, looks_like="the transpose", only_where="n > 3"),
    )
    text = Page(as_html(report_of(wrong, misshapen, raised, doubtful))).text
    for words in (
        "∂L/∂b is wrong (a: 1×2, b: 2×2)",
        "b[1,0] 0.000000 1.000000 ± 2e-10",
        "looks like the transpose",
        "only where n > 3",
        "smallest case a = [[0., 1.]] b = zeros((2, 2)) g = [[1., 0.]]".replace(
            "zeros((2, 2))", "[[0., 0.], [0., 0.]]"
        ),
        "defined at /somewhere/else/my_ops.py:14",
        "reproduce gradcheck run matmul --seed 7",
        "drawn as float32, Fortran layout",
        "Traceback",
        "forward jumps within any usable step.",
    ):
        assert words in text


def test_every_problem_of_an_op_is_in_its_panel(several, report_of):
    page = as_html(report_of(several))
    assert "<dt>besides</dt><dd><pre>∂L/∂a has the wrong dtype." in page
    assert "It wrote into a\\x1b: work on a copy.</pre>" in page


def test_a_row_says_what_is_wrong_once(wrong, report_of):
    (row,) = re.findall(r'<tr id="row0">.*?</tr>', as_html(report_of(wrong)), flags=re.DOTALL)
    assert row.count("∂L/∂b is wrong") == 1


def test_what_was_not_run_is_counted(passed, report_of):
    report = replace(report_of(passed), planned=4)
    assert "3 not run" in Page(as_html(report)).text


def test_only_failures_are_shown_where_only_they_are_wanted(passed, wrong, report_of):
    page = Page(as_html(report_of(passed, wrong, failures_only=True)))
    assert len([a for a in page.all("tr") if "id" in a]) == 1
    assert "1 passed, 1 failed" in page.text


def test_an_op_takes_little_of_the_file(passed, compare, failing, report_of, make_curve):
    values = np.arange(40.0 * 50).reshape(40, 50)
    some = [compare(f"x[{i // 50},{i % 50}]", 1.0 / (i + 3), 1.0) for i in range(2000)]
    wrong = failing(values, values, some, curve=make_curve())
    empty = len(as_html(report_of()).encode())
    assert len(as_html(report_of(passed)).encode()) - empty < 2_000
    assert len(as_html(report_of(wrong)).encode()) - empty < 45_000


# --- text that wants to be markup


def test_no_text_of_an_op_becomes_markup(hostile, report_of):
    page = Page(as_html(report_of(hostile)))
    assert len(page.all("script")) == len(page.all("style")) == len(page.all("title")) - 1 == 1
    assert page.all("img") == []
    for _, attributes in page.tags:
        assert not [name for name in attributes if name.startswith("on")]
    assert "<img src=x onerror=hacked=1>" in page.text


def test_control_characters_are_shown_and_not_sent(hostile, report_of):
    page = as_html(report_of(hostile))
    assert not set(page) & {"\x1b", "\x00", "\u202e"}
    assert "\\x1b" in page
    assert "\\u202e" in page


def test_a_lone_surrogate_can_be_written(report_of):
    result = Result(op="f\ud800", verdict=Verdict.PASS)
    assert b"f\\ud800" in as_html(report_of(result)).encode()


def test_a_long_name_is_cut_and_what_is_left_out_counted(report_of):
    page = as_html(report_of(Result(op="f" * 1_000_000, verdict=Verdict.VACUOUS)))
    assert "… (999700 more characters)" in page
    assert len(page) < 60_000
