"""docs/ci.md is true: its commands are taken, its recipe copies, its table is the action's."""

import re
import shlex
import subprocess
import sys
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml
from hypothesis.database import (
    DirectoryBasedExampleDatabase,
    GitHubArtifactDatabase,
    InMemoryExampleDatabase,
    ReadOnlyDatabase,
)

from gradcheck.cli.commands.run_command import command as run
from tests.op_modules import CUBE
from tests.root import ROOT

if not (ROOT / "docs").is_dir():
    pytest.skip("not a source checkout", allow_module_level=True)
TEXT = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")


def blocks(language):
    return re.findall(rf"^```{language}\n(.*?)^```", TEXT, flags=re.MULTILINE | re.DOTALL)


def commands():
    """Everything that is to be typed or run, without remarks behind it."""
    lines = [line.strip().removeprefix("- run: ") for line in TEXT.splitlines()]
    typed = [re.split(r"\s{3,}", line)[0] for line in lines if line.startswith("gradcheck run ")]
    return sorted({re.sub(r"\$\{\{.*?\}\}", "7", line) for line in typed})


def gradcheck(*arguments, folder=None):
    """The exit status of a run in a fresh process."""
    command = [sys.executable, "-m", "gradcheck", *arguments]
    return subprocess.run(command, cwd=folder, check=False).returncode


def test_there_are_commands():
    assert len(commands()) >= 4


@pytest.mark.parametrize("line", commands())
def test_commands_are_taken(line, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    _, _, *arguments = shlex.split(line)
    # A baseline is read while options are parsed, so there has to be one.
    if "--baseline" in arguments:
        place = arguments.index("--baseline")
        assert gradcheck("run", "matmul", "-n", "1", "--save", arguments[place + 1]) == 0
    run.make_context("run", arguments)


def test_every_input_of_the_action_is_in_the_table():
    action = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
    assert set(re.findall(r"^\| `([a-z-]+)` \|", TEXT, re.MULTILINE)) == set(action["inputs"])
    for block in blocks("yaml"):
        yaml.safe_load(block)


def test_the_hook_of_the_configuration_exists():
    hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    (configured,) = (yaml.safe_load(b) for b in blocks("yaml") if "pre-commit" in b)
    assert [hook["id"] for hook in configured["repos"][0]["hooks"]] == [hooks[0]["id"]]


@pytest.fixture
def copy():
    """The function of the recipe."""
    names = {"__name__": "fetch_draws"}
    exec(blocks("python")[0], names)  # noqa: S102 - the text of our own page
    return names["copy"]


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """The draws that a failing run has left, as `.gradcheck/examples`."""
    folder = tmp_path_factory.mktemp("run")
    (folder / "my_ops.py").write_text(CUBE.format(factor=2), encoding="utf-8")
    arguments = ("--ops", "my_ops.py", "-n", "5", "--database")
    assert gradcheck("run", *arguments, folder=folder) == 1
    return DirectoryBasedExampleDatabase(folder / ".gradcheck" / "examples")


def held(folder):
    return {p.relative_to(folder): p.read_bytes() for p in Path(folder).rglob("*") if p.is_file()}


def test_the_recipe_copies_to_a_server_and_back(copy, kept, tmp_path):
    server = InMemoryExampleDatabase()
    copy(kept, server)
    copy(server, DirectoryBasedExampleDatabase(tmp_path / "copied"))
    assert held(tmp_path / "copied") == held(kept.path)
    assert len(held(kept.path)) >= 2


def test_the_recipe_copies_from_an_artifact(copy, kept, tmp_path):
    """The artifact is the folder as a ZIP file; Hypothesis keeps the download for a day."""
    downloads = tmp_path / "downloads"
    downloads.mkdir()
    now = datetime.now(UTC).isoformat().replace(":", "_")
    with zipfile.ZipFile(downloads / f"{now}.zip", "w") as artifact:
        for path, content in held(kept.path).items():
            artifact.writestr(path.as_posix(), content)
    shared = ReadOnlyDatabase(GitHubArtifactDatabase("owner", "repository", path=downloads))
    copy(shared, DirectoryBasedExampleDatabase(tmp_path / "copied"))
    assert held(tmp_path / "copied") == held(kept.path)
