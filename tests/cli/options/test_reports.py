"""`--report` and `--format`: what is refused before the run, and what is written after it."""

import json
import os
import re
import sys
from pathlib import Path
from types import ModuleType
from xml.etree import ElementTree as ET

import pytest
from junitparser import JUnitXml

from gradcheck.reports.exports import FORMATS


@pytest.fixture(autouse=True)
def not_on_github(monkeypatch):
    """Tests of ours may themselves be run by a workflow."""
    for name in ("GITHUB_STEP_SUMMARY", "GITHUB_WORKSPACE"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def run(gradcheck, verdicts):
    """Run three ops with verdicts of our choice."""

    def call(*arguments, given=("PASS", "FAIL", "INCONCLUSIVE"), **replaced):
        calls = verdicts(*given, **replaced)
        outcome = gradcheck("run", "exp", "log", "sqrt", *arguments)
        return outcome, calls

    return call


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("junti", "no report format 'junti'; there are json, jsonl, junit, markdown, html and "
         "sarif. Did you mean 'junit'?"),
        ("", "no report format ''"),
        ("\x1b[31m", "no report format '\\x1b[31m'"),
        ("junit=", "'junit=' names no file; write junit=PATH, or junit alone for "
         "gradcheck-junit.xml."),
        ("junit=folder", "The junit report cannot be written: folder is a folder; name a file in "
         "it."),
        ("junit=file/x.xml", "file is a file, so nothing can be put below it."),
    ],
)  # fmt: skip
def test_what_cannot_be_written_is_refused_before_the_run(run, own_directory, value, said):
    (own_directory / "folder").mkdir()
    (own_directory / "file").touch()
    outcome, calls = run("--report", value)
    assert (outcome.code, outcome.out, calls) == (2, "", [])
    assert said in outcome.error


@pytest.mark.parametrize("existing", [True, False])
def test_a_file_that_may_not_be_written_is_refused_before_the_run(
    run, own_directory, monkeypatch, existing
):
    file = own_directory / "a.xml"
    if existing:
        file.touch()
    # root may do anything, and tests may be run by root
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    outcome, calls = run("--report", f"junit={file}")
    assert (outcome.code, calls) == (2, [])
    assert ("may not be written to" if existing else "nothing may be written") in outcome.error


@pytest.mark.parametrize(
    "arguments",
    [
        ["--report", "junit=a", "--report", "sarif=a"],
        ["--report", "junit=a", "--report", "sarif=./b/../a"],
        ["--report", "junit", "--report", "junit"],
        ["--report", "junit=link", "--report", "sarif=a"],
    ],
)
def test_two_reports_to_one_file_are_refused(run, own_directory, arguments):
    (own_directory / "link").symlink_to("a")
    outcome, calls = run(*arguments)
    assert (outcome.code, calls) == (2, [])
    assert "would both be written to" in outcome.error


@pytest.mark.parametrize(
    "arguments",
    [
        ["--report", "junit=-", "--report", "sarif=-"],
        ["--report", "junit=-", "--format", "github"],
        ["--report", "junit=-", "--format", "json"],
    ],
)
def test_two_documents_on_standard_output_are_refused(run, arguments):
    outcome, calls = run(*arguments)
    assert (outcome.code, calls) == (2, [])
    assert "standard output" in outcome.error


def test_every_file_is_written_and_named(run, own_directory):
    outcome, _ = run("--report", "junit", "--report", "sarif=new/folder/x.sarif")
    assert outcome.code == 1
    assert "FAIL" in outcome.out
    assert outcome.err == "Wrote gradcheck-junit.xml\nWrote new/folder/x.sarif\n"
    assert len(list(JUnitXml.fromfile("gradcheck-junit.xml"))) == 1
    assert (own_directory / "new/folder/x.sarif").read_text().startswith("{")
    assert not [path for path in own_directory.rglob("*") if path.suffix == ".tmp"]


def test_quiet_says_nothing_of_files(run, own_directory):
    outcome, _ = run("--report", "junit", "-q")
    assert outcome.err == ""
    assert (own_directory / "gradcheck-junit.xml").exists()


def test_a_report_on_standard_output_has_it_to_itself(run):
    outcome, _ = run("--report", "junit=-")
    assert ET.fromstring(outcome.out).get("tests") == "3"  # noqa: S314 - our own
    assert "FAIL" in outcome.err


def test_strict_is_known_to_the_report(run):
    outcome, _ = run("--report", "junit=-", "--strict", given=("INCONCLUSIVE",))
    assert ET.fromstring(outcome.out).get("failures") == "1"  # noqa: S314 - our own


def test_a_case_says_where_its_gradient_is(run):
    outcome, _ = run("--report", "junit=-")
    case = ET.fromstring(outcome.out).find(".//testcase")  # noqa: S314 - our own
    assert case.get("classname") == "gradcheck.ops.elementwise"
    assert case.get("file").endswith("ops/elementwise.py")


def test_what_is_finished_is_reported_after_ctrl_c(run):
    outcome, _ = run("--report", "junit=-", given=("PASS",), interrupted=True)
    root = ET.fromstring(outcome.out)  # noqa: S314 - our own
    properties = {p.get("name"): p.get("value") for p in root.iter("property")}
    assert outcome.code == 130
    assert (root.get("tests"), properties["interrupted"], properties["ops not run"]) == (
        "1",
        "yes",
        "2",
    )


def test_a_file_is_replaced_whole_or_not_at_all(run, own_directory, monkeypatch):
    file = own_directory / "gradcheck-junit.xml"
    file.write_text("before")

    def full(self, target):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    outcome, _ = run("--report", "junit", "--report", "sarif=-", "--save", "run.json")
    assert outcome.code == 3
    assert "The junit report was not written: No space left on device" in outcome.err
    assert "run.json cannot be written: No space left on device." in outcome.err
    assert outcome.out.startswith("{"), "the other report is written all the same"
    assert file.read_text() == "before"
    assert [path.name for path in own_directory.glob(".gradcheck-*")] == []


@pytest.fixture
def json_report(monkeypatch):
    """A renderer of JSON that is easy to recognise."""
    module = ModuleType("json_of_ours")
    module.as_json = lambda report: f'{{"planned": {report.planned}}}\n'
    monkeypatch.setitem(sys.modules, module.__name__, module)
    ours = type(FORMATS["json"])("json", "json_of_ours:as_json", "gradcheck.json", "")
    monkeypatch.setitem(FORMATS, "json", ours)


@pytest.mark.usefixtures("json_report")
def test_json_prints_the_document_and_nothing_else(run):
    outcome, _ = run("--format", "json")
    assert (outcome.code, outcome.out, outcome.err) == (1, '{"planned": 3}\n', "")


def test_github_prints_commands_and_adds_the_summary(run, own_directory, monkeypatch):
    summary = own_directory / "summary.md"
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    outcome, _ = run("--format", "github")
    assert outcome.code == 1
    assert "::error " in outcome.out
    assert "::notice " in outcome.out
    assert summary.read_text().startswith("## gradcheck: 1 passed, 1 failed, 1 inconclusive")


def test_github_works_outside_of_github(run):
    outcome, _ = run("--format", "github")
    assert (outcome.code, outcome.err) == (1, "")


def test_a_summary_that_cannot_be_written_is_told(run, own_directory, monkeypatch):
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(own_directory))
    outcome, _ = run("--format", "github")
    assert outcome.code == 3
    assert "The step summary was not written: Is a directory" in outcome.err
    assert "::error " in outcome.out


def test_the_table_does_not_touch_the_summary(run, own_directory, monkeypatch):
    summary = own_directory / "summary.md"
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    run()
    assert not summary.exists()


HOSTILE = """
import gradcheck as gc

NAME = "[red]a\\x1b[2J\\x9b2J\\u202e::error::b"

@gc.op("(...)->(...)", name=NAME, source=NAME, tags=(NAME,))
def f(x, p=NAME):
    \"\"\"[bold]x\\x1b]8;;evil\\x07\\u2066y[/]

    [red]more\\x1b[31m
    \"\"\"
    return 2 * x

@f.vjp
def _(g):
    raise ValueError(NAME + "\\r" + f.doc)
"""


@pytest.mark.parametrize(
    "arguments",
    [
        ["list"],
        ["list", "--format", "concise"],
        ["show", "[red]a\x1b[2J\x9b2J\u202e::error::b"],
        ["show", "[red]a"],
        ["run", "-n", "3", "-vv", "--coverage"],
        ["run", "-n", "3", "--format", "concise"],
        ["run", "-n", "3", "-q"],
        ["run", "-n", "3", "--format", "github"],
        ["audit"],
        ["audit", "--format", "concise"],
    ],
    ids=lambda arguments: ascii(" ".join(arguments)),
)
def test_no_text_of_an_op_reaches_the_terminal_unescaped(gradcheck, module, arguments):
    outcome = gradcheck(*arguments, "--ops", module(HOSTILE), "--color", "always")
    shown = re.sub(r"\x1b\[[\d;]*m", "", outcome.out + outcome.err)
    assert "[red]a" in shown
    assert not [c for c in shown if not c.isprintable() and c != "\n"]


def test_a_link_to_itself_is_replaced_by_the_report(run, own_directory):
    (own_directory / "loop.json").symlink_to("loop.json")
    done, _ = run("--report", "json=loop.json")
    assert "Wrote loop.json" in done.err
    assert json.loads((own_directory / "loop.json").read_text())["format"] == "gradcheck-run"


def test_files_are_written_to_the_folder_of_reports(run, own_directory):
    done, _ = run("--report-dir", "out/deep", "--report", "junit", "--report", "json=a/b.json")
    assert done.code == 1
    written = {p.relative_to(own_directory).as_posix() for p in own_directory.rglob("*.[xj]*")}
    assert written >= {"out/deep/gradcheck-junit.xml", "out/deep/a/b.json"}


def test_a_configured_folder_is_relative_to_its_file(run, own_directory, monkeypatch):
    (own_directory / ".git").mkdir()
    (own_directory / "gradcheck.toml").write_text('report = ["json"]\nreport_dir = "out"')
    (own_directory / "below").mkdir()
    monkeypatch.chdir(own_directory / "below")
    run()
    (report,) = (own_directory / "out").iterdir()
    assert report.suffix == ".json"


def test_absolute_paths_and_standard_output_have_no_folder(run, own_directory):
    path = own_directory / "all.xml"
    options = ("--report", f"junit={path}", "--report", "json=-")
    done, _ = run("--report-dir", "out", *options)
    assert json.loads(done.out)["format"] == "gradcheck-run"
    assert path.is_file()
    assert not (own_directory / "out").exists()


def test_a_file_where_the_folder_should_be_is_refused_before_the_run(run, own_directory):
    (own_directory / "out").write_text("")
    done, calls = run("--report-dir", "out", "--report", "json")
    assert (done.code, calls) == (2, [])
    assert "is a file, so nothing can be put below it" in done.error


@pytest.mark.parametrize("form", ["table", "concise"])
def test_the_slowest_ops_are_listed_at_the_end(run, form):
    done, _ = run("--durations", "2", "--format", form)
    *_, heading, first, second = done.out.splitlines()
    assert heading == "slowest ops"
    assert first.endswith("  exp")
    assert second.endswith("  log")


def test_documents_are_left_alone_by_durations(run):
    done, _ = run("--durations", "2", "--format", "json")
    assert len(json.loads(done.out)["results"]) == 3
