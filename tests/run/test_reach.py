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


def scout(forward, x=X):
    subject = Subject(name="op", forward=forward, vjp=lambda *_: None, rtol=1e-8)
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
