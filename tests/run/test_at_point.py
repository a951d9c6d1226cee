"""A gradient at one point: every option, and what the result tells of it."""

import numpy as np
import pytest

import gradcheck as gc
from gradcheck.errors import SettingsError, SpecError
from gradcheck.results.kind import Kind
from gradcheck.results.verdict import Verdict

X = np.array([0.5, -1.0, 2.0])


def sine_vjp(g, x):
    return g * np.cos(x)


def test_the_cotangent_may_be_given():
    g = np.array([1.0, 0.0, 2.0])
    result = gc.check_at(np.sin, sine_vjp, X, g=g)
    np.testing.assert_array_equal(result.last.cotangents[0], g)
    half_right = lambda g, x: g * np.where(x < 0, 0, np.cos(x))  # noqa: E731 - wrong at x[1] only
    assert gc.check_at(np.sin, half_right, X, g=g)
    assert not gc.check_at(np.sin, half_right, X, g=np.ones(3))


def test_several_cotangents_are_a_tuple():
    forward = lambda x: (x, x.sum())  # noqa: E731 - beside its rule
    vjp = lambda g, x: g[0] + g[1]  # noqa: E731
    result = gc.check_at(forward, vjp, X, g=(np.ones(3), 2.0))
    assert result
    assert result.last.cotangents[1] == 2


def test_a_cotangent_of_another_shape_is_refused():
    with pytest.raises(SpecError, match=r"g does not fit the output of shape \(3,\)"):
        gc.check_at(np.sin, sine_vjp, X, g=np.ones(2))


def test_an_input_may_be_taken_out():
    forward = lambda x, w: x * w  # noqa: E731 - beside its rule
    only_x = lambda g, x, w: g * w  # noqa: E731
    assert gc.check_at(forward, only_x, X, X + 1, nondiff=("w",))
    assert gc.check_at(forward, only_x, X, X + 1).failure.kind is Kind.ARITY
    with pytest.raises(SpecError, match="there is no input 'v'; there are x and w"):
        gc.check_at(forward, only_x, X, X + 1, nondiff=("v",))


def test_a_property_may_be_skipped():
    def in_place(g, x):
        g *= np.cos(x)
        return g

    assert gc.check_at(np.sin, in_place, X).failure.kind is Kind.MUTATION
    assert gc.check_at(np.sin, in_place, X, skip=("purity",))
    with pytest.raises(SettingsError, match="Did you mean 'purity'"):
        gc.check_at(np.sin, in_place, X, skip=("puritty",))


def test_the_forward_is_held_to_its_reference():
    assert gc.check_at(np.sin, sine_vjp, X, reference=lambda x: np.cos(np.pi / 2 - x))
    found = gc.check_at(np.sin, sine_vjp, X, reference=lambda x: np.sin(x) + 1e-6)
    assert found.failure.kind is Kind.REFERENCE
    skipped = gc.check_at(np.sin, sine_vjp, X, reference=np.cos, skip=("reference",))
    assert skipped


def test_a_short_dtype_is_differentiated_by_its_reference():
    wrong = lambda g, x: g * np.cos(x) * np.float32(1.001)  # noqa: E731 - off by a thousandth
    x = X.astype(np.float32)
    assert not gc.check_at(np.sin, wrong, x, widens=False, reference=np.sin)
    assert gc.check_at(np.sin, sine_vjp, x, widens=False, reference=np.sin)


def test_the_result_tells_calls_notes_and_what_could_not_be_used():
    result = gc.check_at(np.positive, lambda g, x: g, X)
    assert result.calls > 3
    assert result.notes == ("hazard: ∂L/∂x shares memory with the cotangent",)
    with np.errstate(all="ignore"):
        unusable = gc.check_at(np.log, lambda g, x: g / x, np.zeros(2))
    assert unusable.verdict is Verdict.INCONCLUSIVE
    assert unusable.unusable == {"forward is not finite": 1}


def test_options_reach_assert_gradient():
    gc.assert_gradient(np.sin, np.cos, X, form="derivative", g=np.ones(3), nondiff=(), skip=())
    with pytest.raises(AssertionError, match="is wrong"):
        gc.assert_gradient(np.sin, np.sin, X, form="derivative")
