"""Changes between runs: regressions in red, notes below, Markdown without surprises."""

from types import SimpleNamespace

from gradcheck.reports.terminal.comparison_table import as_markdown, as_table, footer
from gradcheck.reports.terminal.console import plain


def change(op="exp", *, worse=True, said="", before="PASS", now="FAIL"):
    return SimpleNamespace(op=op, subject="verdict", before=before, now=now, worse=worse, said=said)


def compared(*changes, notes=(), ops=30):
    return SimpleNamespace(
        changes=changes,
        notes=notes,
        compared=ops,
        regressions=tuple(each for each in changes if each.worse),
    )


def test_every_change_has_a_row():
    found = compared(change(), change("log", worse=False, said="expected"), notes=("other NumPy",))
    lines = plain(*as_table(found), width=100).splitlines()
    assert lines[1].split() == ["worse", "exp", "verdict", "PASS", "FAIL"]
    assert lines[2].split() == ["changed", "log", "verdict", "PASS", "FAIL", "expected"]
    assert lines[-2] == "note: other NumPy"
    assert lines[-1] == "1 regression, 1 other change in 30 ops that both runs checked"


def test_without_changes_there_is_no_table():
    assert plain(*as_table(compared(ops=1)), width=100).strip() == (
        "no regression in 1 op that both runs checked"
    )
    assert as_markdown(compared(ops=1)) == f"### gradcheck: {footer(compared(ops=1))}\n"


def test_words_of_an_op_are_no_markdown():
    text = as_markdown(compared(change("a|b*c*", said="@user\x1b"), notes=("#1",)))
    row = text.splitlines()[4]
    assert row.startswith(
        "| ❌ worse | <code>a&#124;b&#42;c&#42;</code> | verdict | PASS | FAIL | "
    )
    assert "`@user\\x1b`" in row
    assert text.endswith("- note: `#1`\n")


def test_long_cells_are_cut():
    row = as_markdown(compared(change("x" * 500))).splitlines()[4]
    assert f"{'x' * 119}…" in row
    assert "x" * 120 not in row
