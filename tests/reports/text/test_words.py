"""Counts, notes and footers."""

from dataclasses import replace

from gradcheck.reports.text import words
from gradcheck.results.verdict import Verdict


def test_every_verdict_has_a_word():
    assert set(words.OUTCOMES) == set(Verdict)


def test_outcome_counts_verdicts_and_leaves_out_what_did_not_happen(results, passed):
    assert words.outcome([passed, passed]) == "2 passed"
    assert words.outcome(results) == "2 passed, 2 failed, 1 error, 1 inconclusive, 1 vacuous"


def test_footer_tells_what_was_not_run(passed):
    assert words.footer((passed,), planned=3, seconds=1.94) == "1 passed, 2 not run in 1.9 s"
    assert words.footer((), planned=0, seconds=0.0) == "nothing was run in 0 ms"


def test_notes(passed, kinked, doubtful):
    assert words.notes(passed) == []
    assert words.notes(kinked) == ["3 cases at kinks", "2 unusable: overflow"]
    assert words.notes(doubtful) == [
        "91 unusable: 80 forward jumps, 11 forward is noisy",
        "140 of 240 draws rejected",
        "stopped after 60 s (--max-time)",
    ]


def test_a_failure_is_noted_by_its_headline(misshapen, wrong):
    assert words.notes(misshapen) == ["∂L/∂b has the wrong shape"]
    assert words.notes(replace(wrong, kinks=1)) == ["∂L/∂b is wrong", "1 case at kinks"]


def test_power_is_a_sentence_or_nothing(passed, kinked):
    assert words.power(passed).endswith("escapes its case with probability < 1e-02")
    assert words.power(kinked) == ""
