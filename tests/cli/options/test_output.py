"""Options about output: colours, and plain lines for other programs."""

import pytest

COMMANDS = [("list", "exp"), ("explain", "linearity"), ("museum",)]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_colours_are_sent_only_where_they_are_wanted(gradcheck, monkeypatch, command):
    assert "\x1b[" in gradcheck(*command, "--color", "always").out
    assert "\x1b[" not in gradcheck(*command).out
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\x1b[" in gradcheck(*command).out
    assert "\x1b[" not in gradcheck(*command, "--color", "never").out
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[" not in gradcheck(*command).out


@pytest.mark.parametrize("command", [("list",), ("explain",), ("museum",), ("audit", "--list")])
def test_plain_lines_hold_a_name_each(gradcheck, command):
    lines = gradcheck(*command, "--format", "concise").out.splitlines()
    assert len(lines) > 10
    assert all(line and "  " not in line and line.strip() == line for line in lines)
