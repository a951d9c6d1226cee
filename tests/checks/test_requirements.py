"""What must hold of a vjp before any number is compared."""

import numpy as np
import pytest

import gradcheck as gc
from gradcheck.checks.requirements import Inputs, gradients_of, outputs_of
from gradcheck.results.kind import Kind

A = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
B = np.array([1.0, -1.0, 2.0])
K = np.array([0, 2])


def times(a, b):
    return a * b


def right(g, a, b):
    return g * b, (g * a).sum(0)


def failure(forward, vjp, *inputs):
    result = gc.check_at(forward, vjp, *inputs)
    assert result.failure is not None, result.verdict
    return result.failure


def hazard(forward, vjp, *inputs):
    """The headline of a hazard: a note of what passes, a failure where that is asked for."""
    noted = gc.check_at(forward, vjp, *inputs)
    assert noted
    failed = gc.check_at(forward, vjp, *inputs, hazards="fail").failure
    assert failed.kind is Kind.ALIASING
    assert noted.notes == (f"hazard: {failed.headline}",)
    return failed.headline


def test_a_right_vjp_keeps_the_contract():
    assert gc.check_at(times, right, A, B)


WRONG = {
    "too few": (
        lambda g, a, b: (g * b,),
        Kind.ARITY,
        None,
        "The vjp returned 1 gradient; return a tuple of 2: ∂L/∂a and ∂L/∂b.",
    ),
    "too few, bare": (
        lambda g, a, b: g * b,
        Kind.ARITY,
        None,
        "The vjp returned 1 gradient; return a tuple of 2: ∂L/∂a and ∂L/∂b.",
    ),
    "too many": (
        lambda g, a, b: (*right(g, a, b), g),
        Kind.ARITY,
        None,
        "The vjp returned 3 gradients; return a tuple of 2: ∂L/∂a and ∂L/∂b.",
    ),
    "nothing": (
        lambda g, a, b: None,
        Kind.ARITY,
        None,
        "The vjp returned 1 gradient; return a tuple of 2: ∂L/∂a and ∂L/∂b.",
    ),
    "none": (
        lambda g, a, b: (g * b, None),
        Kind.MISSING,
        "b",
        "The vjp returned None for b, which is differentiable; return an array of shape (3,), or "
        "declare nondiff=('b',).",
    ),
    "a list of gradients": (
        lambda g, a, b: list(right(g, a, b)),
        Kind.TYPE,
        None,
        "The vjp returned a list; return a tuple of 2: ∂L/∂a and ∂L/∂b.",
    ),
    "a list for one": (
        lambda g, a, b: (g * b, [1.0, 2.0, 3.0]),
        Kind.TYPE,
        "b",
        "The vjp returned a list for b; return a NumPy array of shape (3,).",
    ),
    "a string": (
        lambda g, a, b: (g * b, "zero"),
        Kind.TYPE,
        "b",
        "The vjp returned a str for b; return a NumPy array of shape (3,).",
    ),
    "objects": (
        lambda g, a, b: (g * b, np.array([None] * 3)),
        Kind.TYPE,
        "b",
        "The vjp returned an array of dtype object for b; return a NumPy array of shape (3,).",
    ),
    "transposed": (
        lambda g, a, b: ((g * b).T, (g * a).sum(0)),
        Kind.SHAPE,
        "a",
        "∂L/∂a has shape (3, 2); a has shape (2, 3). It looks transposed.",
    ),
    "broadcast axis not summed": (
        lambda g, a, b: (g * b, g * a),
        Kind.SHAPE,
        "b",
        "∂L/∂b has shape (2, 3); b has shape (3,). Sum over the axes along which the input was "
        "broadcast (gc.unbroadcast).",
    ),
    "a scalar that would broadcast": (
        lambda g, a, b: (g * b, np.float64(0)),
        Kind.SHAPE,
        "b",
        "∂L/∂b has shape (); b has shape (3,).",
    ),
    "a row that would broadcast": (
        lambda g, a, b: (g * b, (g * a).sum(0, keepdims=True)),
        Kind.SHAPE,
        "b",
        "∂L/∂b has shape (1, 3); b has shape (3,). Sum over the axes along which the input was "
        "broadcast (gc.unbroadcast).",
    ),
    "single precision": (
        lambda g, a, b: (g * b, (g * a).sum(0).astype(np.float32)),
        Kind.DTYPE,
        "b",
        "∂L/∂b is float32; b is float64, and so must its gradient be.",
    ),
    "integers": (
        lambda g, a, b: (g * b, np.zeros(3, int)),
        Kind.DTYPE,
        "b",
        "∂L/∂b is int64; b is float64, and so must its gradient be.",
    ),
    "complex": (
        lambda g, a, b: (g * b, (g * a).sum(0) + 0j),
        Kind.DTYPE,
        "b",
        "∂L/∂b is complex128; b is float64, and so must its gradient be.",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_broken_contract_is_told_in_a_sentence(name):
    vjp, kind, argument, message = WRONG[name]
    found = failure(times, vjp, A, B)
    assert (found.kind, found.argument, found.message) == (kind, argument, message)
    assert found.location.line == vjp.__code__.co_firstlineno


def test_a_gradient_that_is_not_finite_is_a_wrong_number():
    found = failure(times, lambda g, a, b: (g * b, np.full(3, np.nan)), A, B)
    assert (found.kind, found.argument) == (Kind.NONFINITE, "b")
    assert found.headline == "∂L/∂b is not finite"


@pytest.mark.parametrize("value", [np.inf, -np.inf, np.nan])
def test_one_number_that_is_not_finite_is_found(value):
    def vjp(g, x):
        d = 2 * g
        d[1] = value
        return d

    found = failure(lambda x: 2 * x, vjp, B)
    assert (found.kind, found.worst.where) == (Kind.NONFINITE, "x[1]")


# Arguments stay as they were.


def overwrite(x):
    x[...] = 0
    return x + 1.0


def into_input(g, x):
    x += 1
    return 2 * g


def into_cotangent(g, x):
    g *= 2
    return g.copy()


def twice(x):
    return 2 * x


def test_a_forward_that_writes_into_its_input():
    found = failure(overwrite, lambda g, x: g, B.copy())
    assert (found.kind, found.argument) == (Kind.VALUE, "x")  # that of a constant is 0
    assert found.besides[0].startswith("The forward wrote into x")
    found = failure(overwrite, lambda g, x: 0 * g, B.copy())
    assert (found.kind, found.headline) == (Kind.MUTATION, "the forward changed x")
    assert found.location.line == overwrite.__code__.co_firstlineno


def test_a_vjp_that_writes_into_its_input():
    found = failure(twice, into_input, B.copy())
    assert (found.kind, found.argument, found.headline) == (Kind.MUTATION, "x", "the vjp changed x")
    assert found.location.line == into_input.__code__.co_firstlineno


def test_a_vjp_that_writes_into_the_cotangent():
    found = failure(twice, into_cotangent, B.copy())
    assert (found.kind, found.argument) == (Kind.MUTATION, None)
    assert found.headline == "the vjp changed the cotangent"


def test_a_vjp_that_writes_into_the_output():
    @gc.op("(n)->(n)", name="writes_out")
    def op(x):
        return np.exp(x)

    @op.vjp
    def _(g, out):
        out *= g
        return out.copy()

    found = gc.check(op, cases=30).failure
    assert found.kind is Kind.MUTATION
    assert found.headline == "the vjp changed out"


def test_the_caller_s_arrays_are_never_touched():
    x = B.copy()
    gc.check_at(overwrite, lambda g, x: g, x)
    gc.check_at(twice, into_input, x)
    assert (x == B).all()


# Memory.


def test_two_gradients_in_one_memory():
    def vjp(g, a, b):
        d = g.copy()
        return d, d

    assert hazard(np.add, vjp, B, B + 1) == "∂L/∂x and ∂L/∂y share memory"


def test_a_gradient_that_is_the_cotangent():
    said = hazard(lambda x: x + 1, lambda g, x: g, B)
    assert said == "∂L/∂x shares memory with the cotangent"


def test_a_gradient_that_shares_memory_and_is_wrong_is_wrong():
    found = failure(lambda x: x + 1, lambda g, x: g[::-1], B)
    assert (found.kind, found.headline) == (Kind.VALUE, "∂L/∂x is wrong")
    assert found.besides == (
        "∂L/∂x is a view of the cotangent: adding to it in place changes the cotangent. "
        "Return a copy.",
    )


def test_a_gradient_that_is_a_view_of_an_input():
    found = failure(lambda x: (x[::-1] * x).sum() / 2, lambda g, x: x[::-1], B)
    assert found.kind in (Kind.ALIASING, Kind.VALUE)
    found = failure(lambda x: (x * x).sum() / 2, lambda g, x: x[:], B)
    assert found.headline == "∂L/∂x is wrong"
    assert "∂L/∂x is a view of x" in found.besides[0]


def test_a_read_only_view_of_the_cotangent_is_fine():
    def vjp(g, x):
        return np.broadcast_to(g, x.shape)

    assert gc.check_at(np.sum, vjp, B)


# What has no gradient.


def pick(x, k):
    return x[k]


def scattered(g, x, k):
    d = np.zeros_like(x)
    np.add.at(d, k, g)
    return d


def test_an_input_without_gradient_may_be_left_out_or_none():
    assert gc.check_at(pick, scattered, B, K)
    assert gc.check_at(pick, lambda g, x, k: (scattered(g, x, k),), B, K)
    assert gc.check_at(pick, lambda g, x, k: (scattered(g, x, k), None), B, K)


def test_a_gradient_for_an_input_that_has_none():
    found = failure(pick, lambda g, x, k: (scattered(g, x, k), np.zeros(2)), B, K)
    assert (found.kind, found.argument) == (Kind.UNWANTED, "k")
    assert found.headline == "∂L/∂k should be None"


# The pieces by themselves.


INPUTS = Inputs({"x": A, "k": K}, ("x",))


@pytest.mark.parametrize(
    ("returned", "headline"),
    [
        (None, "forward returned no array"),
        ([1.0, 2.0], "forward returned no array"),
        ("text", "forward returned no array"),
        (np.array([None]), "forward returned no array"),
        ((A, None), "forward returned no array"),
        (A > 1, "forward has no differentiable output"),
        (A.argmax(), "forward has no differentiable output"),
        ((), "forward has no differentiable output"),
        (A + 1j, "forward returned complex numbers for real inputs"),
    ],
)
def test_outputs_that_cannot_be_used(returned, headline):
    found = outputs_of(returned, INPUTS)
    assert (found.kind, found.headline) == (Kind.FORWARD, headline)


def test_outputs_that_can():
    assert outputs_of(1.5, INPUTS)[0].shape == ()
    one, two = outputs_of((A, K), INPUTS)
    assert one is A
    assert two is K


def test_a_python_number_is_a_gradient_of_a_0d_input():
    inputs = Inputs({"x": np.array(2.0)}, ("x",))
    gradients, violations = gradients_of(3.0, inputs)
    assert gradients["x"].shape == ()
    assert not violations


def test_gradients_that_fit_are_kept_beside_those_that_do_not():
    inputs = Inputs({"a": A, "b": B}, ("a", "b"))
    gradients, violations = gradients_of((A, B[:1]), inputs)
    assert list(gradients) == ["a"]
    assert [(v.kind, v.argument) for v in violations] == [(Kind.SHAPE, "b")]
