"""Options of the plugin: command line over configuration, and mistakes in either."""

import pytest

from gradcheck.pytest_plugin.options import DEFAULTS
from gradcheck.results.settings import Settings
from tests.pytest_plugin.projects import imports

pytest_plugins = ["pytester"]


def test_settings_of_the_command_line_outdo_the_configuration(listed):
    header = listed.runpytest_inprocess("--collect-only", "--gradcheck-cases=7").outlines
    assert "gradcheck: seed 0, 7 cases each" in header


def test_the_configuration_may_be_of_pytests_own_table(project):
    project.makepyprojecttoml("""
        [tool.pytest]
        gradcheck_modules = ["my_ops.py"]
        gradcheck_cases = 9
        gradcheck_seed = 4
        gradcheck_strict = true
    """)
    assert "gradcheck: seed 4, 9 cases each" in project.runpytest_inprocess("--co").outlines


def test_defaults_are_those_of_a_check():
    assert Settings(**DEFAULTS) == Settings()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ["--gradcheck=my_op.py"],
            "*my_op.py: There is no file *my_op.py. Did you mean 'my_ops.py'?",
        ),
        (["--gradcheck=my_opz"], "*There is no module 'my_opz' *Did you mean 'my_ops'?"),
        (
            ["--gradcheck=gradcheck.nowhere.x"],
            "*There is no module 'gradcheck.nowhere.x': there is no 'gradcheck.nowhere' *",
        ),
        (["--gradcheck=./"], "*--gradcheck ./: * is a folder; name a file in it, or *"),
        (["--gradcheck=sys"], "*'sys' is not a Python file; *"),
        (["-o", "gradcheck_modules=no.py"], "*gradcheck_modules no.py: There is no file *"),
        (
            ["--gradcheck=my_ops.py", "--gradcheck-cases=0"],
            "*--gradcheck-cases: 0 is too small; allowed is a whole number, 1 or more.",
        ),
        (
            ["--gradcheck=my_ops.py", "-o", "gradcheck_seed=x"],
            "*gradcheck_seed: *'x'*; allowed is a whole number, 0 or more.",
        ),
        (["--gradcheck=my_ops.py", "--gradcheck-seed=x"], "*--gradcheck-seed*'x'*"),
    ],
)
def test_a_mistake_in_the_command_is_told_and_ends_with_4(project, arguments, message):
    result = project.runpytest_inprocess(*arguments)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([message])
    assert imports(project) == 0
