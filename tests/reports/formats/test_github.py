"""Workflow commands, read back by the rules of GitHub's runner."""

import re
from dataclasses import replace

import pytest
from hypothesis import example, given

from gradcheck.reports.formats.github import MOST, append_summary, as_github
from gradcheck.reports.formats.markdown import LIMIT
from gradcheck.reports.text.printable import visible
from gradcheck.results.result import Result
from gradcheck.results.verdict import Verdict
from gradcheck.spec.binding import Location
from tests.reports.odd_text import report_about, texts, unprintable


def commands(text):
    """Every command that the runner would carry out: name, properties, message."""
    return [found for line in text.splitlines() if (found := command(line))]


def command(line):
    match = re.match(r"\s*::([\w-]+)(?: (.*?))?::(.*)", line)
    if match is None:
        return ("legacy", {}, line) if "##[" in line else None
    name, properties, message = match.groups()
    pairs = dict(pair.split("=", 1) for pair in properties.split(",")) if properties else {}
    return name, {key: decoded(value) for key, value in pairs.items()}, decoded(message)


def decoded(text):
    for code, character in (("%3A", ":"), ("%2C", ","), ("%0D", "\r"), ("%0A", "\n"), ("%25", "%")):
        text = text.replace(code, character)
    return text


def annotations(text):
    return [c for c in commands(text) if c[0] in ("error", "warning", "notice", "legacy")]


def test_a_run(sample, snapshot):
    assert as_github(sample()) == snapshot


def test_an_annotation_stands_at_the_gradient(sample):
    by_title = {
        properties["title"]: (name, properties, message)
        for name, properties, message in annotations(as_github(sample()))
    }
    name, properties, message = by_title["FAIL matmul"]
    assert (name, properties["file"], properties["line"]) == ("error", "my_ops.py", "14")
    assert "b[1,0] is 0.000000, not 1.000000" in message
    assert message.endswith("\nreproduce: gradcheck run matmul --seed 7")


def test_a_file_outside_the_repository_is_named_in_the_message(sample, doubtful):
    ((_, properties, message),) = annotations(as_github(sample(results=(doubtful,))))
    assert "file" not in properties
    assert "(/usr/steps.py:9)" in message


@pytest.mark.parametrize(("strict", "level"), [(False, "notice"), (True, "warning")])
def test_what_is_doubtful_is_a_notice_and_a_warning_when_strict(sample, doubtful, strict, level):
    ((name, _, _),) = annotations(as_github(sample(results=(doubtful,), strict=strict)))
    assert name == level


def test_the_worst_ten_are_annotated(sample, wrong):
    results = tuple(replace(wrong, op=f"f{i}", margin=10.0 * (i + 1)) for i in range(14))
    text = as_github(sample(results=results, planned=14))
    titles = [properties["title"] for _, properties, _ in annotations(text)]
    assert titles == [f"FAIL f{i}" for i in range(13, 3, -1)]
    assert len(titles) == MOST
    assert "4 ops more did not pass" in text


def test_what_is_wrong_without_a_margin_comes_first(sample, wrong, misshapen):
    titles = [p["title"] for _, p, _ in annotations(as_github(sample(results=(wrong, misshapen))))]
    assert titles == ["FAIL add_bias", "FAIL matmul"]


def test_groups_are_closed(sample):
    names = [name for name, _, _ in commands(as_github(sample())) if "group" in name]
    assert names == ["group", "endgroup"] * 4


@pytest.mark.parametrize(
    "text", ["a:b,c=d%0A%25", "::error::x", "##[error]x", "  ::stop::", "a\r\nb"]
)
def test_text_of_an_op_is_no_command(sample, doubtful, text):
    hostile = replace(doubtful, op=text, reason=f"line\n{text}\n{text}", notes=(text,))
    report = sample(results=(hostile,))
    origins = {
        text: replace(report.origins["exp"], location=Location("/somewhere/else/a,b:c%.py", 3))
    }
    found = commands(as_github(replace(report, origins=origins)))
    assert [name for name, _, _ in found] == ["group", "endgroup"] * 2 + ["notice"]
    _, properties, message = found[-1]
    assert set(properties) == {"file", "line", "title"}
    assert properties["file"] == "a,b:c%.py"
    assert text.replace("\r\n", "\\r\\n") in properties["title"]
    assert text.replace("\r\n", "\\r\n") in message


def test_the_summary_is_added_to_that_of_the_step(sample, tmp_path):
    file = tmp_path / "summary.md"
    file.write_text("before\n")
    append_summary(sample(), file)
    assert file.read_text().startswith("before\n## gradcheck: 1 passed, 1 failed")


def test_the_summary_leaves_room_for_what_is_there(sample, wrong, tmp_path):
    file = tmp_path / "summary.md"
    file.write_text("x" * (LIMIT - 20_000))
    results = tuple(replace(wrong, op=f"f{i}") for i in range(100))
    append_summary(sample(results=results), file)
    assert LIMIT - 20_000 < file.stat().st_size <= LIMIT
    assert "left out" in file.read_text()


@pytest.mark.parametrize("room", [-5, 0, 100, 2000])
def test_a_summary_that_is_full_stays_as_it_is_or_within_the_limit(sample, tmp_path, room):
    file = tmp_path / "summary.md"
    file.write_text("x" * (LIMIT - room))
    append_summary(sample(), file)
    assert file.stat().st_size <= max(LIMIT, LIMIT - room)


def test_an_op_that_passed_has_no_annotation(sample):
    passing = Result(op="f", verdict=Verdict.PASS)
    assert annotations(as_github(sample(results=(passing,)))) == []


@given(texts)
@example("##[error]x")
@example("  ::error::x")
def test_github_carries_out_its_own_commands_only(text):
    lines = as_github(report_about(text)).split("\n")
    found = [line for line in lines if line.lstrip().startswith("::")]
    kinds = [re.split("[ :]", line.lstrip()[2:])[0] for line in found]
    assert kinds == ["group", "endgroup"] * 3 + ["error", "notice"]
    assert not any("##[" in line for line in lines if line not in found)
    for line in found:
        assert not any(unprintable(c) for c in line)
        assert line.startswith("::")
    properties = found[-1].removeprefix("::notice ").partition("::")[0]
    title = properties.removeprefix("title=")
    for code, character in (("%3A", ":"), ("%2C", ","), ("%25", "%")):
        title = title.replace(code, character)
    assert title == visible(f"INCONCLUSIVE {text}2")


def test_every_problem_is_annotated(sample, several):
    (annotation,) = [c for c in commands(as_github(sample(results=(several,)))) if c[0] == "error"]
    assert "; besides, the vjp changed a" in annotation[2]
