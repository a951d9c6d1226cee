"""Why a change passed: another slope at a kink, or less than the tolerance."""

import pytest

from gradcheck.audit.audit import bench_of
from gradcheck.audit.mutants.outcome import Fate
from gradcheck.results.settings import Settings
from tests.mutant_ops import bench, cube, fates, rectifier


def test_another_slope_at_a_kink_is_equivalent():
    (each,) = fates("zero-at-zero", bench(rectifier, 30)).values()
    assert each.fate is Fate.EQUIVALENT
    assert each.reason == "all that it changes are choices between slopes at kinks"


def test_a_slope_beyond_both_at_a_kink_is_killed():
    (each,) = fates("doubled-at-zero", bench(rectifier, 30)).values()
    assert each.fate is Fate.KILLED


@pytest.mark.slow
@pytest.mark.xfail(reason="it blames the reference, where the tolerance hides it")
def test_what_is_below_the_tolerance_survives_and_says_so():
    coarse = cube(rtol=1e-4, reason="for the sake of the example")
    (each,) = fates("times-1.000001", bench_of(coarse, Settings(cases=30))).values()
    assert each.fate is Fate.SURVIVED
    assert each.reason.endswith("always by less than the tolerance")
    (each,) = fates("times-1.001", bench_of(coarse, Settings(cases=30))).values()
    assert each.fate is Fate.KILLED
