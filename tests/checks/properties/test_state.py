"""Calls in between change nothing."""

import numpy as np

from gradcheck.cases.case import Case
from gradcheck.checks.properties.state import check
from gradcheck.checks.subject import Subject
from gradcheck.checks.trial import Trial
from gradcheck.results.kind import Kind
from gradcheck.spec.domains import real

X = np.array([1.0, -2.0, 3.0])


class Layer:
    """A layer as in many courses: the backward pass reads what the last forward has stored."""

    def forward(self, x):
        self.x = x
        return x**2

    def vjp(self, g, x):
        return 2 * g * self.x


def test_a_layer_that_keeps_its_input_depends_on_other_calls():
    layer = Layer()
    subject = Subject(
        name="op",
        forward=layer.forward,
        vjp=lambda g, xs, params, out: layer.vjp(g, *xs),
        rtol=1e-8,
    )
    trial = Trial(subject, Case(inputs=(X,), names=("x",), domains=(real(),)))
    assert trial.call_forward() is None
    trial.call_vjp()
    found = check(trial)
    assert (found.kind, found.argument) == (Kind.STATE, "x")
    assert "other calls" in found.headline
