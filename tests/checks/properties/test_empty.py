"""Empty arrays have gradients."""

import numpy as np

from gradcheck.results.kind import Kind

M = np.array([[1.0, 2.0, -1.0], [0.5, 3.0, 0.25]])


def test_an_empty_batch_works(broken):
    def fragile(g, x):
        if not len(x):
            raise IndexError("nothing here")
        return 2 * g

    found = broken("empty", lambda x: 2 * x, fragile, M, signature="(...,n)->(...,n)")
    assert (found.kind, found.broken) == (Kind.RAISED, "empty")


def test_a_forward_may_refuse_what_is_empty(broken):
    def forward(x):
        if not len(x):
            raise ValueError("nothing here")
        return 2 * x

    assert broken("empty", forward, lambda g, x: 2 * g, M, signature="(...,n)->(...,n)") is None
