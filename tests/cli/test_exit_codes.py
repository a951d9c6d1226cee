"""Each exit status, and what decides it."""

import pytest

from gradcheck.cli.exit_codes import ExitCode
from gradcheck.errors import SettingsError


@pytest.mark.parametrize(
    ("verdicts_given", "options", "code"),
    [
        (("PASS", "PASS"), (), ExitCode.OK),
        (("PASS", "FAIL"), (), ExitCode.FAILED),
        (("ERROR", "PASS"), (), ExitCode.FAILED),
        (("CRASH", "PASS"), (), ExitCode.FAILED),
        (("TIMEOUT", "PASS"), (), ExitCode.FAILED),
        (("XPASS", "PASS"), (), ExitCode.FAILED),
        (("XFAIL", "PASS"), ("--strict",), ExitCode.OK),
        (("INCONCLUSIVE", "VACUOUS"), (), ExitCode.NOTHING),
        (("SKIP", "VACUOUS"), (), ExitCode.NOTHING),
        (("PASS", "VACUOUS"), (), ExitCode.OK),
        (("XFAIL", "VACUOUS"), (), ExitCode.OK),
        (("VACUOUS", "VACUOUS"), ("--exit-zero",), ExitCode.OK),
        (("INCONCLUSIVE", "PASS"), ("--strict",), ExitCode.FAILED),
        (("PASS", "VACUOUS"), ("--strict",), ExitCode.FAILED),
        (("FAIL", "PASS"), ("--exit-zero",), ExitCode.OK),
        (("VACUOUS", "FAIL"), ("--exit-zero", "--strict"), ExitCode.OK),
        (("FAIL", "PASS"), ("--format", "concise"), ExitCode.FAILED),
        (("FAIL", "PASS"), ("-q",), ExitCode.FAILED),
    ],
)
def test_verdicts(gradcheck, verdicts, right_ops, *, verdicts_given, options, code):
    verdicts(*verdicts_given)
    assert gradcheck("run", "--ops", right_ops, *options).code == code


@pytest.mark.parametrize("option", ["--strict", "--exit-zero"])
def test_an_interrupted_run_reports_what_is_done(gradcheck, verdicts, right_ops, option):
    verdicts("FAIL", interrupted=True)
    done = gradcheck("run", "--ops", right_ops, option)
    assert done.code == ExitCode.INTERRUPTED
    assert "interrupted · 1 failed, 1 not run in 0.5 s" in done.out
    assert "my_double  FAIL" in done.out


def test_an_interrupt_outside_of_the_engine(gradcheck, verdicts, right_ops):
    verdicts(raises=KeyboardInterrupt())
    done = gradcheck("run", "--ops", right_ops)
    assert done.code == ExitCode.INTERRUPTED
    assert "Interrupted." in done.err


def test_an_error_of_ours_is_one_line(gradcheck, verdicts, right_ops):
    verdicts(raises=SettingsError("seed='\x1b[31m': not a seed."))
    done = gradcheck("run", "--ops", right_ops)
    assert done.code == ExitCode.USAGE
    assert done.err == "Error: seed='\\x1b[31m': not a seed.\n"
    assert done.out == ""


def test_a_bug_of_ours_shows_the_traceback_and_asks_for_a_report(gradcheck, verdicts, right_ops):
    verdicts(raises=ZeroDivisionError("by zero"))
    done = gradcheck("run", "--ops", right_ops)
    assert done.code == ExitCode.INTERNAL
    assert "Traceback" in done.err
    assert "ZeroDivisionError: by zero" in done.err
    assert "This is a bug in gradcheck, not in your gradient. Please report it" in done.err


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("-k", "nowhere"), "none of the 2 loaded fits -k 'nowhere'."),
        (("my_cube", "-t", "easy"), "none of the 2 loaded fits my_cube --tag easy."),
        (("--exclude", "my_*"), "none of the 2 loaded fits --exclude my_*."),
    ],
)
@pytest.mark.parametrize("command", ["run", "list"])
def test_nothing_selected(gradcheck, right_ops, command, options, said):
    done = gradcheck(command, "--ops", right_ops, *options)
    assert done.code == ExitCode.NOTHING
    assert done.error == f"No op is left: {said}"


def test_the_numbers_are_a_promise():
    assert [int(code) for code in ExitCode] == [0, 1, 2, 3, 5, 130]


def test_help_and_version_are_fine(gradcheck):
    for arguments in (["--help"], ["-h"], ["--version"], ["run", "--help"], ["show", "-h"]):
        assert gradcheck(*arguments).code == ExitCode.OK


def test_the_real_engine(gradcheck, right_ops, wrong_ops):
    right = gradcheck("run", "--ops", right_ops, "-n", "20")
    assert right.code == ExitCode.OK, right.out
    wrong = gradcheck("run", "--ops", wrong_ops, "-n", "20")
    assert wrong.code == ExitCode.FAILED
    assert "FAIL my_cube   ∂L/∂x is wrong" in wrong.out
