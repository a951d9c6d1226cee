"""Values are drawn in an order in which each function has what it asks for."""

import numpy as np
import pytest
from hypothesis import strategies as st

import gradcheck as gc
from gradcheck.errors import SpecError
from gradcheck.spec.sources import sources_of
from tests.messages import message_of


def two(x, y, k=1):
    return x + y + k


def spec_of(forward=two, signature="(n),(n)->(n)", **given):
    return gc.op(signature, **given)(forward)


def test_inputs_come_first_and_are_real_unless_said_otherwise():
    sources = sources_of(spec_of(params={"k": st.just(2)}))
    assert list(sources) == ["x", "y", "k"]
    assert [str(sources[name]) for name in ("x", "y")] == ["real", "real"]


def test_a_domain_that_asks_for_an_input_comes_after_it():
    sources = sources_of(spec_of(domains={"x": lambda y: gc.positive()}))
    assert list(sources) == ["y", "x"]


def test_a_domain_may_ask_for_a_param_and_a_size():
    sources = sources_of(
        spec_of(domains={"x": lambda n, k: gc.real(high=k + n)}, params={"k": st.just(2)})
    )
    assert list(sources) == ["y", "k", "x"]
    assert set(sources["x"].names) == {"n", "k"}


def test_an_axis_waits_for_its_input():
    sources = sources_of(spec_of(domains={"x": lambda y: gc.real()}, params={"k": gc.axis_of("x")}))
    assert list(sources) == ["y", "x", "k"]


def test_cases_leave_nothing_to_draw():
    assert sources_of(spec_of(cases=st.just(gc.call(np.ones(1), np.ones(1))))) == {}


REFUSED = [
    (
        {"domains": {"x": lambda y: gc.real(), "y": lambda x: gc.real()}},
        "In 'two', x and y wait for each other: draw one of them first.",
    ),
    (
        {"domains": {"x": lambda z: gc.real()}},
        "the domain function for 'x' of 'two' asks for 'z', which there is not: it can ask for n "
        "and y.",
    ),
    (
        {"domains": {"x": lambda x: gc.real()}},
        "the domain function for 'x' of 'two' asks for 'x', which there is not: it can ask for n "
        "and y.",
    ),
    (
        {"params": {"k": gc.axis_of("xx")}},
        "The param 'k' of 'two' is to be the axis of xx, but the inputs are x and y. Did you mean "
        "'x'?",
    ),
]


@pytest.mark.parametrize(("given", "message"), REFUSED)
def test_refused(given, message):
    assert message_of(SpecError, sources_of, spec_of(**given)) == message


def test_any_number_of_inputs_needs_cases():
    spec = gc.op(name="joined")(lambda *xs: xs)
    assert message_of(SpecError, sources_of, spec) == (
        "forward of 'joined' takes *xs: say what to call it with by cases=, a strategy of "
        "gc.call(...)."
    )
