"""Arrays that a vjp does not read make mutants of them idle."""

import numpy as np

import gradcheck as gc
from gradcheck.audit.mutants.mutant import Site
from gradcheck.audit.mutants.unread import arrays_unread, input_unread, output_unread
from gradcheck.cases.sampling import quiet
from tests.mutant_ops import (
    addition,
    bench,
    cube,
    exponential,
    linear,
    turned,
)


def reason(say, make, name="x"):
    found = bench(make)
    calls = tuple(run.call for run in found.runs)
    with quiet(), np.errstate(all="ignore"):
        return say(Site(found.spec, found.subject, 0), calls, name)


def in_order():
    return gc.op("(...)->(...)", name="in_order")(lambda x: np.exp(x).copy("C")).derivative(
        lambda out: out
    )


def test_an_input_that_is_not_read():
    assert reason(input_unread, exponential) == "the vjp does not read x"
    assert reason(input_unread, cube) == ""
    assert reason(input_unread, linear, "w") == ""


def test_an_output_that_is_not_read_or_has_one_order_only():
    assert reason(output_unread, cube) == "the vjp does not read the output"
    assert reason(output_unread, in_order) == "the forward returns its output in C order"
    assert reason(output_unread, turned) == ""


def test_a_vjp_that_reads_the_cotangent_only():
    assert reason(arrays_unread, addition) == "the vjp reads neither inputs nor output"
    assert reason(arrays_unread, exponential) == ""


def test_a_vjp_that_raises_is_thought_to_read_everything():
    def refusing():
        def vjp(g, x):
            if not np.isfinite(x).all():
                raise ValueError("not finite")
            return g

        return gc.op("(n)->(n)", name="refusing", domains={"x": gc.real(-9, 9)})(
            lambda x: x + 1
        ).vjp(vjp)

    assert reason(input_unread, refusing) == ""
