"""Gradients beside numeric derivatives: which probes are taken, and what they tell apart."""

from typing import Any

import numpy as np
import pytest
from scipy import special

import gradcheck as gc
from gradcheck.numeric import ladder
from gradcheck.numeric.comparison import Obstacle
from gradcheck.numeric.forward import FlatForward
from gradcheck.numeric.paths import SparsePath
from gradcheck.numeric.problem import DIRECTIONS, EVERY_ENTRY
from gradcheck.results.verdict import Verdict
from tests.judged import judged

RNG = np.random.default_rng(5)


def test_every_entry_is_judged_up_to_the_limit():
    x = RNG.standard_normal(EVERY_ENTRY)
    tally = judged(np.sin, [lambda g, x: g * np.cos(x)], x)
    assert tally.probes == EVERY_ENTRY
    assert not tally.failures
    assert (tally.power.entries, tally.power.blind) == (EVERY_ENTRY, 0)
    assert tally.nonzero


def test_above_the_limit_random_directions_are_taken():
    x = RNG.standard_normal(EVERY_ENTRY + 1)
    tally = judged(np.sin, [lambda g, x: g * np.cos(x)], x)
    assert tally.probes == DIRECTIONS
    assert {c.where for c in tally.proven} == {"a random direction"}
    assert (tally.power.entries, tally.power.blind) == (EVERY_ENTRY + 1, 0)


@pytest.mark.parametrize(("probes", "count"), [("all", 100), (1, 1), (5, 5)])
def test_the_number_of_probes_can_be_asked_for(probes, count):
    x = RNG.standard_normal(100)
    tally = judged(np.sin, [lambda g, x: g * np.cos(x)], x, probes=probes)
    assert tally.probes == count


@pytest.mark.parametrize("wrong", [0, 1, 4999, 7777, 9999])
@pytest.mark.parametrize("factor", [0.0, -1.0, 1.01])
def test_bisection_names_the_wrong_entry_among_many(wrong, factor):
    def off(g, x):
        d = g * np.cos(x)
        d[wrong] *= factor
        return d

    tally = judged(np.sin, [off], RNG.standard_normal(10_000))
    assert f"x[{wrong}]" in [c.where for c in tally.failures]


def test_bisection_finds_the_input_as_well():
    def times(x, y):
        return x * y

    def off(g, x, y):
        d = g * x
        d[17, 3] += 1
        return d

    x, y = RNG.standard_normal((2, 20, 20))
    failures = judged(times, [lambda g, x, y: g * y, off], x, y).failures
    assert [c.where for c in failures if c.argument] == ["y[17,3]"]


SCALED = [
    (np.sin, lambda g, x: g * np.cos(x)),
    (np.exp, lambda g, x: g * np.exp(x)),
    (np.square, lambda g, x: g * 2 * x),
    (special.expit, lambda g, x: g * special.expit(x) * special.expit(-x)),
]


@pytest.mark.parametrize(("f", "vjp"), SCALED)
@pytest.mark.parametrize("excess", [1e-1, -1e-4, 1e-6, -1e-6])
def test_one_entry_wrong_by_a_millionth_fails(f, vjp, excess):
    def off(g, x):
        d = vjp(g, x)
        d[3] *= 1 + excess
        return d

    x = np.linspace(-2, 2, 12) + 0.05
    failures = judged(f, [off], x).failures
    assert [c.where for c in failures] == ["x[3]"]
    assert not judged(f, [vjp], x).failures


@pytest.mark.parametrize("scale", [1e-200, 1e-30, 1e30, 1e200])
def test_a_small_gradient_is_not_hidden_by_a_tolerance(scale):
    def linear(x):
        return scale * x

    x = np.array([1.0, 2.0, 3.0])
    assert not judged(linear, [lambda g, x: scale * g], x).failures
    assert judged(linear, [lambda g, x: 1.001 * scale * g], x).failures


# Ties and kinks.


def largest(x):
    return x.max(keepdims=True)


def shares(*parts):
    return lambda g, x: g * np.array(parts)


TIED = np.array([2.0, 2.0, 1.0, 2.0])


@pytest.mark.parametrize(
    "parts",
    [
        (1, 0, 0, 0),
        (0, 0, 0, 1),
        (1 / 3, 1 / 3, 0, 1 / 3),
        (0.2, 0.7, 0, 0.1),
    ],
)
def test_any_split_of_a_tied_maximum_passes(parts):
    assert not judged(largest, [shares(*parts)], TIED).failures


@pytest.mark.parametrize(
    "parts", [(1, 1, 0, 1), (0, 0, 0, 0), (0.5, 0.4, 0, 0), (1.2, -0.2, 0, 0), (0, 0, 1, 0)]
)
def test_a_split_that_does_not_add_up_to_one_fails(parts):
    failures = judged(largest, [shares(*parts)], TIED).failures
    assert failures
    assert all(c.agrees is False for c in failures)


def test_entries_tied_across_inputs_are_moved_together():
    x, y = np.array([1.0, 5.0]), np.array([1.0, 2.0])
    right = [lambda g, x, y: g * (x >= y), lambda g, x, y: g * (y > x)]
    twice = [lambda g, x, y: g * (x >= y), lambda g, x, y: g * (y >= x)]
    assert not judged(np.maximum, right, x, y).failures
    failures = judged(np.maximum, twice, x, y).failures
    assert [c.where for c in failures] == ["2 ties at 1"]
    assert failures[0].argument is None


@pytest.mark.parametrize("slope", [-1.0, -0.3, 0.0, 1.0])
def test_any_subgradient_of_abs_passes(slope):
    def vjp(g, x):
        return g * np.where(x == 0, slope, np.sign(x))

    assert not judged(np.abs, [vjp], np.array([0.0, 1.0, -1.0])).failures


@pytest.mark.parametrize("slope", [1.001, -1.001, 2.0, np.nan])
def test_what_is_no_subgradient_fails(slope):
    def vjp(g, x):
        return g * np.where(x == 0, slope, np.sign(x))

    failures = judged(np.abs, [vjp], np.array([0.0, 1.0, -1.0])).failures
    assert [c.where for c in failures] == ["x[0]"]


def test_a_jump_is_unusable_and_not_a_failure():
    tally = judged(np.floor, [lambda g, x: 7 * g], np.array([1.0]))
    assert not tally.failures
    assert tally.problems == [Obstacle.JUMPS]


# Infinities.


@pytest.mark.parametrize("value", [np.inf, -np.inf, np.nan])
def test_a_gradient_that_is_not_finite_fails_where_the_derivative_is(value):
    failures = judged(np.sin, [lambda g, x: np.array([1.0, value]) * g], [0.0, 1.0]).failures
    assert [(c.where, c.margin) for c in failures] == [("x[1]", np.inf)]


def test_an_infinity_is_right_where_the_derivative_overflows():
    """The derivative of 1 / x at 1e-160 is -1e320."""
    tally = judged(np.reciprocal, [lambda g, x: -g * np.inf * np.sign(x)], [1e-160])
    assert not tally.failures


def test_an_infinity_among_many_entries_is_found():
    def vjp(g, x):
        d = g * np.cos(x)
        d[500] = np.inf
        return d

    failures = judged(np.sin, [vjp], RNG.standard_normal(1000)).failures
    assert [c.where for c in failures] == ["x[500]"]


# Complex numbers: for holomorphic f the gradient is g · conj(f′).

Z = np.array([0.3 + 1j, -2.0 + 0.5j, 1.0 - 0.1j])


@pytest.mark.parametrize(
    ("f", "derivative"),
    [(np.exp, np.exp), (np.sin, np.cos), (np.square, lambda z: 2 * z)],
)
def test_the_complex_convention(f, derivative):
    assert not judged(f, [lambda g, z: g * np.conj(derivative(z))], Z).failures
    unconjugated = judged(f, [lambda g, z: g * derivative(z)], Z).failures
    assert {c.where[:4] for c in unconjugated} <= {"x[0]", "x[1]", "x[2]"}
    assert unconjugated


def test_real_functions_of_complex_numbers():
    def power(z):
        return z.real**2 + z.imag**2

    assert not judged(power, [lambda g, z: 2 * g * z], Z).failures
    assert judged(power, [lambda g, z: g * np.conj(z)], Z).failures


# Domains that say how an input moves.


def symmetric(x, u):
    return (u + u.T) / 2


def test_a_projected_input_moves_on_its_domain_only():
    """Of a symmetric input, log det does not tell which of two mirrored entries moved."""
    x = np.array([[2.0, 0.5], [0.5, 1.0]])

    def logdet(x):
        if not np.allclose(x, x.T, rtol=0, atol=1e-14):
            raise np.linalg.LinAlgError("not symmetric")
        return np.array([2 * np.log(np.diag(np.linalg.cholesky(x))).sum()])

    full = judged(logdet, [lambda g, x: g * np.linalg.inv(x)], x, project=symmetric)
    assert not full.failures
    assert not full.problems
    lower = [lambda g, x: g * np.array([[1, 0], [2, 1]]) * np.linalg.inv(x)]
    assert not judged(logdet, lower, x, project=symmetric).failures
    once = [lambda g, x: g * np.tril(np.linalg.inv(x))]
    assert judged(logdet, once, x, project=symmetric).failures


# Stacks of copies.


def both_ways(forward, vjp, *inputs, signature):
    plain = gc.check_at(forward, vjp, *inputs)
    stacked = gc.check_at(forward, vjp, *inputs, signature=signature)
    return plain, stacked


X, Y = RNG.standard_normal((2, 4, 4))
W = RNG.standard_normal((3, 4, 4))


@pytest.mark.parametrize(
    ("name", "vjp"),
    [
        ("right", lambda g, a, b: (g @ b.mT, a.mT @ g)),
        ("swapped", lambda g, a, b: (a.mT @ g, g @ b.mT)),
        ("nearly", lambda g, a, b: (g @ b.mT * (1 + 1e-6), a.mT @ g)),
    ],
)
def test_stacks_give_the_verdicts_of_single_copies(name, vjp):
    results = both_ways(np.matmul, vjp, X, Y, signature="(...,m,n),(...,n,p)->(...,m,p)")
    assert [bool(r) for r in results] == [name == "right"] * 2
    assert results[0].where == results[1].where or name == "right"


def test_stacks_broadcast_against_the_other_inputs():
    def vjp(g, a, b):
        return g @ b.mT, (a.mT @ g).sum(0)

    for result in both_ways(np.matmul, vjp, W, Y, signature="(...,m,n),(...,n,p)->(...,m,p)"):
        assert result
        assert result.probes >= 64 or result.probes == DIRECTIONS


@pytest.mark.parametrize(
    "forward",
    [
        lambda x: x - x.mean(),
        lambda x: np.cumsum(x).reshape(x.shape),
        lambda x: x / np.abs(x).max(),
    ],
    ids=["mean over all", "flat cumsum", "scaled by the maximum"],
)
def test_a_signature_that_wrongly_claims_batch_axes_confuses_nothing(forward):
    """A stack of equal copies that gives another result is given up."""
    x = np.array([1.0, 2.0, -0.5, 3.0])

    def vjp(g, x):
        jacobian = np.stack(
            [(forward(x + 1e-6 * e) - forward(x - 1e-6 * e)) / 2e-6 for e in np.eye(4)]
        )
        return jacobian @ g

    loose = {"rtol": 1e-5}
    assert gc.check_at(forward, vjp, x, **loose)
    assert gc.check_at(forward, vjp, x, signature="(...)->(...)", **loose)
    assert gc.check_at(forward, vjp, x, signature="(...,n)->(...,n)", **loose)


def test_a_forward_that_cannot_take_a_stack_is_called_one_by_one():
    def strict(x):
        if x.ndim != 1:
            raise ValueError("one axis, please")
        return np.sin(x)

    x = np.arange(5.0)
    assert gc.check_at(strict, lambda g, x: g * np.cos(x), x, signature="(...,n)->(...,n)")


def test_a_mask_drawn_for_the_shape_does_not_mislead_a_stack():
    def dropout(x):
        return x * (np.random.default_rng(0).random(x.shape) < 0.5)

    def vjp(g, x):
        return g * (np.random.default_rng(0).random(x.shape) < 0.5)

    x = np.arange(1.0, 9.0)
    assert gc.check_at(dropout, vjp, x, signature="(...)->(...)")
    assert not gc.check_at(dropout, lambda g, x: g, x, signature="(...)->(...)")


# Right gradients at adversarial points: none may fail.


def softmax(x):
    return special.softmax(x, axis=-1)


def products_of_others(g, x):
    return g * np.array([np.prod(np.delete(x, k)) for k in range(x.size)])


def by_order(g, x):
    d = np.empty_like(x)
    d[np.argsort(x, kind="stable")] = g
    return d


def norm_gradient(g, x):
    length = np.sqrt((x * x).sum())
    return g * x / length if length else 0 * x


def layer_norm(x, eps=1e-5):
    return (x - x.mean(-1, keepdims=True)) / np.sqrt(x.var(-1, keepdims=True) + eps)


def layer_norm_gradient(g, x, eps=1e-5):
    r = 1 / np.sqrt(x.var(-1, keepdims=True) + eps)
    h = (x - x.mean(-1, keepdims=True)) * r
    return r * (g - g.mean(-1, keepdims=True) - h * (g * h).mean(-1, keepdims=True))


RIGHT: dict[str, Any] = {
    "relu": (
        lambda x: np.maximum(x, 0),
        lambda g, x: g * (x > 0),
        [[0.0], [0, -1, 2, 0], [1e-5, -1e-5], [1e-12, -1e-12], [1e-200, -1e-200]],
    ),
    "clip": (
        lambda x: np.clip(x, -1, 1),
        lambda g, x: g * (abs(x) <= 1),
        [[-1.0, 0, 1], [1 + 1e-5, 1 - 1e-5, 1 + 1e-12], [-2, 0.5]],
    ),
    "softplus": (
        lambda x: np.logaddexp(0, x),
        lambda g, x: g * special.expit(x),
        [[-700.0, -100, -40, -37, 0, 30, 37, 40, 700, 1e5, 1e200]],
    ),
    "sigmoid by s(1 - s)": (
        special.expit,
        lambda g, x: g * special.expit(x) * (1 - special.expit(x)),
        [[v] for v in (-700.0, -40, -20, 0, 20, 33, 36, 37, 38, 40, 700)],
    ),
    "tanh by 1 - t²": (
        np.tanh,
        lambda g, x: g * (1 - np.tanh(x) ** 2),
        [[v] for v in (-20.0, 0, 10, 15, 17, 18.5, 19.1, 100)],
    ),
    "logsumexp": (
        lambda x: special.logsumexp(x, axis=-1),
        lambda g, x: g[..., None] * softmax(x),
        [[0.0, 0, 0], [100, 0, -100], [1e5, 0], [710, 710], [37, 0], [1e10, 1e10 + 1], [1e200, 1]],
    ),
    "softmax": (
        softmax,
        lambda g, x: softmax(x) * (g - (g * softmax(x)).sum(-1, keepdims=True)),
        [[0.0, 0, 0], [100, 0, -100], [37, 0], [40, 0], [1e5, 0]],
    ),
    "reciprocal": (
        lambda x: 1 / x,
        lambda g, x: -g / x / x,
        [[1e-10, 1.0], [1e200], [1e-3, 1e3]],
    ),
    "cube": (
        lambda x: x**3,
        lambda g, x: 3 * g * x**2,
        [[0.0], [1e-5], [0, 1, 2], [1e-100], [1e100], [0, 0, 0]],
    ),
    "abs squared": (
        lambda x: x * abs(x),
        lambda g, x: 2 * g * abs(x),
        [[0.0], [0, 1e-6, -1e-6], [1e-12, 0]],
    ),
    "seventh power": (
        lambda x: x**7,
        lambda g, x: 7 * g * x**6,
        [[0.0], [0, 1, 2], [1e-100], [1e40]],
    ),
    "squared hinge": (
        lambda x: np.sum(np.maximum(1 - x, 0) ** 2),
        lambda g, x: -2 * g * np.maximum(1 - x, 0),
        [[1.0, 1, 1], [0, 1, 2]],
    ),
    "sqrt": (np.sqrt, lambda g, x: g / 2 / np.sqrt(x), [[1e-2], [1e-5], [1e-8], [1e300]]),
    "sum of many": (
        np.sum,
        lambda g, x: np.full(x.shape, g),
        [np.ones(10**5), RNG.standard_normal(10**5), 1e10 * RNG.standard_normal(10**5)],
    ),
    "cumsum": (
        np.cumsum,
        lambda g, x: g[::-1].cumsum()[::-1].copy(),
        [RNG.standard_normal(1000), [0.0, 0, 0], [1e10, 1, 1, 1]],
    ),
    "prod by the others": (
        np.prod,
        products_of_others,
        [[0.0, 2, 3], [0.0, 0, 3], [0.0, 0, 0], [1e-5, 0, 2], [1e100, 1e-100, 1e100]],
    ),
    "sort": (np.sort, by_order, [[3.0, 1, 2], [0.0, 0, 1], [1, 1 + 1e-9, 0]]),
    "sort of three ties": (np.sort, by_order, [[1.0, 1, 1]]),
    "where": (
        lambda x: np.where(x > 0, x**2, np.expm1(x)),
        lambda g, x: g * np.where(x > 0, 2 * x, np.exp(x)),
        [[1.0, -1, 1e-5, -1e-5], [-40.0, 3]],
    ),
    "norm": (
        lambda x: np.sqrt((x * x).sum()),
        norm_gradient,
        [[3.0, 4], [1e-5, 0], [0.0, 0, 0], [1e100, 1]],
    ),
    "layer norm": (
        layer_norm,
        layer_norm_gradient,
        [[0.0, 0, 0], [0.1, 0.1, 0.1], [1e8, 1e8 + 1, 0], [1e5, 1e5, 1e5]],
    ),
    "huber": (
        lambda x: np.where(abs(x) < 1, x * x / 2, abs(x) - 0.5),
        lambda g, x: g * np.clip(x, -1, 1),
        [[0.0, 1, -1, 1 + 1e-6, 1 - 1e-12], [3, 1e5]],
    ),
    "sine of large angles": (
        np.sin,
        lambda g, x: g * np.cos(x),
        [[1e5, 1e8], [1e10]],
    ),
    "reciprocal near its pole": (
        lambda x: 1 / x,
        lambda g, x: -g / x / x,
        [[1e-100], [1e-150], [1e-160]],
    ),
    "log(1 + exp) in its tail": (
        lambda x: np.log(1 + np.exp(x)),
        lambda g, x: g * special.expit(x),
        [[v] for v in (-700.0, -100, -40, -37, -36, -30, 0, 30, 700)],
    ),
    "cross-entropy near zero": (
        lambda x: np.log(np.exp(x - x[0]).sum()),
        lambda g, x: g * (softmax(x) - np.eye(x.size)[0]),
        [[v, 0.0, 0.0] for v in (1.0, 30, 36, 38, 100)],
    ),
    "variance of equal numbers": (
        lambda x: x.var(),
        lambda g, x: 2 * g * (x - x.mean()) / x.size,
        [[0.1, 0.1, 0.1], [1.0, 1, 1]],
    ),
    "a product that cancels": (
        lambda w: np.linalg.matrix_power(w, 9) @ np.array([0.0, -7e-8]),
        lambda g, w: sum(
            np.outer(
                np.linalg.matrix_power(w.T, k) @ g,
                np.linalg.matrix_power(w, 8 - k) @ np.array([0.0, -7e-8]),
            )
            for k in range(9)
        ),
        [[[3e-10, -3e-10], [9e-10, 3e-10]]],
    ),
}


# Points at which rounding inside the forward hides what its derivative is.
DOUBTFUL = ("reciprocal near its pole", "log(1 + exp) in its tail", "cross-entropy near zero")


@pytest.mark.parametrize(
    ("name", "x"), [(n, np.array(x, dtype=float)) for n, (*_, xs) in RIGHT.items() for x in xs]
)
def test_a_right_gradient_never_fails(name, x):
    forward, vjp, _ = RIGHT[name]
    result = gc.check_at(forward, vjp, x)
    assert not result.verdict.is_failure, result.reason
    assert result or name in DOUBTFUL, result.reason


def test_a_step_lost_beside_larger_inputs_proves_nothing():
    x = np.array([0.0, 8e20, -8e20])
    result = gc.check_at(np.mean, lambda g, x: np.full(x.shape, g / x.size), x)
    assert not result.verdict.is_failure, result.reason


def test_a_gradient_that_is_infinite_beside_a_huge_output_fails():
    def forward(x):
        return x * np.array([1e300, 1.0])

    def vjp(g, x):
        return g * np.array([1e300, np.inf])

    assert gc.check_at(forward, vjp, np.ones(2)).verdict is Verdict.FAIL


def test_a_forward_that_hands_out_one_buffer_is_differentiated_all_the_same():
    kept = np.empty(101)

    def forward(x):
        return np.sin(x, out=kept)

    x = np.linspace(0, 1, 101)
    assert gc.check_at(forward, lambda g, x: g * np.cos(x), x)
    assert gc.check_at(forward, lambda g, x: 1.1 * g * np.cos(x), x).verdict is Verdict.FAIL


@pytest.mark.parametrize("x", [[30.0, 0.0, 0.0], [100.0, 0.0], [1.0, 2.0]])
def test_a_term_that_rounding_swallows_is_no_mistake(x):
    def entropy(v):
        p = special.softmax(v)
        return np.sum(p * np.log(p))

    def vjp(g, v):
        p = special.softmax(v)
        slopes = np.log(p) + 1
        return g * p * (slopes - np.sum(p * slopes))

    assert not gc.check_at(entropy, vjp, np.array(x)).verdict.is_failure


@pytest.mark.parametrize("wrong_at", [0.0, 1.0, -2.5])
def test_a_gradient_that_is_wrong_at_one_value_only_fails_there(wrong_at):
    def vjp(g, x):
        return g * np.where(x == wrong_at, 5.0, np.cos(x))

    for x in ([wrong_at, 0.7], [wrong_at, 0.7, wrong_at]):
        assert gc.check_at(np.sin, vjp, np.array(x)).verdict is Verdict.FAIL


def test_slopes_that_cancel_between_outputs_are_not_lost_in_the_terms_of_an_output():
    """At short steps the terms of a cross product round so that its slopes cancel exactly."""
    a = np.array([-3.0799996, -3.0799999, -3.0799998])
    b = np.array([-1.0, -1.0, -1.0])
    forward, weights = np.cross, np.full(3, 0.9740847478330803)
    function = FlatForward(forward, [a, b], [0, 1], {})
    path = SparsePath(function, [a, b], [(1, np.array([2]), np.array([1.0]))])
    found = ladder.climb(path, np.cross(a, b), weights)
    assert not found.problem
    assert abs(found.value - weights[0] * (a[1] - a[0])) <= found.bar < 1e-9
