"""The worst comparison of a case is a usable one."""

from gradcheck.numeric.comparison import Comparison, Reference
from gradcheck.results.failure import CaseReport


def compared(analytic, low, *, high=None, bar=1e-9, tolerance=1e-6, **given):
    reference = Reference(
        low=low, high=low if high is None else high, bar=bar, method="by hand", step=0.0, **given
    )
    return Comparison(
        where="x[0]", argument="x", analytic=analytic, reference=reference, tolerance=tolerance
    )


def test_the_worst_comparison_of_a_case_is_a_usable_one():
    right, wrong = compared(1.0, 1.0), compared(2.0, 1.0)
    unusable = compared(99.0, 1.0, problem="a jump")
    report = CaseReport(inputs={}, comparisons=(right, unusable, wrong))
    assert report.worst is wrong
    assert report.kinks == 0
    assert CaseReport(inputs={}, comparisons=(unusable,)).worst is None
    assert CaseReport(inputs={}, comparisons=(compared(0.5, 0.0, high=1.0),)).kinks == 1
