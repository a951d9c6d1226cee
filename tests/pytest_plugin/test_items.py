"""The pytest plugin, run by pytest on small projects: one test per op, and nothing unasked."""

import contextlib
import importlib
import os
import pkgutil
import subprocess
import sys
import textwrap
from pathlib import Path
from xml.etree import ElementTree as ET  # of files that pytest has just written

import hypothesis.core
import numpy as np
import pytest

import gradcheck as gc
from gradcheck.pytest_plugin.options import DEFAULTS
from gradcheck.results.settings import Settings
from gradcheck.spec import definitions, registry

pytest_plugins = ["pytester"]

OPS = """\
import pathlib
import numpy as np
import gradcheck as gc

with pathlib.Path(__file__).with_name("imported").open("a") as log:
    log.write("x")


@gc.op("(...)->(...)", tags=("easy",))
def double(x):
    return 2 * x


@double.vjp
def _(g):
    return 2 * g


@gc.op("(...)->(...)", tags=("hard",))
def cube(x):
    return x**3


@cube.derivative
def _(x):
    return 2 * x**2
"""
CUBE_VJP = OPS.splitlines().index("@cube.derivative") + 1
STAIR = """\
import numpy as np
import gradcheck as gc


@gc.op
def stair(x):
    return np.floor(8 * x) / 8


@stair.derivative
def _(x):
    return np.ones_like(x)
"""
FEW = "--gradcheck-cases=12"


@pytest.fixture(scope="module", autouse=True)
def everything_is_imported():
    """What an inner pytest imports first is forgotten after it: here nothing is left to import."""
    package = Path(gc.__file__).parent
    for module in pkgutil.walk_packages([str(package)], "gradcheck."):
        if "museum" not in module.name and "__main__" not in module.name:
            with contextlib.suppress(ModuleNotFoundError):  # of an extra
                importlib.import_module(module.name)
    with definitions.kept_out():
        wrong = gc.op("(...)->(...)", name="wrong")(np.square).derivative(lambda x: x)
    assert not gc.check(wrong, cases=12)
    assert str(gc.check(wrong, cases=12))
    registry.Registry().load_builtin()


@pytest.fixture(autouse=True)
def own_registry(monkeypatch):
    """Forget the ops that a project defines when its test is over."""
    monkeypatch.setattr(definitions, "noted", list(definitions.noted))
    monkeypatch.setattr(registry, "_taken_by_load", dict(registry._taken_by_load))
    monkeypatch.setattr("gradcheck.run.search._SURVEY_WORK", 10**8)  # here it is of little interest


@pytest.fixture
def project(pytester, monkeypatch):
    """A folder with the module my_ops.py and a test of something else."""
    monkeypatch.setenv("COLUMNS", "200")
    pytester.makepyfile(my_ops=OPS, test_other="def test_other(): pass")
    return pytester


@pytest.fixture
def listed(project):
    """The same, with the module in the configuration."""
    project.makepyprojecttoml("""
        [tool.pytest.ini_options]
        gradcheck_modules = ["my_ops.py"]
        gradcheck_cases = 12
        addopts = ["--strict-markers", "--strict-config"]
        filterwarnings = ["error"]
    """)
    return project


def names(result):
    """The ids of the tests that were collected."""
    return [line for line in result.outlines if "::" in line]


def collected(project, *arguments):
    return names(project.runpytest_inprocess("--collect-only", "-q", *arguments))


def imports(project):
    """How often the module of ops was run."""
    log = project.path / "imported"
    return len(log.read_text()) if log.exists() else 0


def test_every_op_is_a_test(project):
    result = project.runpytest_inprocess("--gradcheck", "my_ops.py", FEW, "-v")
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(
        ["gradcheck: seed 0, 12 cases each", "my_ops.py::double PASSED*", "my_ops.py::cube FAILED*"]
    )
    assert result.ret == pytest.ExitCode.TESTS_FAILED


def test_a_failure_shows_the_panel_and_no_traceback(project):
    result = project.runpytest_inprocess("--gradcheck=my_ops.py", FEW, "--gradcheck-seed=3")
    result.stdout.fnmatch_lines(
        [
            "*__ cube __*",
            "FAIL cube   ∂L/∂x is wrong   (x: 1)",
            "  x*2.000000   3.000000 ± *",
            "  looks like      the right gradient times 2/3",
            f"  defined at      my_ops.py:{CUBE_VJP}",
            "  reproduce       gradcheck run cube --seed 3 -n 12 --ops my_ops.py",
            "FAILED my_ops.py::cube - FAIL: ∂L/∂x is wrong",
        ]
    )
    result.stdout.no_fnmatch_line("*pytest_plugin*")
    assert str(result.stdout).count("FAIL cube ") == 1


def test_the_entries_are_shown_when_asked_for(project):
    result = project.runpytest_inprocess("--gradcheck=my_ops.py", FEW, "-vv")
    result.stdout.fnmatch_lines(["  entry*difference*margin*", "  x*wrong"])


def test_the_line_that_is_printed_reproduces_it(project):
    project.makepyfile(**{"part/more": OPS})
    result = project.runpytest_inprocess("--gradcheck=part/more.py", FEW)
    line = next(line for line in result.outlines if line.startswith("  reproduce "))
    command = line.split(maxsplit=1)[1]
    done = subprocess.run(
        [sys.executable, "-m", *command.split()],
        cwd=project.path,
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=120,
    )
    assert (done.returncode, done.stderr) == (1, "")
    printed = done.stdout.splitlines()
    panel = result.outlines[result.outlines.index("FAIL cube   ∂L/∂x is wrong   (x: 1)") :]
    for told in ("FAIL cube", "  x", "  smallest case", "  defined at", "  reproduce"):
        assert next(x for x in panel if x.startswith(told)).rstrip() in [
            x.rstrip() for x in printed
        ]


def test_a_module_by_its_dotted_name(project):
    project.makepyfile(**{"pack/__init__": "", "pack/inner": OPS})
    result = project.runpytest_inprocess("--gradcheck=pack.inner", FEW)
    result.stdout.fnmatch_lines(["*--ops pack.inner", "FAILED pack/inner.py::cube*"])


def test_a_dotted_name_is_reproduced_from_where_it_is_found(listed, monkeypatch):
    below = listed.mkdir("below")
    monkeypatch.chdir(below)
    arguments = ("-o", "gradcheck_modules=my_ops", "..")
    result = listed.runpytest_inprocess(*arguments)
    result.stdout.fnmatch_lines([f"*cd {listed.path} && gradcheck run cube *--ops my_ops"])


def test_modules_in_the_configuration_are_checked_by_a_plain_pytest(listed):
    assert set(collected(listed)) == {
        "my_ops.py::double",
        "my_ops.py::cube",
        "test_other.py::test_other",
    }
    result = listed.runpytest_inprocess()
    result.assert_outcomes(passed=2, failed=1)
    assert imports(listed) == 2  # once in each of the two runs


def test_modules_in_the_configuration_stand_beside_testpaths(listed):
    listed.makepyfile(**{"tests/test_inner": "def test_inner(): pass"})
    found = collected(listed, "-o", "testpaths=tests")
    assert found == ["tests/test_inner.py::test_inner", "my_ops.py::double", "my_ops.py::cube"]


def test_an_argument_chooses_among_them(listed):
    assert collected(listed, "my_ops.py") == ["my_ops.py::double", "my_ops.py::cube"]
    assert collected(listed, "my_ops.py::cube") == ["my_ops.py::cube"]
    assert collected(listed, ".")[:2] == ["my_ops.py::double", "my_ops.py::cube"]


def test_a_module_that_is_not_asked_for_is_not_imported(listed):
    assert collected(listed, "test_other.py") == ["test_other.py::test_other"]
    assert imports(listed) == 0


def test_a_module_of_ops_that_nobody_named_is_left_alone(project):
    assert collected(project) == ["test_other.py::test_other"]
    assert imports(project) == 0


def test_from_a_folder_below_only_its_own_tests_run(listed, monkeypatch):
    listed.makepyfile(**{"below/test_inner": "def test_inner(): pass"})
    monkeypatch.chdir(listed.path / "below")
    (line,) = collected(listed)
    assert line.endswith("test_inner.py::test_inner")


def test_the_option_counts_as_an_argument(listed):
    listed.makepyfile(second=OPS)
    assert collected(listed, "--gradcheck=second.py") == ["second.py::double", "second.py::cube"]
    both = collected(listed, "--gradcheck=second.py", "test_other.py")
    assert both == ["test_other.py::test_other", "second.py::double", "second.py::cube"]
    several = collected(listed, "--gradcheck=second.py", "--gradcheck=my_ops.py")
    assert len(several) == 4
    one = collected(listed, "--gradcheck=second.py", "second.py::cube")
    assert one == ["second.py::cube"]


def test_names_and_tags_are_keywords(listed):
    assert collected(listed, "-k", "cube") == ["my_ops.py::cube"]
    assert collected(listed, "-k", "easy") == ["my_ops.py::double"]
    assert collected(listed, "-m", "not gradcheck") == ["test_other.py::test_other"]
    assert collected(listed, "-m", "gradcheck") == ["my_ops.py::double", "my_ops.py::cube"]


def test_the_last_failed_ops_are_run_again(listed):
    listed.runpytest_inprocess().assert_outcomes(passed=2, failed=1)
    listed.runpytest_inprocess("--lf").assert_outcomes(failed=1)


def test_the_first_failure_can_end_the_run(project):
    project.makepyfile(my_ops=OPS.replace("return 2 * g", "return 3 * g"))
    result = project.runpytest_inprocess("--gradcheck=my_ops.py", FEW, "-x")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*stopping after 1 failures*"])


def test_a_junit_file_has_the_panel_and_the_numbers(listed):
    listed.runpytest_inprocess("--junitxml=out.xml")
    cases = {case.get("name"): case for case in ET.parse(listed.path / "out.xml").iter("testcase")}  # noqa: S314
    assert set(cases) == {"double", "cube", "test_other"}
    assert cases["cube"].get("classname") == "my_ops"
    failure = cases["cube"].find("failure")
    assert failure.get("message") == "FAIL: ∂L/∂x is wrong"
    assert "reproduce       gradcheck run cube --seed 0 -n 12" in failure.text
    assert cases["double"].find("failure") is None
    kept = {p.get("name"): p.get("value") for p in cases["double"].iter("property")}
    assert kept["gradcheck_verdict"] == "PASS"
    assert kept["gradcheck_cases"] == "12"
    assert float(kept["gradcheck_margin"]) < 1


def test_workers_collect_the_same(listed):
    result = listed.runpytest_subprocess("-n2", "-p", "no:cacheprovider", "-v")
    result.assert_outcomes(passed=2, failed=1)
    result.stdout.fnmatch_lines(
        [
            "FAIL cube   ∂L/∂x is wrong   (x: 1)",
            "  reproduce       gradcheck run cube --seed 0 -n 12 --ops my_ops.py",
            "FAILED my_ops.py::cube - FAIL: ∂L/∂x is wrong",
        ]
    )


def test_what_is_inconclusive_is_skipped_with_its_reason(project):
    project.makepyfile(stairs=STAIR)
    result = project.runpytest_inprocess("--gradcheck=stairs.py", FEW, "-rs")
    result.assert_outcomes(skipped=1)
    line = STAIR.splitlines().index("@stair.derivative") + 1
    result.stdout.fnmatch_lines(
        [f"SKIPPED [[]1[]] stairs.py:{line}: stair is INCONCLUSIVE: * no usable reference*"]
    )
    assert result.ret == pytest.ExitCode.OK


@pytest.mark.parametrize("how", [["--gradcheck-strict"], ["-o", "gradcheck_strict=true"]])
def test_what_is_inconclusive_fails_when_strict(project, how):
    project.makepyfile(stairs=STAIR)
    result = project.runpytest_inprocess("--gradcheck=stairs.py", FEW, *how)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "INCONCLUSIVE stair*",
            "  reproduce       gradcheck run stair *",
            "FAILED stairs.py::stair*",
        ]
    )


def test_an_op_that_raises_fails_with_the_line_that_raised(project):
    project.makepyfile(my_ops=OPS.replace("return 2 * g", "return {}['key']"))
    result = project.runpytest_inprocess("--gradcheck=my_ops.py", FEW, "-k", "double")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        ["ERROR double*", "*KeyError: 'key'", "FAILED*ERROR: the vjp raised KeyError"]
    )


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


def test_warnings_of_an_op_are_no_errors(listed):
    warns = "import warnings; warnings.warn('careful'); return 2 * x"
    listed.makepyfile(my_ops=OPS.replace("return 2 * x\n", f"{warns}\n", 1))
    listed.runpytest_inprocess("my_ops.py::double").assert_outcomes(passed=1)


def test_a_module_of_ops_can_skip_itself(project):
    project.makepyfile(optional="import pytest; pytest.importorskip('no_such_module')\n" + OPS)
    result = project.runpytest_inprocess("--gradcheck=optional.py", "-rs")
    result.assert_outcomes(skipped=1)
    result.stdout.fnmatch_lines(["SKIPPED*could not import 'no_such_module'*"])


def test_any_name_of_an_op_is_shown_on_one_line(project):
    project.makepyfile(my_ops=OPS.replace('tags=("hard",)', r'name="a::b[0]/\x1b\n"'))
    result = project.runpytest_inprocess("--gradcheck=my_ops.py", FEW)
    assert r"FAILED my_ops.py::a::b[0]/\x1b\n - FAIL: ∂L/∂x is wrong" in result.outlines


def test_defaults_are_those_of_a_check():
    assert Settings(**DEFAULTS) == Settings()


def test_equal_seeds_give_equal_results_and_nothing_is_written(project, monkeypatch):
    monkeypatch.setattr(hypothesis.core, "global_force_seed", None)  # the option below sets it
    margins = []
    for file in ("one.xml", "two.xml"):
        arguments = ("--gradcheck=my_ops.py", FEW, "-k", "double", f"--junitxml={file}")
        project.runpytest_inprocess(*arguments, "--hypothesis-seed=5", "-p", "no:cacheprovider")
        (found,) = (
            p.get("value")
            for p in ET.parse(project.path / file).iter("property")  # noqa: S314
            if p.get("name") == "gradcheck_margin"
        )
        margins.append(found)
    alone = gc.check(
        gc.op("(...)->(...)", name="double")(lambda x: 2 * x).vjp(lambda g: 2 * g), cases=12
    )
    assert margins == [repr(alone.margin)] * 2
    assert not (project.path / ".gradcheck").exists()


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


def test_a_module_of_ops_may_hold_tests_too(listed):
    listed.makepyfile(test_both=OPS + "\n\ndef test_inside(): assert double(1) == 2\n")
    found = collected(listed, "--gradcheck=test_both.py")
    assert sorted(found) == [f"test_both.py::{name}" for name in ("cube", "double", "test_inside")]


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


class TestOnesOwnTests:
    """`gradcheck.pytest_ops`, and assertions about results."""

    def test_a_test_runs_once_per_op(self, project):
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

    def test_the_panel_is_of_the_result_that_was_asserted(self, project):
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

    def test_the_panel_is_in_a_junit_file(self, project):
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

    def test_ops_can_be_given_themselves(self):
        half = gc.op("(...)->(...)", name="half")(lambda x: x / 2).vjp(lambda g: g / 2)
        third = gc.op("(...)->(...)", name="third")(lambda x: x / 3).vjp(lambda g: g / 3)
        mark = gc.pytest_ops(half, third).mark
        assert mark.name == "parametrize"
        name, parameters = mark.args
        assert name == "op"
        assert [(p.id, p.values) for p in parameters] == [("half", (half,)), ("third", (third,))]

    def test_a_path_is_relative_to_the_file_of_the_test(self, project, monkeypatch):
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
    def test_what_cannot_be_loaded(self, project, sources, error, message):
        with pytest.raises(error, match=message):
            gc.pytest_ops(*sources)


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
    assert ours == "ours gradcheck gradcheck.pytest_plugin"


def test_a_run_that_is_asked_for_other_tests_imports_nothing_heavy(listed):
    *_, heavy, ours = loaded_by(listed, "test_other.py")
    assert heavy == "heavy"
    assert "gradcheck.pytest_plugin.modules" in ours
    assert "gradcheck.spec.registry" not in ours
    assert imports(listed) == 0


def test_pytest_is_imported_when_ops_are_parametrized_only():
    code = "import sys, gradcheck; gradcheck.pytest_ops; print('pytest' in sys.modules)"
    # Hypothesis loads the plugins that are installed, and that of trio imports pytest.
    alone = {**os.environ, "HYPOTHESIS_NO_PLUGINS": "1"}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=alone
    )
    assert done.stdout.strip() == "False"
