"""The summary in Markdown, read back by a parser."""

from dataclasses import replace

import pytest
from hypothesis import given
from markdown_it import MarkdownIt

from gradcheck.reports.formats.markdown import as_markdown
from gradcheck.results.result import Result
from gradcheck.results.verdict import Verdict
from tests.reports.odd_text import names, report_about, texts, unprintable


def tokens(text):
    return MarkdownIt("commonmark").enable("table").parse(text)


def rows(text):
    """The cells of every table row, as text."""
    found = []
    for token in tokens(text):
        if token.type == "tr_open":
            found.append([])
        elif token.type == "inline" and found and token.level > 2:
            found[-1].append("".join(child.content for child in token.children))
    return found


def fences(text):
    return [token.content for token in tokens(text) if token.type == "fence"]


def test_a_run(sample, snapshot):
    assert as_markdown(sample()) == snapshot


def test_failures_come_before_doubts_and_what_passed_is_folded_away(sample):
    text = as_markdown(sample())
    assert [row[0] for row in rows(text)] == [
        "op",
        "norm[/]",
        "matmul",
        "staircase_with_a_very_long_name",
        "op",
        "exp",
    ]
    assert text.index("<details><summary>1 passed") < text.index("`exp`")


def test_each_failure_has_its_panel_with_the_command(sample):
    panels = fences(as_markdown(sample()))
    assert len(panels) == 3
    assert "reproduce       gradcheck run matmul --seed 7" in panels[1]


def test_all_passed(sample, passed):
    text = as_markdown(sample(results=(passed,), planned=1))
    assert text.startswith("## gradcheck: 1 passed\n")
    assert "what is wrong" not in text


def test_nothing_was_run(sample):
    assert "nothing was run" in as_markdown(sample(results=(), planned=0))


def test_an_interrupted_run_says_so(sample):
    text = as_markdown(sample(interrupted=True, planned=9))
    assert text.startswith("## gradcheck: interrupted, 1 passed")
    assert "5 not run" in text


@pytest.mark.parametrize("limit", [3_000, 10_000, 50_000, 100_000])
def test_it_is_cut_below_the_limit_and_says_what_is_missing(sample, wrong, passed, limit):
    many = [replace(wrong, op=f"wrong_{i}") for i in range(200)]
    many += [replace(passed, op=f"right_{i}") for i in range(900)]
    report = sample(results=tuple(many), planned=1100)
    whole = as_markdown(report)
    text = as_markdown(report, limit=limit)
    assert "left out" not in whole
    assert len(text.encode()) <= limit < len(whole.encode()) < 1024 * 1024
    shown = [row[0] for row in rows(text)]
    failed = sum(name.startswith("wrong") for name in shown)
    right = sum(name.startswith("right") for name in shown)
    panels = len(fences(text))
    missing = text.partition("limit of 1 MiB: ")[2].partition(" left out")[0].split(", ")
    counts = [int(part.split()[0]) for part in missing]
    assert counts == [n for n in (200 - failed, 200 - panels, 900 - right) if n]


def test_what_is_open_is_closed_also_when_it_was_cut(sample, wrong, passed):
    many = tuple(replace(r, op=f"f_{i}") for i in range(20) for r in (wrong, passed))
    for limit in range(2_500, 14_000, 500):
        text = as_markdown(sample(results=many, planned=40), limit=limit)
        assert text.count("<details") == text.count("</details>")


def test_a_name_of_a_million_characters_does_not_take_all_the_room(sample, wrong, passed):
    results = (replace(wrong, op="x" * 1_000_000), wrong, replace(passed, op="y" * 1_000_000))
    text = as_markdown(sample(results=results, planned=3))
    assert len(text.encode()) < 100_000
    assert "left out" not in text
    assert [row[0][:1] for row in rows(text)] == ["o", "x", "m", "o", "y"]


def test_a_fence_is_longer_than_those_in_the_text(sample):
    reason = "before\n````\nwithin\n```\nafter"
    result = Result(op="f", verdict=Verdict.INCONCLUSIVE, reason=reason)
    (panel,) = fences(as_markdown(sample(results=(result,))))
    assert "````" in panel
    assert panel.rstrip().endswith("after")


@given(texts)
def test_whatever_an_op_says_the_cells_have_the_text(text):
    parsed = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    tokens = parsed.parse(as_markdown(report_about(text)))
    cells, fences = [], []
    for before, token in zip([None, *tokens], tokens, strict=False):
        if token.type == "inline" and before.type in ("td_open", "th_open"):
            cells.append(token.children)
        elif token.type == "fence":
            fences.append(token.content)
    assert len(cells) == 4 + 2 * 4 + 6 + 6
    shown = ["".join(c.content for c in cell if c.type != "html_inline") for cell in cells]
    assert [shown[4], shown[8], shown[18]] == list(map(spaced, names(text)))
    allowed = {"text", "code_inline", "text_special", "html_inline"}
    assert {c.type for cell in cells for c in cell} <= allowed
    inline = {c.content for cell in cells for c in cell if c.type == "html_inline"}
    assert inline <= {"<code>", "</code>"}
    assert len(fences) == 2
    assert not any(unprintable(c) for fence in fences for c in fence if c != "\n")


def spaced(name):
    """A code span of GitHub's Markdown loses one blank on either side, if it has both."""
    return name[1:-1] if name.startswith(" ") and name.endswith(" ") and name.strip() else name


def test_every_problem_is_told(sample, several):
    page = as_markdown(sample(results=(several,)))
    assert "  besides         ∂L/∂a has the wrong dtype." in page
    assert "besides, ∂L/∂a" in page.replace("<code>", "").partition("<details")[0]
