"""Further calls of a case's op, at inputs and cotangents of one's own."""

import numpy as np
import pytest

import gradcheck as gc
from gradcheck.cases.case import Case
from gradcheck.checks.exceptions import Broken, OpRaised
from gradcheck.checks.subject import subject_of
from gradcheck.checks.trial import Trial

X = np.array([1.0, 2.0])


def trial_of(forward, vjp, **spec):
    subject = subject_of(gc.op(name="op", **spec)(forward).vjp(vjp))
    trial = Trial(subject, Case(inputs=(X,), names=("x",)))
    assert trial.call_forward() is None
    trial.call_vjp()
    return trial


@pytest.fixture
def square():
    return trial_of(lambda x: x * x, lambda g, x: 2 * g * x)


def test_outputs_at_other_inputs_come_in_a_tuple(square):
    (out,) = square.outputs_at([X + 1])
    np.testing.assert_array_equal(out, (X + 1) ** 2)


def test_gradients_follow_inputs_and_cotangents(square):
    (g,) = square.cotangents
    np.testing.assert_array_equal(square.gradients_at()["x"], 2 * g * X)
    moved = square.gradients_at(inputs=[X + 1], cotangents=[np.ones(2)])
    np.testing.assert_array_equal(moved["x"], 2 * (X + 1))


def test_fresh_arguments_are_copies(square):
    (x,), (g,) = square.fresh_inputs(), square.fresh_cotangents()
    x[:], g[:] = 0, 0
    np.testing.assert_array_equal(square.case.inputs[0], X)
    assert square.cotangents[0].any()


def test_gradients_of_another_shape_break_the_contract():
    def vjp(g, x):
        return 2 * g * x if x[0] == 1 else np.ones(3)

    with pytest.raises(Broken, match="shape"):
        trial_of(lambda x: x * x, vjp).gradients_at(inputs=[X + 1])


def test_what_the_op_raises_is_told_from_a_mistake_of_ours(square):
    with pytest.raises(OpRaised):
        square.outputs_at([X, X])


def test_a_forward_may_run_between_forward_and_vjp():
    kept = {}

    def forward(x):
        kept["x"] = np.array(x)
        return x * x

    stale = trial_of(forward, lambda g: 2 * g * kept["x"])
    right, wrong = stale.gradients_at(), stale.gradients_at(between=[X + 1])
    assert not np.array_equal(right["x"], wrong["x"])
