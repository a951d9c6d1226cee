"""Counts, notes and text from elsewhere."""

import os
from pathlib import Path

from gradcheck.reports.text import printable, words
from gradcheck.results.verdict import Verdict
from gradcheck.spec.binding import Location


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


def test_power_is_a_sentence_or_nothing(passed, kinked):
    assert words.power(passed).endswith("escapes its case with probability < 1e-02")
    assert words.power(kinked) == ""


def test_control_characters_are_made_visible():
    assert printable.visible("a\x1b[31m\n\u202eb∂") == "a\\x1b[31m\\n\\u202eb∂"
    assert printable.block("C = A B\r\n\tg") == "C = A B\\r\n    g"


def test_places_are_relative_below_the_current_directory(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert printable.place(Location(str(tmp_path / "ops" / "a.py"), 3)) == f"ops{os.sep}a.py:3"
    elsewhere = str(Path(tmp_path.parent, "b.py"))
    assert printable.place(Location(elsewhere, 4)) == f"{elsewhere}:4"
    assert printable.place(Location("<stdin>", 1)) == "<stdin>:1"
