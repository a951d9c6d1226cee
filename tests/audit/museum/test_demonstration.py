"""A demonstration holds if only the wrong gradient fails."""

import pytest

import gradcheck as gc
from gradcheck.audit.museum.demonstration import demonstrate
from gradcheck.audit.museum.exhibits import bug
from gradcheck.results.settings import Settings
from gradcheck.results.verdict import Verdict


def doubled(wrong_factor, right_factor=2):
    @bug(
        "R99",
        "Forgets the factor.",
        exposed_by="any input",
        cited=("owner/project.jl#12",),
        op=gc.op("(n)->(n)", dims={"n": gc.size(max=3)}),
    )
    def double(x):
        """Twice the input."""
        return 2 * x

    double.wrong.vjp(lambda g: wrong_factor * g)
    double.right.vjp(lambda g: right_factor * g)
    return double


@pytest.mark.parametrize(
    ("factors", "found", "passed"),
    [((1, 2), True, True), ((2, 2), False, True), ((1, 1), True, False)],
)
def test_a_demonstration_holds_if_only_the_wrong_gradient_fails(factors, found, passed):
    shown = demonstrate(doubled(*factors), Settings(cases=10, seed=3))
    assert (shown.found, shown.passed, shown.holds) == (found, passed, found and passed)
    assert {shown.wrong.seed, shown.right.seed} == {3}
    assert shown.wrong.verdict is (Verdict.FAIL if found else Verdict.PASS)
