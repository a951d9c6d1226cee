"""Every entry judged: stacks and single calls find the same entries wrong."""

import numpy as np
import pytest

from gradcheck.numeric.argument import Argument
from gradcheck.numeric.entrywise import compare_entries
from gradcheck.numeric.probing import Prober
from gradcheck.numeric.tally import Tally
from tests.points import point_at

X = np.linspace(-2, 2, 12) + 0.05


def tally_of(f, x, gradient, pad=None, **fields):
    tally = Tally()
    compare_entries(Prober(point_at(f, x, gradient=[gradient], **fields)), 0, pad, tally)
    return tally


@pytest.mark.parametrize("pad", [None, 0])
def test_only_what_is_wrong_has_to_be_proven(pad):
    gradient = np.cos(X)
    gradient[[2, 7]] *= 1.001
    tally = tally_of(np.sin, X, gradient, pad)
    assert [c.place.index for c in tally.failures] == [7]
    assert len(tally.proven) == 1  # the further off; one is enough
    assert (tally.probes, tally.power.entries, tally.power.blind) == (11, 11, 0)


def test_an_affine_forward_of_many_entries_costs_one_call_each():
    calls = []

    def affine(x):
        calls.append(x.shape)
        return 3 * x + 1

    tally = tally_of(affine, np.ones(300), np.full(300, 3.0))
    assert tally.probes == 300
    assert len(calls) < 2 * 300


def test_entries_without_room_stay_where_they_are():
    room = np.where(np.arange(12) == 4, 0.0, 1.0)
    gradient = np.where(room, np.cos(X), 99.0)
    tally = tally_of(np.sin, X, gradient, arguments=[Argument("x", X.shape, False, room)])
    assert tally.probes == 11
    assert not tally.failures


def test_on_a_domain_each_entry_moves_what_belongs_to_it():
    centred = Argument("x", X.shape, False, project=lambda u: u - u.mean())
    right = np.cos(X) + 5.0  # a constant is invisible to moves that keep the sum
    assert not tally_of(np.sin, X, right, arguments=[centred]).failures
    assert tally_of(np.sin, X, right * 1.1, arguments=[centred]).failures


def test_the_worst_of_those_that_agree_is_named():
    gradient = np.cos(X)
    gradient[5] *= 1 + 1e-9
    worst = tally_of(np.sin, X, gradient).worst
    assert (worst.where, worst.place.index) == ("x[5]", 5)
