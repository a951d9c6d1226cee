"""`gradcheck info`: all that a bug report needs, and nothing that is nobody's business."""

import json
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

import gradcheck as package
from gradcheck.cli.installation import OPTIONAL, without_home


def told(gradcheck):
    done = gradcheck("info", "--format", "json")
    assert (done.code, done.err) == (0, "")
    return json.loads(done.out)


def test_versions_machine_and_place_are_told(gradcheck):
    about = told(gradcheck)
    assert about["environment"]["gradcheck"] == package.__version__
    assert about["environment"]["numpy"] == version("numpy")
    assert about["location"] == without_home(str(Path(package.__file__).parent))
    assert about["cores"] >= 1
    assert about["optional"]["pytest"] == version("pytest")
    assert set(about["optional"]) == set(OPTIONAL)
    assert about["plugins"]["builtin"].startswith("gradcheck.ops (gradcheck ")


def test_people_get_the_same_as_lines(gradcheck, wrong_ops):
    Path("gradcheck.toml").write_text(f'ops = ["{wrong_ops}", "gone.py"]\n', encoding="utf-8")
    done = gradcheck("info")
    rows = {line[:15].strip(): line[17:] for line in done.out.splitlines() if line[:1] != " "}
    assert rows["gradcheck"] == package.__version__
    assert rows["op modules"] == wrong_ops
    assert "gone.py (no such file)" in done.out
    assert rows["variables"] == "none"
    assert rows["configuration"] == "gradcheck.toml"


def test_no_op_is_imported(gradcheck, module):
    Path("gradcheck.toml").write_text('ops = ["ops_of_mine.py"]\n', encoding="utf-8")
    module("raise SystemExit('imported')", "ops_of_mine.py")
    assert told(gradcheck)["project"]["ops"] == ["ops_of_mine.py"]
    assert "ops_of_mine" not in sys.modules


def test_what_is_stored_and_pinned_is_counted(gradcheck, wrong_ops):
    assert told(gradcheck)["project"]["failures"] == 0
    gradcheck("run", "my_cube", "--ops", wrong_ops)
    (failure,) = Path(".gradcheck/failures").glob("*.json")
    gradcheck("pin", failure.stem)
    project = told(gradcheck)["project"]
    assert (project["failures"], project["pinned"]) == (1, 1)


def test_of_the_environment_only_what_is_ours_is_told(gradcheck, monkeypatch):
    monkeypatch.setenv("SECRET_TOKEN", "hunter2")
    monkeypatch.setenv("GRADCHECK_SEED", "7")
    monkeypatch.setenv("GRADCHECK_TOKEN", "hunter2")
    assert told(gradcheck)["project"]["variables"] == {
        "GRADCHECK_SEED": "7",
        "GRADCHECK_TOKEN": "(unknown)",
    }
    assert "hunter2" not in gradcheck("info").out


def test_the_home_folder_is_not_told(monkeypatch):
    monkeypatch.setenv("HOME", "/home/ada")
    assert without_home("/home/ada/project/ops.py") == "~/project/ops.py"
    assert without_home("/home/adam/ops.py") == "/home/adam/ops.py"


def test_a_configuration_with_mistakes_is_told_of(gradcheck):
    Path("gradcheck.toml").write_text("case = 3\n", encoding="utf-8")
    done = gradcheck("info")
    assert done.code == 0
    assert "gradcheck.toml:1:" in done.out
    assert told(gradcheck)["project"]["mistakes"]


@pytest.mark.parametrize("argument", ["--format=xml", "numpy"])
def test_what_it_does_not_take_is_refused(gradcheck, argument):
    assert gradcheck("info", argument).code == 2
