"""What other tools read from this repository: the GitHub Action and the pre-commit hook."""

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from gradcheck.cli.commands.run_command import command as run
from tests.op_modules import CUBE
from tests.root import ROOT

if not (ROOT / "action.yml").is_file():
    pytest.skip("not a source checkout", allow_module_level=True)
ACTION = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
HOOKS = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))


def step(name):
    (found,) = (each for each in ACTION["runs"]["steps"] if each.get("name") == name)
    return found


def filled(text, **given):
    """Put values in the place of `${{ inputs.NAME }}`, as GitHub does."""
    for name, about in ACTION["inputs"].items():
        text = text.replace(f"${{{{ inputs.{name} }}}}", given.get(name, about["default"]))
    return text


def run_step(name, folder, **given):
    """Run a step of the action in a shell like GitHub's, with inputs in its variables."""
    env = {key: filled(value, **given) for key, value in step(name)["env"].items()}
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        ["/bin/bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step(name)["run"]],
        cwd=folder,
        env={**os.environ, "PATH": path, "GITHUB_WORKSPACE": str(folder), **env},
        capture_output=True,
        text=True,
        check=False,
    )


def test_every_input_is_described_and_used():
    text = (ROOT / "action.yml").read_text(encoding="utf-8")
    assert ACTION["runs"]["using"] == "composite"
    for name, about in ACTION["inputs"].items():
        assert about["description"]
        assert isinstance(about["default"], str)
        assert f"inputs.{name}" in text.partition("\nruns:")[2]


def test_no_input_becomes_part_of_a_script():
    """In a script an input would be run as shell code; in a variable it is a value."""
    for each in ACTION["runs"]["steps"]:
        assert "${{" not in each.get("run", "")
        assert ("run" in each) == ("shell" in each)


@pytest.mark.parametrize(("factor", "status"), [(3, 0), (2, 1)])
def test_the_action_checks_and_leaves_what_is_uploaded(tmp_path, factor, status):
    (tmp_path / "my ops.py").write_text(CUBE.format(factor=factor), encoding="utf-8")
    done = run_step(
        "Check gradients", tmp_path, ops="my ops.py\n", arguments="-n 20 --no-shrink", profile="ci"
    )
    assert done.returncode == status, done.stderr
    assert ("::error file=my ops.py" in done.stdout) == (status == 1)
    upload = step("Keep reports and failures")
    reports, failures = filled(upload["with"]["path"]).split()
    assert {path.name for path in (tmp_path / reports).iterdir()} == {
        *("junit.xml", "gradcheck.json", "gradcheck.html", "gradcheck.sarif"),
    }
    assert len(list((tmp_path / failures).glob("*.json"))) == status
    assert upload["if"].startswith("always()")
    assert upload["with"]["include-hidden-files"] is True


def test_without_inputs_the_configuration_says_what_is_checked(tmp_path):
    (tmp_path / "my_ops.py").write_text(CUBE.format(factor=3), encoding="utf-8")
    configured = 'ops = ["my_ops.py"]\ncases = 5\n'
    (tmp_path / "gradcheck.toml").write_text(configured, encoding="utf-8")
    done = run_step("Check gradients", tmp_path)
    assert done.returncode == 0, done.stderr
    assert "1 passed" in done.stdout


def test_an_input_is_no_shell_code(tmp_path):
    done = run_step("Check gradients", tmp_path, ops="$(touch a)", arguments="; touch b")
    assert done.returncode == 2
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ({}, ["${{ github.action_path }}"]),
        ({"version": "0.1.0"}, ["gradcheck==0.1.0"]),
        (
            {"requirements": "-r needs.txt scipy"},
            ["${{ github.action_path }}", "-r", "needs.txt", "scipy"],
        ),
    ],
)
def test_what_the_action_installs(tmp_path, given, wanted):
    said = 'python() { for word in "$@"; do echo "$word"; done; }\n'
    install = step("Install gradcheck")
    env = {key: filled(value, **given) for key, value in install["env"].items()}
    done = subprocess.run(
        ["/bin/bash", "-eo", "pipefail", "-c", said + install["run"]],
        env={**os.environ, **env},
        capture_output=True,
        text=True,
        check=True,
    )
    pip = ["-m", "pip", "install", "--disable-pip-version-check"]
    assert done.stdout.splitlines() == [*pip, *wanted]


def test_the_hook_is_a_command_that_run_takes():
    (hook,) = HOOKS
    assert hook["language"] == "python"
    assert hook["pass_filenames"] is False
    program, command, *arguments = shlex.split(hook["entry"])
    assert (program, command) == ("gradcheck", "run")
    taken = run.make_context("run", arguments).params
    assert taken["form"] == "concise"
    assert (taken["cases"], taken["max_time"]) == (20, 2)
