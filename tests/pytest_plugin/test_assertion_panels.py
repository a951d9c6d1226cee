"""The panel below a failing `assert gradcheck.check(op)`."""

from xml.etree import ElementTree as ET  # of files that pytest has just written

from tests.pytest_plugin.projects import CUBE_VJP, FEW

pytest_plugins = ["pytester"]


def test_a_test_runs_once_per_op(project):
    project.makepyfile(
        test_mine="""
        import gradcheck as gc

        @gc.pytest_ops("my_ops.py")
        def test_gradient(op, gradcheck_settings):
            assert gradcheck_settings == {"cases": 12, "seed": 0}
            assert gc.check(op, **gradcheck_settings)
        """
    )
    result = project.runpytest_inprocess("test_mine.py", FEW)
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(
        [
            "*__ test_gradient[[]cube[]] __*",
            "E*assert <Result cube: FAIL, ∂L/∂x is wrong>",
            "*- gradcheck: cube -*",
            "FAIL cube   ∂L/∂x is wrong   (x: 1)",
            "  looks like      the right gradient times 2/3",
            f"  defined at      my_ops.py:{CUBE_VJP}",
        ]
    )


def test_the_panel_is_of_the_result_that_was_asserted(project):
    project.makepyfile(
        test_mine="""
        import gradcheck as gc
        import my_ops

        def test_named():
            other = gc.check(my_ops.cube, cases=3, diagnose=False)
            assert not other
            result = gc.check(my_ops.cube, cases=3, diagnose=False)
            assert result, "as told"

        def test_not_about_it():
            other = gc.check(my_ops.cube, cases=3, diagnose=False)
            assert 1 == 2

        def test_not_an_assertion():
            result = gc.check(my_ops.cube, cases=3, diagnose=False)
            raise ValueError(result)

        def test_without_source():
            exec("assert gc.check(my_ops.cube, cases=3, diagnose=False)")

        def test_of_a_point():
            gc.assert_gradient(lambda x: x**3, lambda g, x: g * x**2, [1.0])
        """
    )
    result = project.runpytest_inprocess("test_mine.py")
    result.assert_outcomes(failed=5)
    assert str(result.stdout).count("- gradcheck: cube -") == 1


def test_the_panel_is_in_a_junit_file(project):
    project.makepyfile(
        test_mine="""
        import gradcheck as gc
        import my_ops

        def test_cube():
            assert gc.check(my_ops.cube, cases=12)
        """
    )
    project.runpytest_inprocess("test_mine.py", "--junitxml=out.xml")
    (failure,) = ET.parse(project.path / "out.xml").iter("failure")  # noqa: S314
    assert "looks like      the right gradient times 2/3" in failure.text


def test_an_assertion_about_a_point_shows_the_line_of_the_test_and_the_panel(project):
    project.makepyfile(
        test_mine="""
        import gradcheck as gc

        def test_cube():
            gc.assert_gradient(lambda x: x**3, lambda g, x: g * x**2, [1.0])
        """
    )
    result = project.runpytest_inprocess("test_mine.py")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            ">*gc.assert_gradient(lambda*",
            "E*FAIL <lambda>   ∂L/∂x is wrong   (x: 1)",
            "FAILED test_mine.py::test_cube - FAIL <lambda> ∂L/∂x is wrong (x: 1)",
        ]
    )
    result.stdout.no_fnmatch_line("*api.py*")


def test_an_error_of_ones_own_keeps_its_name_in_the_summary(project):
    project.makepyfile(
        test_mine="""
        from gradcheck.errors import GradientError

        class Wrong(GradientError):
            pass

        def test_it():
            raise Wrong("as told")
        """
    )
    result = project.runpytest_inprocess("test_mine.py")
    result.stdout.fnmatch_lines(["FAILED test_mine.py::test_it - test_mine.Wrong: as told"])
