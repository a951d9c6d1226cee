"""Which axes may be stretched far."""

import sys

import numpy as np
import pytest

from gradcheck.cases.case import Case
from gradcheck.cases.shapes import Stretch
from gradcheck.checks.subject import Subject
from gradcheck.run.reach import Scout

NEAR, FAR = (Stretch(axis="n", over=over) for over in (1024, 65536))
X = np.linspace(0, 1, 1025)


def looped(x):
    total = 0.0
    for value in x:
        total += value
    return np.asarray(total)


def refusing(x):
    raise MemoryError("too large")


def scout(forward, x=X, vjp=lambda *_: None, **rest):
    subject = Subject(name="op", forward=forward, vjp=vjp, rtol=1e-8, **rest)
    found = Scout(subject)
    found.look(Case(inputs=(x,), names=("x",)), NEAR)
    return found


@pytest.mark.parametrize("forward", [np.sin, np.sum, np.cumsum, lambda x: np.exp(x - x.max())])
def test_an_axis_along_which_cost_follows_the_input_may_grow(forward):
    assert scout(forward).allows(FAR)


@pytest.mark.parametrize("forward", [lambda x: np.outer(x, x).sum(), np.diag, looped, refusing])
def test_an_axis_that_costs_its_square_or_a_loop_may_not(forward):
    assert not scout(forward).allows(FAR)
    assert scout(forward).allows(NEAR)


def test_an_axis_that_nobody_looked_at_may_not():
    assert not scout(np.sin).allows(Stretch(axis="m", over=65536))


def test_tracing_is_left_as_it_was():
    tracer = sys.gettrace()
    scout(looped)
    assert sys.gettrace() is tracer


def softmax(x):
    e = np.exp(x - x.max())
    return e / e.sum()


def by_its_jacobian(g, inputs, params, out):
    return (np.diag(out) - np.outer(out, out)) @ g


def by_its_sum(g, inputs, params, out):
    return out * (g - g @ out)


def test_a_gradient_that_builds_its_jacobian_keeps_the_axis_short():
    assert not scout(softmax, vjp=by_its_jacobian).allows(FAR)
    assert scout(softmax, vjp=by_its_sum).allows(FAR)


def test_a_reference_that_loops_keeps_the_axis_short():
    assert not scout(np.sum, reference=looped).allows(FAR)
