"""Consoles, and single results as text and HTML."""

import io
import subprocess
import sys
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from rich.console import Console

from gradcheck.reports.terminal.console import PipeConsole, as_html, as_text, console
from gradcheck.reports.text.printable import visible
from tests.reports.odd_text import report_about, texts


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch):
    for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "COLORTERM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm")


@pytest.mark.parametrize("name", ["passed", "wrong", "misshapen", "raised", "doubtful", "vacuous"])
def test_as_text(request, snapshot, name):
    text = as_text(request.getfixturevalue(name))
    assert "\x1b" not in text
    assert "\n".join(line.rstrip() for line in text.splitlines()) == snapshot


def test_a_result_prints_itself(wrong):
    assert str(wrong) == as_text(wrong)
    assert wrong._repr_html_() == as_html(wrong)
    file = io.StringIO()
    Console(file=file, width=100).print(wrong)
    assert "∂L/∂b is wrong" in file.getvalue()


def test_html_is_escaped(raised, passed):
    from dataclasses import replace

    html = as_html(replace(passed, op="<script>&"))
    assert "&lt;script&gt;&amp;" in html
    assert "<script>" not in html
    assert "[bold]bad[/bold]\\x07" in as_html(raised)
    assert html.startswith("<pre")


@pytest.mark.parametrize(
    ("color", "environment", "terminal", "colored"),
    [
        ("auto", {}, True, True),
        ("auto", {}, False, False),
        ("auto", {"NO_COLOR": "1"}, True, False),
        ("auto", {"NO_COLOR": ""}, True, True),
        ("auto", {"FORCE_COLOR": "1"}, False, True),
        ("auto", {"FORCE_COLOR": "1", "NO_COLOR": "1"}, True, False),
        ("auto", {"TERM": "dumb"}, True, False),
        ("always", {"NO_COLOR": "1"}, False, True),
        ("always", {"TERM": "dumb"}, False, True),
        ("never", {"FORCE_COLOR": "1"}, True, False),
    ],
)
def test_color(monkeypatch, wrong, *, color, environment, terminal, colored):
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    stream = Terminal() if terminal else io.StringIO()
    monkeypatch.setattr(sys, "stdout", stream)
    console(color).show(wrong)
    assert ("\x1b[" in stream.getvalue()) == colored
    assert "FAIL" in stream.getvalue()


@pytest.mark.parametrize(
    ("columns", "width"), [(None, 120), ("90", 90), ("0", 120), ("wide", 120), ("-3", 120)]
)
def test_width_of_a_pipe(monkeypatch, columns, width):
    if columns is not None:
        monkeypatch.setenv("COLUMNS", columns)
    monkeypatch.setattr(sys, "stdout", io.StringIO())
    assert console().width == width


def test_a_reader_that_has_gone_does_not_change_the_exit_status():
    script = (
        "from gradcheck.reports.terminal.console import console\n"
        "out = console()\n"
        "for _ in range(5000):\n"
        "    out.show('a line, many of which fill the pipe')\n"
        "raise SystemExit(7)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as writer:
        assert writer.stdout is not None
        assert writer.stderr is not None
        writer.stdout.readline()
        writer.stdout.close()
        assert writer.stderr.read() == ""
    assert writer.returncode == 7


def test_a_console_prints_lines_longer_than_the_page_whole():
    from gradcheck.reports.terminal.style import whole

    file = io.StringIO()
    PipeConsole(file=file, width=40).show(whole("reproduce", "word " * 30))
    assert len(file.getvalue().splitlines()) == 1


@given(texts)
def test_html_of_a_notebook_has_no_elements_of_an_op(text):
    written = as_html(report_about(text).finished.results[0])
    root = ET.fromstring(written)  # noqa: S314 - our own
    assert {element.tag for element in root.iter()} <= {"pre", "span"}
    shown = "".join("".join(root.itertext()).split())  # a long name is folded
    assert shown.startswith("".join(f"ERROR {visible(text)}".split()))
