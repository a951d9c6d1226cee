"""All entries along one direction: a failing one names an entry, infinities stand alone."""

import numpy as np
import pytest

from gradcheck.numeric.directional import RANDOM, compare_direction
from gradcheck.numeric.probing import Prober
from gradcheck.numeric.tally import Tally
from tests.points import point_at

X = np.linspace(0.1, 1, 100)


def tally_of(gradient, x=X, f=np.sin):
    tally = Tally()
    with np.errstate(all="ignore"):
        compare_direction(Prober(point_at(f, x, gradient=[gradient])), tally)
    return tally


def test_a_right_gradient_takes_one_probe():
    tally = tally_of(np.cos(X))
    assert [c.where for c in tally.proven] == [RANDOM]
    assert (tally.power.entries, tally.power.blind) == (100, 0)


def test_a_wrong_entry_is_named_beside_the_direction():
    gradient = np.cos(X)
    gradient[42] = 0
    assert [c.where for c in tally_of(gradient).failures] == [RANDOM, "x[42]"]


@pytest.mark.parametrize("count", [1, 3, 9])
def test_a_few_infinities_are_judged_and_all_are_left_out_of_the_direction(count):
    gradient = np.cos(X)
    gradient[:count] = np.inf
    tally = tally_of(gradient)
    assert [c.where for c in tally.failures] == [f"x[{k}]" for k in range(min(count, 4))]
    assert tally.proven[-1].where == RANDOM
    assert tally.proven[-1].agrees


def test_an_entry_far_below_the_others_is_counted_as_unseen():
    scale = np.where(np.arange(100) == 7, 1e-14, 1.0)
    tally = tally_of(scale * np.cos(X), f=lambda x: scale * np.sin(x))
    assert tally.power.blind == 1
