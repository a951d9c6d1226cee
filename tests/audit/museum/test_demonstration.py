"""A demonstration holds if only the wrong gradient fails."""

import pytest

from gradcheck.audit.museum.demonstration import demonstrate
from gradcheck.results.settings import Settings
from gradcheck.results.verdict import Verdict
from tests.doubled_exhibit import doubled


@pytest.mark.parametrize(
    ("factors", "found", "passed"),
    [((1, 2), True, True), ((2, 2), False, True), ((1, 1), True, False)],
)
def test_a_demonstration_holds_if_only_the_wrong_gradient_fails(factors, found, passed):
    shown = demonstrate(doubled(*factors), Settings(cases=10, seed=3))
    assert (shown.found, shown.passed, shown.holds) == (found, passed, found and passed)
    assert {shown.wrong.seed, shown.right.seed} == {3}
    assert shown.wrong.verdict is (Verdict.FAIL if found else Verdict.PASS)
