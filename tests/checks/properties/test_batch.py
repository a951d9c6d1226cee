"""A batch gives what a loop gives."""

import numpy as np

from gradcheck.cases.case import Case
from gradcheck.checks.properties.batch import check
from gradcheck.checks.subject import Subject
from gradcheck.checks.trial import Trial
from gradcheck.results.kind import Kind
from gradcheck.spec.signature import parse_signature

M = np.array([[1.0, 2.0, -1.0], [0.5, 3.0, 0.25]])
ROW = np.array([2.0, -1.0, 0.5])


def test_weights_that_get_the_last_entry_of_a_batch_only_differ_from_a_loop(broken):
    subject = Subject(
        name="op",
        forward=np.multiply,
        vjp=lambda g, xs, params, out: (g * xs[1], np.atleast_2d(g * xs[0])[-1]),
        signature=parse_signature("(...,n),(n)->(...,n)"),
        rtol=1e-8,
    )
    trial = Trial(subject, Case(inputs=(M, ROW), names=("x", "w"), sizes={"n": 3}))
    assert trial.call_forward() is None
    trial.call_vjp()
    found = check(trial)
    assert (found.kind, found.argument) == (Kind.BATCH, "w")
    assert "batch of 2" in found.message


def test_a_forward_that_looks_across_its_batch_is_not_compared_with_a_loop(broken):
    def forward(x):
        return x - x.mean()

    def vjp(g, x):
        return g - g.mean()

    assert broken("batch", forward, vjp, M, signature="(...,n)->(...,n)", sizes={"n": 3}) is None
