"""Where a mistake shows is said if the cases prove it, in the words of the op."""

import numpy as np
import pytest
from hypothesis import strategies as st
from numpy.lib.stride_tricks import sliding_window_view

import gradcheck as gc
from tests.sampled import sampled


def exponential():
    return gc.op("(...)->(...)", name="exp", domains={"x": gc.real(-3, 3)})(np.exp)


def softplus():
    return gc.op("(...)->(...)", name="softplus")(lambda x: np.logaddexp(0, x))


def product():
    return gc.op("(n,d),(n,d)->(n,d)", name="product")(lambda x, w: x * w)


def added():
    return gc.op("(...),(...)->(...)", name="added")(lambda a, b: a + b)


def smooth():
    def forward(x, y, beta):
        d = abs(x - y)
        return np.where(d < beta, d * d / (2 * beta), d - beta / 2)

    return gc.op("(n),(n)->(n)", name="smooth", params={"beta": st.sampled_from([0.5, 2.0])})(
        forward
    )


def reduced():
    def forward(x, reduction="mean"):
        return x.mean() if reduction == "mean" else x.sum()

    options = {"reduction": st.sampled_from(["mean", "sum"])}
    return gc.op("(n)->()", name="reduced", dims={"n": gc.size(min=1)}, params=options)(forward)


def summed():
    return gc.op(name="summed", params={"axis": gc.axis_of("x")})(lambda x, axis: x.sum(axis=axis))


def smoothed():
    return gc.op(
        "(t),(k)->(o)",
        name="smoothed",
        dims={"t": gc.size(min=3), "k": gc.size(min=1, max=3)},
        params={"stride": st.integers(1, 3)},
    )(lambda x, w, stride: sliding_window_view(x, w.size)[::stride] @ w)


def smoothed_gradient(g, x, w, stride, length):
    dx = np.zeros(length)
    for k in range(w.size):
        dx[k : k + stride * g.size : stride] += g * w[k]
    return dx, g @ sliding_window_view(x, w.size)[::stride]


def picked():
    return gc.op(
        "(v)->(k)",
        name="picked",
        dims={"v": gc.size(min=4)},
        params={"index": lambda v: gc.arrays((3,), gc.integers(0, v - 1))},
    )(lambda x, index: x[index])


def picked_gradient(g, x, index, write):
    dx = np.zeros_like(x)
    write(dx, index, g)
    return dx


def total(g, x, axis):
    return np.broadcast_to(np.expand_dims(g, axis), x.shape).copy()


def total_by_slices(g, x, axis):
    return np.broadcast_to(g.reshape((*x.shape[:axis], 1, *x.shape[axis + 1 :])), x.shape).copy()


def exp_where(holds, instead):
    return lambda g, x, out: np.where(holds(x), instead, 1) * g * out


# A forward, a wrong gradient, the right one, and what is said.
KNOWN = [
    (exponential, exp_where(lambda x: x == 0, 0), "x = 0"),
    (exponential, exp_where(lambda x: x < 0, -1), "x < 0"),
    (exponential, exp_where(lambda x: abs(x) > 2, 2), "|x| > 2"),
    (exponential, exp_where(lambda x: x == 0, np.nan), "x = 0"),
]


def with_vjp(make, rule):
    spec = make()
    spec.vjp(rule)
    return spec


@pytest.fixture
def only_where(told_apart):
    def words(make, wrong, right, **wanted):
        return told_apart(with_vjp(make, wrong), with_vjp(make, right), **wanted).diagnosis()

    return lambda *rules, **wanted: words(*rules, **wanted).only_where


@pytest.mark.parametrize(("make", "wrong", "words"), KNOWN)
def test_entries_are_told_apart_by_their_values(only_where, make, wrong, words):
    assert only_where(make, wrong, lambda g, out: g * out) == words


def test_entries_are_told_apart_where_a_function_overflows(only_where):
    said = only_where(
        softplus,
        lambda g, x: g * np.exp(x) / (1 + np.exp(x)),
        lambda g, x: g * np.exp(-np.logaddexp(0, -x)),
        cases=120,
    )
    assert said == "x > 709"


def test_entries_are_told_apart_by_a_difference_beside_a_param(only_where):
    def gradient(g, x, y, beta, size):
        dx = g * np.where(size(x - y) < beta, (x - y) / beta, np.sign(x - y))
        return dx, -dx

    said = only_where(
        smooth,
        lambda g, x, y, beta: gradient(g, x, y, beta, lambda d: d),
        lambda g, x, y, beta: gradient(g, x, y, beta, abs),
    )
    assert said == "x − y < −beta"


@pytest.mark.parametrize(
    ("place", "words"),
    [
        (lambda n, d: np.eye(n, d, dtype=bool), "the entry is on the diagonal"),
        (lambda n, d: np.tri(n, d, -1, dtype=bool), "the entry is below the diagonal"),
        (lambda n, d: np.arange(d) == d - 1, "the entry is the last of its row"),
    ],
)
def test_entries_are_told_apart_by_their_place(only_where, place, words):
    said = only_where(
        product,
        lambda g, x, w: (np.where(place(*x.shape), 0, g * w), g * x),
        lambda g, x, w: (g * w, g * x),
    )
    assert said == words


@pytest.mark.parametrize(
    ("make", "wrong", "right", "words"),
    [
        (
            reduced,
            lambda g, x: np.full_like(x, g / x.size),
            lambda g, x, reduction: np.full_like(x, g / (x.size if reduction == "mean" else 1)),
            ("reduction = 'sum'", "reduction = 'sum' and n ≠ 1", "reduction = 'sum' and n > 1"),
        ),
        (summed, total_by_slices, total, ("axis = −1",)),
        (
            smoothed,
            lambda g, x, w, stride: smoothed_gradient(
                g, x, w, stride, (g.size - 1) * stride + w.size
            ),
            lambda g, x, w, stride: smoothed_gradient(g, x, w, stride, x.size),
            ("stride does not divide t − k",),
        ),
        (
            added,
            lambda g: (g.copy(), g.copy()),
            lambda g, a, b: (gc.unbroadcast(g, a.shape), gc.unbroadcast(g, b.shape)),
            ("a is broadcast", "b is broadcast"),
        ),
        (
            picked,
            lambda g, x, index: picked_gradient(g, x, index, np.put),
            lambda g, x, index: picked_gradient(g, x, index, np.add.at),
            ("an index in index is repeated",),
        ),
        (
            product,
            lambda g, x, w: (g * w * (2 if len(x) % 2 else 1), g * x),
            lambda g, x, w: (g * w, g * x),
            ("n is odd",),
        ),
        (
            product,
            lambda g, x, w: (g * w * (2 if len(x) != x.shape[1] else 1), g * x),
            lambda g, x, w: (g * w, g * x),
            ("n ≠ d",),
        ),
    ],
)
def test_cases_are_told_apart_by_sizes_and_params(only_where, make, wrong, right, words):
    assert only_where(make, wrong, right, cases=96) in words


@pytest.mark.slow
def test_large_cases_are_told_apart_by_their_size(only_where):
    def blockwise(g, x, w):
        kept = len(x) // 8 * 8 if len(x) > 1024 else len(x)
        return g * w, (g * x)[:kept].sum(axis=0)

    columns = gc.op("(n,d),(d)->(n,d)", name="columns")(lambda x, w: x * w)
    rows = gc.op("(n,d),(d)->(n,d)", name="columns")(lambda x, w: x * w)
    said = only_where(
        lambda: (columns, rows)[columns.complete],
        blockwise,
        lambda g, x, w: (g * w, (g * x).sum(axis=0)),
        large=True,
        cases=10,
    )
    assert said in ("n is not a multiple of 8", "n exceeds 8 and is no multiple of it")


def test_nothing_is_said_where_all_cases_fail(only_where):
    assert only_where(exponential, lambda g, out: -g * out, lambda g, out: g * out) == ""


@pytest.mark.parametrize("seed", sampled(range(8), every=4))
def test_nothing_is_said_where_cases_fail_at_random(only_where, seed):
    def moody(g, x, w):
        wrong = np.sin(1e4 * np.sum(x * g) + seed) > 0
        return g * w * (2 if wrong else 1), g * x

    said = only_where(product, moody, lambda g, x, w: (g * w, g * x), seed=seed)
    assert said == ""
