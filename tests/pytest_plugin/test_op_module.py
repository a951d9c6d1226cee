"""A module of ops as a file of tests: what it yields, and what is said if it cannot."""

import os
from pathlib import Path

import pytest

from tests.pytest_plugin.projects import FEW, OPS, collected

pytest_plugins = ["pytester"]


def test_a_module_of_ops_can_skip_itself(project):
    project.makepyfile(optional="import pytest; pytest.importorskip('no_such_module')\n" + OPS)
    result = project.runpytest_inprocess("--gradcheck=optional.py", "-rs")
    result.assert_outcomes(skipped=1)
    result.stdout.fnmatch_lines(["SKIPPED*could not import 'no_such_module'*"])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("import nonexistent", "*broken.py:1: ModuleNotFoundError: No module named 'nonexistent'*"),
        ("x = 1", "*broken.py defines no op. *"),
        ("def (", "*broken.py:1: SyntaxError*"),
        (
            "import gradcheck as gc\n@gc.op\ndef half(x): return x / 2",
            "op 'half' * has no gradient: *",
        ),
    ],
)
def test_a_module_that_cannot_be_loaded_is_an_error_of_collection(project, text, message):
    project.makepyfile(broken=text)
    result = project.runpytest_inprocess("--gradcheck=broken.py", "--gradcheck=my_ops.py", FEW)
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*ERROR collecting broken.py*", message])
    assert "Traceback" not in str(result.stdout)


def test_an_op_is_a_test_of_the_module_that_defines_it(project):
    project.makepyfile(user="from my_ops import double\nimport my_ops")
    found = collected(project, "--gradcheck=user.py", "--gradcheck=my_ops.py")
    assert sorted(found) == ["my_ops.py::cube", "my_ops.py::double"]
    assert "user.py::double" in collected(project, "--gradcheck=user.py")


def test_the_built_in_ops_can_be_named(project):
    found = collected(project, "--gradcheck=gradcheck.ops", "-k", "softmax")
    (line,) = found
    assert line.replace(os.sep, "/").endswith("ops/__init__.py::softmax")
    assert Path(line.partition("::")[0]).is_absolute()
