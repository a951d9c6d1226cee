"""`gradcheck.pytest_ops`: a test of one's own, once per op."""

import os
import subprocess
import sys

import numpy as np
import pytest

import gradcheck as gc
from tests.pytest_plugin.projects import collected

pytest_plugins = ["pytester"]


def test_ops_can_be_given_themselves():
    half = gc.op("(...)->(...)", name="half")(lambda x: x / 2).vjp(lambda g: g / 2)
    third = gc.op("(...)->(...)", name="third")(lambda x: x / 3).vjp(lambda g: g / 3)
    mark = gc.pytest_ops(half, third).mark
    assert mark.name == "parametrize"
    name, parameters = mark.args
    assert name == "op"
    assert [(p.id, p.values) for p in parameters] == [("half", (half,)), ("third", (third,))]


def test_a_path_is_relative_to_the_file_of_the_test(project, monkeypatch):
    project.makepyfile(
        **{
            "tests/test_mine": """
            import gradcheck as gc

            @gc.pytest_ops("../my_ops.py")
            def test_gradient(op):
                pass
            """
        }
    )
    assert len(collected(project, "tests")) == 2
    monkeypatch.chdir(project.path / "tests")
    assert len(collected(project)) == 2


@pytest.mark.parametrize(
    ("sources", "error", "message"),
    [
        ((), gc.GradcheckError, "pytest_ops needs ops"),
        ((np.exp,), gc.GradcheckError, "takes ops and modules of ops; got <ufunc 'exp'>"),
        (("nowhere.py",), gc.GradcheckError, "There is no file"),
        (("no_such_module",), gc.GradcheckError, "There is no module 'no_such_module'"),
        (("my_ops.py",), gc.GradcheckError, "relative to the file of the test. There is one"),
    ],
)
def test_what_cannot_be_loaded(project, sources, error, message):
    with pytest.raises(error, match=message):
        gc.pytest_ops(*sources)


def test_pytest_is_imported_when_ops_are_parametrized_only():
    code = "import sys, gradcheck; gradcheck.pytest_ops; print('pytest' in sys.modules)"
    # Hypothesis loads the plugins that are installed, and that of trio imports pytest.
    alone = {**os.environ, "HYPOTHESIS_NO_PLUGINS": "1"}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=alone
    )
    assert done.stdout.strip() == "False"
