"""README.md is true: its commands, its op, its panel and its Python."""

import re
import sys

import pytest
from click.testing import CliRunner

from gradcheck.cli.main import group
from tests.root import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language):
    """The fenced blocks of a language, in order."""
    return re.findall(rf"^```{language}\n(.*?)^```", README, flags=re.MULTILINE | re.DOTALL)


def run(*arguments):
    arguments = ["run", "--color", "never", *arguments]
    return CliRunner().invoke(group, arguments, standalone_mode=False)


@pytest.fixture
def my_ops(tmp_path, monkeypatch):
    """README's op module in an empty folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "120")
    path = tmp_path / "my_ops.py"
    path.write_text(blocks("python")[0], encoding="utf-8")
    yield path
    for name in ("my_ops", "mended"):
        sys.modules.pop(name, None)


def test_there_are_exactly_two_commands_for_a_fresh_machine():
    commands = [line for block in blocks("bash") for line in block.splitlines()]
    fresh = [line for line in commands if line.startswith("python3 -m venv")]
    assert len(fresh) == 2
    assert fresh[0].endswith("gradcheck run matmul")
    assert "pytest" in fresh[1]


def test_the_wrong_op_gives_the_panel_that_is_shown(my_ops):
    result = run("--ops", "my_ops.py")
    assert result.return_value == 1
    shown = [line.rstrip() for line in blocks("text")[1].strip().splitlines()]
    printed = [line.rstrip() for line in result.output.splitlines()]
    start = printed.index(shown[0])
    assert printed[start : start + len(shown)] == shown


def test_the_mended_op_passes(my_ops):
    wrong = my_ops.read_text(encoding="utf-8")
    right = wrong.replace("1 - out)", "1 - out**2)")
    assert right != wrong
    my_ops.with_name("mended.py").write_text(right, encoding="utf-8")
    result = run("--ops", "mended.py")
    assert result.return_value == 0, result.output
    assert "1 passed" in result.output


def test_the_python_examples_run(my_ops):
    code = my_ops.read_text(encoding="utf-8").replace("1 - out)", "1 - out**2)")
    example = blocks("python")[-1].replace("cases=500", "cases=10")
    names = {}
    exec(compile(code + example, "README.md", "exec"), names)  # noqa: S102 - README is ours
    assert names["result"]


def test_every_option_that_is_shown_exists():
    shown = set(re.findall(r"(?<!\S)--[a-z-]+", "".join(blocks("text")[-1])))
    helped = CliRunner().invoke(group, ["run", "--help"]).output
    assert shown
    assert not [option for option in shown if option not in helped]


def test_every_link_leads_somewhere():
    targets = re.findall(r"\]\(([^)#]+)", README)
    assert targets
    assert not [t for t in targets if not t.startswith("http") and not (ROOT / t).exists()]
