"""The same call gives the same answer."""

import numpy as np

from gradcheck.cases.case import Case
from gradcheck.checks.examine import examine
from gradcheck.checks.properties.catalogue import property_of
from gradcheck.checks.subject import Subject
from gradcheck.results.kind import Kind

X = np.array([1.0, -2.0, 3.0])


def alternating(first, second):
    """A function that answers differently when it is called again."""
    answers = [first, second]

    def call(*arguments):
        answers.append(answers.pop(0))
        return answers[-1](*arguments)

    return call


def test_a_vjp_that_answers_differently_is_not_deterministic(broken):
    vjp = alternating(lambda g, x: g * np.cos(x), lambda g, x: g * np.cos(x) + 1e-3)
    found = broken("determinism", np.sin, vjp, np.array([0.5]))
    assert (found.kind, found.broken, found.argument) == (Kind.DETERMINISM, "determinism", "x")


def test_a_forward_that_draws_is_not_deterministic():
    rng = np.random.default_rng(0)
    subject = Subject(
        name="op",
        forward=lambda x: x + 1e-6 * rng.random(x.shape),
        vjp=lambda g, xs, params, out: g.copy(),
        rtol=1e-8,
    )
    case = Case(inputs=(X,), names=("x",))
    found = examine(subject, case, due=(property_of("determinism"),)).failure
    assert found.headline == "forward is not deterministic"
