"""A failing direction leads to the entry that is wrong."""

import numpy as np
import pytest

from gradcheck.numeric.argument import Place
from gradcheck.numeric.bisection import bisect
from gradcheck.numeric.probing import Prober
from tests.points import point_at

X, Y = np.linspace(0.1, 2, 40), np.linspace(1, 3, 23)


def bisected(point):
    return bisect(Prober(point), point.random_direction())


@pytest.mark.parametrize("place", [Place(0, 0), Place(0, 39), Place(1, 11), Place(1, 22)])
def test_one_wrong_entry_is_found_in_any_input(place):
    gradient = [np.cos(X), 2 * Y]
    gradient[place.part][place.index] += 0.1
    point = point_at(lambda x, y: np.r_[np.sin(x), y * y], X, Y, gradient=gradient)
    wrong = bisected(point)
    assert wrong.place == place
    assert not wrong.agrees


def test_a_right_gradient_leads_to_no_entry():
    assert bisected(point_at(np.sin, X, gradient=[np.cos(X)])) is None


def test_entries_that_a_direction_leaves_in_place_are_no_candidates():
    gradient = np.cos(X)
    gradient[[3, 20]] += 0.1
    point = point_at(np.sin, X, gradient=[gradient])
    direction = point.random_direction()
    direction[0][3] = 0
    assert bisect(Prober(point), direction).place == Place(0, 20)


def test_without_a_direction_there_is_nothing_to_find():
    point = point_at(np.sin, X, gradient=[X])
    assert bisect(Prober(point), [np.zeros(X.size)]) is None
