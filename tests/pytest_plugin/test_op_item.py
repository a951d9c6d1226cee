"""An op as a test: the panel of a failure, the command that reproduces it, verdicts, JUnit."""

import subprocess
import sys
from xml.etree import ElementTree as ET  # of files that pytest has just written

import hypothesis.core
import pytest

import gradcheck as gc
from tests.pytest_plugin.projects import CUBE_VJP, FEW, OPS, STAIR

pytest_plugins = ["pytester"]


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


@pytest.mark.slow
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


@pytest.mark.slow
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


def test_warnings_of_an_op_are_no_errors(listed):
    warns = "import warnings; warnings.warn('careful'); return 2 * x"
    listed.makepyfile(my_ops=OPS.replace("return 2 * x\n", f"{warns}\n", 1))
    listed.runpytest_inprocess("my_ops.py::double").assert_outcomes(passed=1)


def test_any_name_of_an_op_is_shown_on_one_line(project):
    project.makepyfile(my_ops=OPS.replace('tags=("hard",)', r'name="a::b[0]/\x1b\n"'))
    result = project.runpytest_inprocess("--gradcheck=my_ops.py", FEW)
    assert r"FAILED my_ops.py::a::b[0]/\x1b\n - FAIL: ∂L/∂x is wrong" in result.outlines


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


def test_the_first_failure_can_end_the_run(project):
    project.makepyfile(my_ops=OPS.replace("return 2 * g", "return 3 * g"))
    result = project.runpytest_inprocess("--gradcheck=my_ops.py", FEW, "-x")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*stopping after 1 failures*"])
