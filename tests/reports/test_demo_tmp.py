import sys
from gradcheck.events import RunFinished
from gradcheck.reports.run import Report, as_table, as_lines, as_headlines
from gradcheck.reports.terminal import console, as_text, as_html
from gradcheck.settings import Settings
import pytest


@pytest.mark.parametrize("w", ["80", "120"])
def test_it(results, capsys, monkeypatch, w):
    monkeypatch.setenv("COLUMNS", w)
    with capsys.disabled():
        for v in (0, 2):
            r = Report(
                finished=RunFinished(results, 3.21),
                planned=9,
                settings=Settings(),
                verbosity=v,
                command_for=lambda op: f"gradcheck run {op} --seed 0 -n 100 --ops my_ops.py",
            )
            c = console("never")
            print("=" * int(w))
            c.show(*as_table(r, int(w)))
        print("=" * 80)
        c.show(*as_lines(r, 80))
        print("=" * 80)
        c.show(*as_headlines(r, 80))
        print(as_text(results[0]))
        print(as_html(results[4]))
