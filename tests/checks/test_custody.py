"""Custody: which of an op's arguments were changed, and by whom."""

import numpy as np

from gradcheck.checks.custody import Custody, Touched


def lent(*names):
    custody = Custody()
    arrays = {name: np.zeros(2) for name in names}
    custody.lend(arrays, {name: a.copy() for name, a in arrays.items()})
    return custody, arrays


def test_nothing_is_touched_where_all_is_as_it_was():
    custody, _ = lent("x", "y")
    custody.inspect("vjp")
    assert custody.touched == []


def test_a_change_is_laid_to_the_function_that_was_seen_to_make_it_first():
    custody, arrays = lent("x", "y")
    arrays["y"][0] = 1
    custody.inspect("forward")
    arrays["y"][1] = arrays["x"][0] = 1
    custody.inspect("vjp")
    known = [Touched("y", "forward", arrays["y"]), Touched("x", "vjp", arrays["x"])]
    assert custody.touched == known
    assert custody.touched[0].array is arrays["y"]
    assert custody.is_touched("x")


def test_a_change_of_sign_of_zero_is_a_change_and_nan_is_equal_to_itself():
    custody, arrays = lent("x")
    arrays["x"][0] = -0.0
    custody.inspect("vjp")
    assert custody.is_touched("x")
    custody = Custody()
    nan = np.array([np.nan])
    custody.lend({"x": nan}, {"x": nan.copy()})
    custody.inspect("vjp")
    assert not custody.is_touched("x")


def test_those_lent_last_are_reported_first():
    custody, arrays = lent("x")
    g = np.zeros(1)
    custody.lend({"g": g}, {"g": g.copy()})
    g[0] = arrays["x"][0] = 1
    custody.inspect("vjp")
    assert [touched.name for touched in custody.touched] == ["g", "x"]


def test_an_input_and_a_cotangent_of_one_name_are_reported_once():
    custody, arrays = lent("g")
    g = np.zeros(1)
    custody.lend({"g": g}, {"g": g.copy()})
    g[0] = arrays["g"][0] = 1
    custody.inspect("vjp")
    assert len(custody.touched) == 1


def test_released_arrays_are_looked_at_no_more():
    custody, arrays = lent("x")
    custody.release()
    arrays["x"][0] = 1
    custody.inspect("vjp")
    assert custody.touched == []
