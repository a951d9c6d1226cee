"""Words: every one that can be printed has a page, and is found however it is written."""

import runpy

import pytest

from gradcheck.numeric.comparison import Obstacle
from gradcheck.reports.formats.sarif import rules
from gradcheck.reports.text.glossary import GROUPS, lookup, normal, spellings, word_of, words
from gradcheck.results.kind import Kind
from gradcheck.results.verdict import Verdict
from gradcheck.spec.property_names import NAMES
from tests.root import ROOT


@pytest.mark.parametrize(
    ("group", "expected"), [("verdict", Verdict), ("kind", Kind)], ids=["verdicts", "kinds"]
)
def test_every_verdict_and_kind_has_a_word_and_no_other(group, expected):
    assert [each.word for each in words() if each.group == group] == list(map(str, expected))


@pytest.mark.parametrize(
    "obstacle",
    [
        *Obstacle, "forward is not finite", "forward raises on a size of zero",
        "forward overflows in bfloat16", "forward is inaccurate in float32",
    ],
)  # fmt: skip
def test_every_obstacle_has_a_page(obstacle):
    (word,) = lookup(obstacle)
    assert word.group == "obstacle"


@pytest.mark.parametrize(
    "label",
    [
        "hazard", "margin", "worst margin", "worst rel. error", "kink", "at kinks", "unusable",
        "looks like", "only where", "smallest case", "failing case", "pinned case", "last case",
        "drawn as", "defined at", "reproduce", "this case", "escape", "power", "cannot tell",
        "STILL FAILING", "survived", "never came",
    ],
)  # fmt: skip
def test_every_label_of_a_report_has_a_page(label):
    assert lookup(label)


def test_every_rule_of_sarif_is_found_by_its_id():
    for rule in rules():
        assert any(normal(word.word) == normal(rule["id"]) for word in lookup(rule["id"]))


@pytest.mark.parametrize("phrase", ["Looks Like", "looks-like", " looks_like ", "LOOKS  LIKE"])
def test_case_and_hyphens_do_not_matter(phrase):
    assert [word.word for word in lookup(phrase)] == ["looks like"]


@pytest.mark.parametrize(
    ("phrase", "word"),
    [
        ("forward jumps at x[2]", "forward jumps"),
        ("forward is noisy: its values jitter by 3e-04 of their size", "forward is noisy"),
        ("forward is a staircase, in steps of 1e-3 of its values", "forward is a staircase"),
    ],
)
def test_an_obstacle_is_found_with_what_was_measured(phrase, word):
    (found,) = lookup(phrase)
    assert found.word.startswith(word)


@pytest.mark.parametrize("phrase", ["", "no such word", "margins of error"])
def test_what_is_not_printed_is_not_found(phrase):
    assert lookup(phrase) == []


def test_no_spelling_means_two_words_of_a_group():
    known = [(each.group, normal(s)) for each in words() for s in (each.word, *each.also)]
    assert len(set(known)) == len(known)
    assert all(lookup(spelling) for spelling in spellings())


def test_texts_are_sentences_and_lead_somewhere():
    for each in words():
        assert each.group in GROUPS
        assert each.text.endswith((".", '"'))
        assert each.text == " ".join(each.text.split())
        assert each.see in ("", *NAMES)
        assert each.advice == "" or each.advice.endswith(".")


def test_a_summary_is_the_first_sentence():
    assert word_of("row", "cases").summary == "Calls of the op that were checked."
    assert word_of("kind", "not an array").summary == word_of("kind", "not an array").text


def test_the_documentation_has_the_same_words():
    script = runpy.run_path(str(ROOT / ".ci" / "words_page.py"))
    written = (ROOT / "docs" / "words.md").read_text(encoding="utf-8")
    assert written == script["page"]() + "\n", "renew it: python .ci/words_page.py"
