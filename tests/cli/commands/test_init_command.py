"""`gradcheck init`: an empty folder becomes a project that works; a full one stays as it is."""

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

FILES = {"gradcheck.toml", "my_ops.py", "test_my_ops.py", ".github/workflows/gradcheck.yml"}


@pytest.fixture(autouse=True)
def programs(monkeypatch):
    """A shell that finds the programs of this environment, and no CI around."""
    here = str(Path(sys.executable).parent)
    monkeypatch.setenv("PATH", f"{here}{os.pathsep}{os.environ['PATH']}")
    for name in [name for name in os.environ if name.startswith(("GITHUB_", "PYTEST_"))]:
        monkeypatch.delenv(name)


def files(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in folder.rglob("*")
        if path.is_file()
    }


def shell(command, folder):
    return subprocess.run(
        ["/bin/bash", "-euc", command], cwd=folder, capture_output=True, text=True, check=False
    )


def steps(folder):
    """The steps of the workflow that was written."""
    text = (folder / ".github/workflows/gradcheck.yml").read_text(encoding="utf-8")
    (job,) = yaml.safe_load(text)["jobs"].values()
    return job["steps"]


@pytest.mark.slow
def test_what_is_printed_can_be_typed_and_works(gradcheck, own_directory):
    done = gradcheck("init")
    assert done.code == 0
    assert set(files(own_directory)) == FILES
    first, second = done.out.splitlines()
    assert (first.strip(), second.strip()) == ("gradcheck run", "pytest test_my_ops.py")
    checked = shell(first, own_directory)
    assert checked.returncode == 0, checked.stderr
    assert "1 passed" in checked.stdout
    tested = shell(second, own_directory)
    assert tested.returncode == 0, tested.stdout
    assert "1 passed" in tested.stdout


@pytest.mark.slow
def test_the_command_of_the_workflow_works(gradcheck, own_directory):
    gradcheck("init")
    (command,) = (s["run"] for s in steps(own_directory) if "gradcheck run" in s.get("run", ""))
    done = shell(command, own_directory)
    assert done.returncode == 0, done.stderr
    assert "::group::1 op" in done.stdout
    (upload,) = (s for s in steps(own_directory) if "upload-artifact" in s.get("uses", ""))
    reports = [path for path in upload["with"]["path"].split() if not path.startswith(".gradcheck")]
    assert reports == ["gradcheck-junit.xml", "gradcheck.html"]
    for report in reports:
        assert (own_directory / report).is_file()


@pytest.mark.slow
def test_the_workflow_keeps_what_failed(gradcheck, own_directory):
    gradcheck("init")
    module = own_directory / "my_ops.py"
    module.write_text(module.read_text(encoding="utf-8").replace("(1 + out)", "(1 - out)"))
    (command,) = (s["run"] for s in steps(own_directory) if "gradcheck run" in s.get("run", ""))
    done = shell(command, own_directory)
    assert done.returncode == 1
    assert "::error file=my_ops.py,line=" in done.stdout
    (upload,) = (s for s in steps(own_directory) if "upload-artifact" in s.get("uses", ""))
    assert upload["if"] == "always()"
    assert upload["with"]["include-hidden-files"] is True
    (folder,) = (p for p in upload["with"]["path"].split() if p.startswith(".gradcheck"))
    assert len(list((own_directory / folder).glob("*.json"))) == 1


@pytest.mark.slow
def test_a_folder_of_its_own_is_made(gradcheck, own_directory):
    done = gradcheck("init", "new project")
    assert set(files(own_directory / "new project")) == FILES
    first, _ = done.out.splitlines()
    assert first.strip() == "cd 'new project' && gradcheck run"
    assert shell(done.out, own_directory).returncode == 0


def test_nothing_is_overwritten(gradcheck, own_directory):
    (own_directory / "my_ops.py").write_text("mine\n", encoding="utf-8")
    (own_directory / "gradcheck.toml").symlink_to("nowhere.toml")
    done = gradcheck("init")
    assert done.code == 0
    assert (own_directory / "my_ops.py").read_text(encoding="utf-8") == "mine\n"
    assert not (own_directory / "nowhere.toml").exists()
    assert done.err.splitlines()[:4] == [
        "kept   gradcheck.toml: it is there already",
        "kept   my_ops.py: it is there already",
        "wrote  test_my_ops.py",
        "wrote  .github/workflows/gradcheck.yml",
    ]
    before = files(own_directory)
    again = gradcheck("init")
    assert "wrote" not in again.err
    assert again.out == done.out
    assert files(own_directory) == before


def test_a_project_that_is_configured_gets_no_second_configuration(gradcheck, own_directory):
    configured = "[tool.gradcheck]\nops = ['my_ops.py']\n"
    (own_directory / "pyproject.toml").write_text(configured, encoding="utf-8")
    done = gradcheck("init")
    assert "kept   gradcheck.toml: pyproject.toml has the configuration" in done.err
    assert not (own_directory / "gradcheck.toml").exists()
    assert "Warning" not in gradcheck("config").err


def test_below_the_root_of_a_repository_the_workflow_would_not_be_found(gradcheck, own_directory):
    (own_directory / ".git").mkdir()
    assert "working-directory: sub" in gradcheck("init", "sub").err
    assert "Note" not in gradcheck("init").err


def test_programs_that_are_not_on_the_path_are_named_in_full(gradcheck, monkeypatch):
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    first, second = gradcheck("init").out.splitlines()
    assert first.strip() == f"{shlex.quote(sys.executable)} -m gradcheck run"
    assert second.strip() == f"{shlex.quote(sys.executable)} -m pytest test_my_ops.py"


def test_where_there_is_no_pytest_the_second_command_gets_it(gradcheck, monkeypatch):
    monkeypatch.setattr("gradcheck.cli.commands.init_command.is_installed", {"pytest": False}.get)
    _, second = gradcheck("init").out.splitlines()
    assert second.strip() == "pip install pytest && pytest test_my_ops.py"


@pytest.mark.parametrize("name", ["file", "file/below"])
def test_a_folder_that_cannot_be_made_is_a_mistake_of_usage(gradcheck, own_directory, name):
    (own_directory / "file").write_text("", encoding="utf-8")
    done = gradcheck("init", name)
    assert (done.code, done.out) == (2, "")
    assert "cannot be written" in done.error


def test_a_disk_that_is_full_leaves_nothing_that_a_second_try_would_keep(
    gradcheck, own_directory, monkeypatch
):
    def full(*_):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("pathlib.Path.replace", full)
        done = gradcheck("init")
    assert done.code == 2
    assert "No space left on device" in done.error
    assert list(own_directory.iterdir()) == []
    assert "kept" not in gradcheck("init").err
