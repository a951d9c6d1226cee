"""`gradcheck audit`: what it prints, and its exit status."""

import pytest

from gradcheck.cli.exit_codes import ExitCode

NARROW = '''
import numpy as np
import gradcheck as gc
from hypothesis import strategies as st

ones = gc.domain(lambda shape, dtype: st.just(np.ones(shape, dtype)), name="ones")


@gc.op("(n)->(n)", domains={"x": ones})
def narrow(x):
    """Never called with anything but ones."""
    return np.exp(x)


@narrow.derivative
def _(out):
    return out
'''


@pytest.fixture
def narrow(module):
    return module(NARROW, "narrow_ops.py")


def test_scores_and_fates(gradcheck, right_ops):
    done = gradcheck("audit", "--ops", right_ops, "my_cube", "-n", "60", "--mutant", "*-at-zero")
    assert (done.code, done.err) == (ExitCode.OK, "")
    rows = [line.split() for line in done.out.splitlines()]
    assert rows[0] == ["op", "score", "killed", "survived", "equivalent", "time"]
    assert rows[1][:6] == ["my_cube", "100", "%", "1", "0", "2"]
    assert "1 op, 3 mutants: 1 killed, 0 survived, 2 equivalent · score 100 %" in done.out


def test_a_survivor_is_told_with_a_reason_and_a_hint(gradcheck, narrow):
    done = gradcheck("audit", "--ops", narrow, "-n", "20", "--mutant", "nan-at-zero")
    assert done.code == ExitCode.OK
    assert "SURVIVED narrow   nan-at-zero" in done.out
    assert "∂L/∂x is NaN where the input is 0" in done.out
    assert "never triggered: there was no case where x has an exact zero" in done.out
    assert "let the domain of x contain 0, or say that it does not: gc.nonzero()" in done.out


@pytest.mark.parametrize(
    ("least", "code"),
    [("0", ExitCode.OK), ("50", ExitCode.OK), ("51", ExitCode.FAILED), ("100", ExitCode.FAILED)],
)
def test_the_least_score_decides_the_exit_status(gradcheck, narrow, least, code):
    chosen = ("--mutant", "nan-at-zero", "--mutant", "negated")
    done = gradcheck("audit", "--ops", narrow, "-n", "20", *chosen, "--min-score", least)
    assert "score 50 %" in done.out
    assert done.code == code


def test_an_op_without_mutants_that_count_has_no_low_score(gradcheck, right_ops):
    chosen = ("my_double", "--mutant", "swapped")
    done = gradcheck("audit", "--ops", right_ops, "-n", "20", *chosen, "--min-score", "100")
    assert done.code == ExitCode.OK
    assert "score –" in done.out


def test_a_wrong_gradient_cannot_be_audited(gradcheck, wrong_ops):
    done = gradcheck("audit", "--ops", wrong_ops, "-n", "20", "--mutant", "negated")
    assert done.code == ExitCode.FAILED
    assert "FAIL my_cube   cannot be audited" in done.out
    assert "the analytic derivative is" in done.out


def test_verbose_shows_every_mutant(gradcheck, right_ops):
    chosen = ("my_cube", "-n", "20", "--mutant", "negated", "--mutant", "swapped")
    assert "All mutants" not in gradcheck("audit", "--ops", right_ops, *chosen).out
    out = gradcheck("audit", "--ops", right_ops, *chosen, "-v").out
    assert "All mutants of my_cube" in out
    assert "there is only one differentiable input" in out
    assert "∂L/∂x is wrong (case 1)" in out


def test_concise(gradcheck, narrow):
    chosen = ("-n", "20", "--mutant", "nan-at-zero", "--mutant", "negated")
    lines = gradcheck("audit", "--ops", narrow, *chosen, "--format", "concise").out.splitlines()
    assert lines[0] == "50 % narrow: 1 killed, 1 survived, 0 equivalent"
    assert lines[1] == (
        "survived narrow nan-at-zero: ∂L/∂x is NaN where the input is 0; "
        "never triggered: there was no case where x has an exact zero"
    )
    assert len(lines) == 3


def test_the_mutants_are_listed_without_loading_an_op(gradcheck):
    done = gradcheck("audit", "--list", "--ops", "nowhere.py")
    assert (done.code, done.err) == (ExitCode.OK, "")
    assert "doubled   " in done.out
    assert "∂L/∂x is twice as large" in done.out
    assert "the vjp writes into the cotangent" in done.out


def test_a_glob_lists_bare_names(gradcheck):
    done = gradcheck("audit", "--list", "--mutant", "*-off", "--format", "concise")
    assert done.out == "first-entry-off\nmiddle-entry-off\nlast-entry-off\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--mutant", "negatd"), "There is no mutant 'negatd'. Did you mean 'negated'?"),
        (("--min-score", "101"), "101"),
        (("-n", "0"), "0"),
        (("--max-time", "0"), "0"),
        (("--dtype", "int8"), "'int8' is not one of"),
        (("nowhere",), "nowhere"),
    ],
)
def test_bad_input_is_a_usage_error(gradcheck, arguments, said):
    done = gradcheck("audit", *arguments)
    assert done.code == ExitCode.USAGE
    assert said in done.error
    assert done.out == ""


def test_nothing_selected(gradcheck, right_ops):
    assert gradcheck("audit", "--ops", right_ops, "-k", "nowhere").code == ExitCode.NOTHING


def test_an_interrupted_audit_reports_what_is_done(gradcheck, right_ops, monkeypatch):
    def interrupted(spec, settings, *, mutants, listener):
        raise KeyboardInterrupt

    monkeypatch.setattr("gradcheck.audit.audit.audit_op", interrupted)
    done = gradcheck("audit", "--ops", right_ops)
    assert done.code == ExitCode.INTERRUPTED
    assert done.out.startswith("interrupted · 0 ops, 0 mutants")
    assert "2 ops not audited" in done.out
