"""A line per op: complete, on one line, with its place."""

from dataclasses import replace

from gradcheck.reports.terminal.lines import line, summary
from gradcheck.results.verdict import Verdict

TRANSPOSED = "the transpose of the right gradient (agrees after .T)"
WHERE = "a has an exact zero"


def diagnosed(result, **known):
    return replace(result, failure=replace(result.failure, **known))


def test_the_line_for_other_tools_carries_both(wrong, misshapen, raised):
    told = line(diagnosed(wrong, looks_like=TRANSPOSED, only_where=WHERE))
    assert f"; looks like {TRANSPOSED}; only where {WHERE} (" in told
    assert "\n" not in told
    unsummed = line(diagnosed(misshapen, only_where="b is broadcast"))
    assert "(g, b.shape); only where b is broadcast (" in unsummed
    assert "; looks like" not in line(raised)


def test_a_wrong_value_is_told_with_both_numbers(wrong):
    assert line(wrong) == (
        "FAIL matmul: ∂L/∂b is wrong, b[1,0] is 0.000000, not 1.000000 ± 2e-10 "
        "(/somewhere/else/my_ops.py:14)"
    )


def test_an_exception_is_told_as_it_was_raised_but_on_one_line(raised):
    assert line(raised).startswith(
        "ERROR norm[/]: The vjp raised ValueError: [bold]bad[/bold]\\x07"
    )


def test_what_passed_is_counted(passed, kinked):
    assert line(passed) == "PASS exp: 100 cases, worst margin 0.0031"
    assert summary(kinked).endswith("worst margin 0.11, 3 cases at kinks, 2 unusable: overflow")


def test_a_reason_stands_instead_of_counts(doubtful, vacuous):
    assert summary(doubtful) == doubtful.reason
    assert line(vacuous) == "VACUOUS never: Every draw was rejected."


def test_what_was_expected_says_why_first(wrong):
    expected = replace(wrong, verdict=Verdict.XFAIL, reason="issue 7")
    assert summary(expected).startswith("issue 7; ∂L/∂b is wrong")


def test_every_problem_stands_on_the_line(several):
    assert line(several).endswith(
        "± 2e-10; besides, ∂L/∂a has the wrong dtype. It is float32; a is float64; besides, the "
        "vjp changed a. It wrote into a\\x1b: work on a copy. (/somewhere/else/my_ops.py:14)"
    )
