"""Help for a project's own tests: the fixture of settings, and panels below assertions."""

import pytest

from tests.pytest_plugin.projects import FEW

pytest_plugins = ["pytester"]


@pytest.mark.parametrize(
    ("arguments", "settings"),
    [
        ((), {"cases": 100, "seed": 0}),
        (("--gradcheck-cases=7", "--gradcheck-seed=3"), {"cases": 7, "seed": 3}),
        (("-o", "gradcheck_seed=4"), {"cases": 100, "seed": 4}),
    ],
)
def test_the_fixture_holds_the_settings_of_the_run(project, arguments, settings):
    project.makepyfile(
        test_mine=f"def test_settings(gradcheck_settings): assert gradcheck_settings == {settings}"
    )
    project.runpytest_inprocess("test_mine.py", *arguments).assert_outcomes(passed=1)


def test_a_setting_that_cannot_be_used_is_an_error_of_the_test(project):
    project.makepyfile(test_mine="def test_settings(gradcheck_settings): pass")
    result = project.runpytest_inprocess("test_mine.py", "--gradcheck-cases=0")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*--gradcheck-cases: 0 is too small; allowed is a whole number*"])


def test_an_assertion_about_something_else_gets_no_panel(project):
    project.makepyfile(test_mine="import gradcheck\n\ndef test_it(): assert 1 == 2")
    result = project.runpytest_inprocess("test_mine.py", FEW)
    result.assert_outcomes(failed=1)
    assert "- gradcheck:" not in str(result.stdout)
