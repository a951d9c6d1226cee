"""Arguments are left as they were."""

import numpy as np
import pytest

import gradcheck as gc
from gradcheck.results.kind import Kind

X = np.array([1.0, -2.0, 3.0])


def test_a_vjp_that_writes_into_an_input_is_named_with_it(broken):
    def vjp(g, x, y):
        x *= 2
        return g * y, g * x / 2

    found = broken("purity", np.multiply, vjp, X, X)
    assert (found.kind, found.broken, found.argument) == (Kind.MUTATION, "purity", "x")
    assert found.headline == "the vjp changed x"


def test_a_forward_that_writes_into_an_input_is_blamed_itself(broken):
    def forward(x):
        x *= 2
        return x.copy()

    found = broken("purity", forward, lambda g, x: 2 * g, X)
    assert found.headline == "the forward changed x"


def test_a_result_that_is_changed_is_noticed(broken):
    def forward(x):
        return 2 * x

    def vjp(g, x):
        return 2 * g

    assert broken("purity", forward, vjp, X) is None


def scaling_in_place(g, x, out):
    """The gradient of tanh, computed in the memory of what comes in."""
    np.multiply(out, out, out=out)
    g *= 1 - out
    x += 1
    return g


@pytest.mark.parametrize("seed", range(3))
def test_what_may_write_into_its_arguments_is_given_its_own(seed):
    op = gc.op("(...,n)->(...,n)", name="in_place", skip={"purity": "reuses its buffers"})(np.tanh)
    result = gc.check(op.vjp(scaling_in_place), seed=seed)
    assert result, result


def test_what_may_write_into_its_arguments_is_still_held_to_its_values():
    op = gc.op("(...,n)->(...,n)", name="in_place", skip={"purity": "reuses its buffers"})(np.tanh)
    result = gc.check(op.vjp(lambda g, x, out: scaling_in_place(1.01 * g, x, out)))
    assert result.failure.headline == "∂L/∂x is wrong"
    np.testing.assert_array_equal(result.failure.case.cotangents[0], 1.0)


def test_a_forward_may_write_into_its_input_too():
    def forward(x):
        return np.sin(x, out=x)

    op = gc.op("(...,n)->(...,n)", name="in_place", skip={"purity": "works in place"})(forward)
    assert gc.check(op.vjp(lambda g, x: g * np.cos(x)))
