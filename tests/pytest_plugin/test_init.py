"""The plugin in runs that ask for no op: nothing is imported."""

import os
import subprocess
import sys
import textwrap

from tests.pytest_plugin.projects import imports

pytest_plugins = ["pytester"]


UNUSED = """
import sys
import pytest
# The plugin of Hypothesis imports it for the summary.
status = pytest.main(["-p", "no:hypothesispytest", *sys.argv[1:]])
print("status", int(status))
heavy = ("numpy", "hypothesis", "rich", "click")
print("heavy", *(name for name in heavy if name in sys.modules))
print("ours", *sorted(name for name in sys.modules if name.startswith("gradcheck")))
"""


def loaded_by(project, *arguments):
    """Run pytest in a process of its own; return its output and what that imported."""
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(UNUSED), *arguments],
        cwd=project.path,
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=120,
        env={k: v for k, v in os.environ.items() if not k.startswith(("PYTEST", "COV"))},
    )
    assert "status 0" in done.stdout, done.stdout + done.stderr
    return done.stdout.splitlines()


def test_a_run_without_ops_imports_nothing_of_it(project):
    *_, heavy, ours = loaded_by(project)
    assert heavy == "heavy"
    assert set(ours.split()[1:]) == {
        "gradcheck",
        "gradcheck.pytest_plugin",
        "gradcheck.pytest_plugin.own_tests",
        "gradcheck.results",
        "gradcheck.results.rendering",
    }


def test_a_run_that_is_asked_for_other_tests_imports_nothing_heavy(listed):
    *_, heavy, ours = loaded_by(listed, "test_other.py")
    assert heavy == "heavy"
    assert "gradcheck.pytest_plugin.op_module" in ours
    assert "gradcheck.spec.registry" not in ours
    assert imports(listed) == 0
