"""Memory layout changes nothing."""

import numpy as np

from gradcheck.results.kind import Kind

M = np.array([[1.0, 2.0, -1.0], [0.5, 3.0, 0.25]])


def test_memory_order_of_the_cotangent_matters_to_one_who_reads_it_raw(broken):
    def vjp(g, x):
        return 3 * g.ravel(order="K").reshape(g.shape)

    found = broken("layouts", lambda x: 3 * x, vjp, M)
    assert (found.kind, found.broken, found.argument) == (Kind.LAYOUT, "layouts", "x")
    assert "the cotangent in Fortran layout" in found.message


def test_a_layout_that_the_spec_leaves_out_is_not_tried(broken):
    def vjp(g, x):
        return 3 * g.ravel(order="K").reshape(g.shape)

    assert broken("layouts", lambda x: 3 * x, vjp, M, layouts=("C",)) is None


def test_a_rule_that_takes_contiguous_arrays_only_is_told_how_to_say_so(broken):
    def vjp(g, x):
        if not g.flags.c_contiguous:
            raise ValueError("g must be contiguous")
        return 3 * g

    found = broken("layouts", lambda x: 3 * x, vjp, M)
    assert (found.kind, found.broken) == (Kind.RAISED, "layouts")
    assert "layouts=('C',)" in found.message
