"""Each known mistake is named when it is made, and nothing is said of one that is not known."""

import numpy as np
import pytest
from hypothesis import strategies as st

import gradcheck as gc
from gradcheck.results.kind import Kind

RIGHT = "the right gradient"


def of(signature, forward, **spec):
    return gc.op(signature, name="op", **spec)(forward)


def product():
    return of("(n,d),(n,d)->(n,d)", lambda x, w: x * w)


def matrices():
    return of("(n,d),(d,m)->(n,m)", lambda x, w: x @ w)


def columns():
    return of("(n,d),(d)->(n,d)", lambda x, w: x * w)


def running_sum():
    return of("(n)->(n)", lambda x: np.cumsum(x, axis=0))


def picked():
    return of(
        "(v)->(k)",
        lambda x, index: x[index],
        dims={"v": gc.size(min=1)},
        params={"index": lambda v: gc.arrays((5,), gc.integers(0, v - 1))},
    )


def mean_rows():
    return of("(n,d)->(n)", lambda x: x.mean(axis=1), dims={"d": gc.size(min=1)})


def scaled():
    def forward(x, factor):
        return x * factor

    return of("(n)->(n)", forward, params={"factor": st.sampled_from([0.3, 0.7, 1.9])})


def reduced():
    def forward(x, reduction="mean"):
        return x.mean() if reduction == "mean" else x.sum()

    options = st.sampled_from(["mean", "sum"])
    return of("(n)->()", forward, dims={"n": gc.size(min=1)}, params={"reduction": options})


def square_matrices():
    return of("(n,n)->(n,n)", lambda x: x * x)


def pair():
    return of("(n)->(n),(n)", lambda x: (np.sin(x), x * x))


def elementwise(function):
    return of("(...)->(...)", function, domains={"x": gc.real(-3, 3)})


def layer():
    return of("(n,d),(d,m)->(n,m)", lambda x, w: np.tanh(x @ w), domains={"x": gc.real(-1, 1)})


def picked_gradient(g, x, index, write):
    d = np.zeros_like(x)
    write(d, index, g)
    return d


def assigned(d, index, g):
    d[index] = g


def assigned_backwards(d, index, g):
    d[index[::-1]] = g[::-1]


# Constant factors, and such as have a name.
FACTORS = [
    (product, lambda g, x, w: (-g * w, g * x), f"{RIGHT} with the wrong sign"),
    (product, lambda g, x, w: (2 * g * w, g * x), f"twice {RIGHT}"),
    (product, lambda g, x, w: (g * w / 2, g * x), f"half {RIGHT}"),
    (product, lambda g, x, w: (g * w * -2, g * x), f"twice {RIGHT}, with the wrong sign"),
    (product, lambda g, x, w: (g * w * np.pi, g * x), f"{RIGHT} times π"),
    (product, lambda g, x, w: (g * w * 2 / 3, g * x), f"{RIGHT} times 2/3"),
    (product, lambda g, x, w: (g * w * 1.0001, g * x), f"{RIGHT} times 1.0001"),
    (product, lambda g, x, w: (g * w * (1 - 1e-6), g * x), f"{RIGHT} times 0.999999"),
    (product, lambda g, x, w: (np.zeros_like(x), g * x), "zero"),
    (product, lambda g, x, w: (g * w * len(x), g * x), f"{RIGHT} times n"),
    (product, lambda g, x, w: (g * w / x.shape[1], g * x), f"{RIGHT} divided by d"),
    (product, lambda g, x, w: (g * w / max(x.size, 1), g * x), f"{RIGHT} divided by x.size"),
    (scaled, lambda g: g, f"{RIGHT} divided by factor"),
    (scaled, lambda g, factor: g * factor**2, f"{RIGHT} times factor"),
    (
        mean_rows,
        lambda g, x: np.repeat(g[:, None], x.shape[1], 1) / max(len(x), 1),
        f"{RIGHT} times d / n",
    ),
    (reduced, lambda g, x: np.full_like(x, g / x.size), f"{RIGHT} divided by n"),
]
# The right numbers in the wrong places.
PLACES = [
    (matrices, lambda g, x, w: (g @ w.T, g.T @ x), f"the transpose of {RIGHT} (agrees after .T)"),
    (square_matrices, lambda g, x: (2 * g * x).T, f"the transpose of {RIGHT} (agrees after .T)"),
    (product, lambda g, x, w: (g * x, g * w), "the gradient of w (the two are swapped)"),
    (product, lambda g, x, w: (g * x, g * x), "the gradient of w"),
    (columns, lambda g, x, w: (g * w, g * x), f"{RIGHT} before the sum over broadcast axes"),
    (
        columns,
        lambda g, x, w: (g * w, np.broadcast_to((g * x).sum(0), x.shape).copy()),
        f"{RIGHT}, repeated along the axes that w lacks",
    ),
    (square_matrices, lambda g, x: (2 * g * x)[::-1], f"{RIGHT} reversed along axis 0"),
    (square_matrices, lambda g, x: (2 * g * x)[:, ::-1], f"{RIGHT} reversed along axis -1"),
    (
        square_matrices,
        lambda g, x: np.roll(2 * g * x, 1, 0),
        f"{RIGHT} rolled forward by one along axis 0",
    ),
    (square_matrices, lambda g, x: np.tril(2 * g * x), f"the lower triangle of {RIGHT} only"),
    (product, lambda g, x, w: ((g * w).ravel(), g * x), f"{RIGHT} in another shape"),
    (
        product,
        lambda g, x, w: ((g * w).sum(axis=0, keepdims=True), g * x),
        f"{RIGHT} summed over axes that it has",
    ),
    (product, lambda g, x, w: (np.pad(g * w, 1), g * x), f"{RIGHT} with entries around it"),
    (product, lambda g, x, w: ((g * w)[:-1], g * x), f"the first entries of {RIGHT} only"),
    (product, lambda g, x, w: (np.sort(g * w, None).reshape(x.shape), g * x), "the right numbers"),
]
# What was done with the cotangent.
COTANGENTS = [
    (product, lambda g, x, w: (w, g * x), f"{RIGHT} for a cotangent of ones"),
    (product, lambda g, x, w: (w * g.sum(), g * x), f"{RIGHT} for a cotangent where each entry"),
    (product, lambda g, x, w: (w * abs(g), g * x), f"{RIGHT} for a cotangent without its signs"),
    (product, lambda g, x, w: (w * g**2, g * x), f"{RIGHT} for a cotangent squared"),
    (
        product,
        lambda g, x, w: (w * g.ravel(order="K").reshape(g.shape), g * x),
        f"{RIGHT} for the cotangent read in memory order, whatever its strides",
    ),
    (running_sum, np.cumsum, "the Jacobian times the cotangent"),
    (running_sum, lambda g: g, "the cotangent itself"),
    (pair, lambda g, x: g[0] * np.cos(x), f"{RIGHT} for the cotangent of output 0 only"),
    (pair, lambda g, x: 2 * x * g[1], f"{RIGHT} without the cotangent of output 0"),
    (
        lambda: of("(n,d)->(n,d)", lambda x: x / x.sum(1)[:, None], domains={"x": gc.positive()}),
        lambda g, x, out: g * (1 - out) / x.sum(1)[:, None],
        "the diagonal of the Jacobian times the cotangent",
    ),
]
# Contributions that were lost on the way.
SUMS = [
    (
        picked,
        lambda g, x, index: picked_gradient(g, x, index, assigned),
        "the last contribution to each entry only",
    ),
    (
        picked,
        lambda g, x, index: picked_gradient(g, x, index, assigned_backwards),
        "the first contribution to each entry only",
    ),
    (matrices, lambda g, x, w: (g @ w.T, x[-1:].T @ g[-1:]), "the part that comes from"),
    (matrices, lambda g, x, w: (g @ w.T, x[:-1].T @ g[:-1]), f"{RIGHT} without the part"),
    (
        matrices,
        lambda g, x, w: (g @ w.T, x[: len(x) // 4 * 4].T @ g[: len(x) // 4 * 4]),
        f"{RIGHT} without the part that comes from the output's last entries along axis 0, "
        "beyond whole blocks of 4",
    ),
    (
        lambda: of("(...,n)->(...)", lambda x: x.max(axis=-1), dims={"n": gc.size(min=1)}),
        lambda g, x, out: g[..., None] * (x == out[..., None]),
        "the whole cotangent for every tied entry",
    ),
]
# Factors of the chain rule, other functions, other points.
CHAINS = [
    (
        layer,
        lambda g, x, w, out: (g @ w.T, x.T @ (g * (1 - out**2))),
        "without the factor 1 − out²",
    ),
    (layer, lambda g, x, w, out: (g * 0 @ w.T, x.T @ (g * (1 - out**2))), "zero"),
    (
        layer,
        lambda g, x, w, out: ((g * (1 - out**2) ** 2) @ w.T, x.T @ (g * (1 - out**2))),
        f"{RIGHT} times 1 − out²",
    ),
    (lambda: elementwise(np.sin), lambda g, x: g * -np.sin(x), "times −sin(x)"),
    (lambda: elementwise(np.tanh), lambda g, x: g * (1 - x**2), "the cotangent times 1 − x²"),
    (lambda: elementwise(lambda x: np.maximum(x, 0)), lambda g: g * (g > 0), "at g instead of x"),
    (
        lambda: elementwise(lambda x: 1 / (1 + np.exp(-x))),
        lambda g, out: g * (t := 1 / (1 + np.exp(-out))) * (1 - t),
        "σ(out)·(1 − σ(out))",
    ),
    (
        lambda: of("(n,d),(d)->(n,d)", lambda x, w: w * x / np.sqrt((x * x).sum(1)[:, None] + 1)),
        lambda g, x, w: (
            (g - x * (r := 1 / np.sqrt((x * x).sum(1)[:, None] + 1)) ** 2 * (g * x).sum(1)[:, None])
            * r,
            (g * x / np.sqrt((x * x).sum(1)[:, None] + 1)).sum(0),
        ),
        f"{RIGHT} if w were 1",
    ),
    (
        lambda: of(
            "(n)->(n)",
            lambda x, mode="sin": np.sin(x) + (np.cos(2 * x) if mode == "both" else 0),
            params={"mode": st.sampled_from(["sin", "both"])},
            domains={"x": gc.real(-3, 3)},
        ),
        lambda g, x: g * np.cos(x),
        "the cotangent times cos(x), the derivative of the sine",
    ),
    (
        lambda: of(
            "(n)->(n)",
            lambda x, mode="plain": np.cumsum(np.sin(x) if mode == "plain" else np.cos(x) * x),
            params={"mode": st.sampled_from(["plain", "other"])},
            domains={"x": gc.real(-3, 3)},
        ),
        lambda g, x: np.cumsum(g[::-1])[::-1] * np.cos(x),
        f"{RIGHT} for mode = 'plain'",
    ),
]
# Right in part of the entries, or in part of the digits.
PARTS = [
    (
        product,
        lambda g, x, w: (np.where(x < 0, -g * w, g * w), g * x),
        f"{RIGHT} with the wrong sign, in some entries",
    ),
    (product, lambda g, x, w: (np.where(x < 0, 0, g * w), g * x), "zero, in some entries"),
    (
        lambda: elementwise(np.exp),
        lambda g, out: (g * out).astype(np.float32).astype(np.float64),
        f"{RIGHT} rounded to float32",
    ),
    (
        lambda: elementwise(np.exp),
        lambda g, x, out: g * out * (1 + 3e-6 * np.sin(97 * x)),
        f"{RIGHT} to 5 digits only",
    ),
]
# Terms that are there without a cotangent; the last one is right for a cotangent of ones.
TERMS = [
    (product, lambda g, x, w: (g * w + 1 + x**2, g * x), f"{RIGHT} plus a term"),
    (
        lambda: of("(n),(n)->()", lambda x, w: x @ w + np.sum(w * w) / 2),
        lambda g, x, w: (g * w, g * x + w),
        f"{RIGHT} with a term that the cotangent does not scale",
    ),
]
KNOWN = [*FACTORS, *PLACES, *COTANGENTS, *SUMS, *CHAINS, *PARTS, *TERMS]
# Wrong in ways that have no name.
UNKNOWN = [
    (product, lambda g, x, w: (g * w + 0.1 * np.sin(x) * g, g * x)),
    (product, lambda g, x, w: (g * np.sin(w + 0.3), g * x)),
    (matrices, lambda g, x, w: (g @ w.T, x.T @ np.sin(g))),
    (running_sum, lambda g: g + np.cumsum(g)),
    (layer, lambda g, x, w, out: ((g * (1 - out**2)) @ w.T, x.T @ (g * (1 - out**3)))),
]


def with_vjp(make, rule):
    spec = make()
    spec.vjp(rule)
    return spec


@pytest.mark.parametrize(("make", "rule", "words"), KNOWN, ids=[words for *_, words in KNOWN])
def test_a_known_mistake_is_named(named, make, rule, words):
    assert words in named(with_vjp(make, rule))


@pytest.mark.parametrize(("make", "rule"), UNKNOWN)
def test_nothing_is_said_of_a_mistake_that_is_not_known(named, make, rule):
    assert named(with_vjp(make, rule)) == ""


@pytest.mark.parametrize("seed", range(6))
def test_any_constant_factor_is_found(named, seed):
    factor = np.random.default_rng(seed).normal()
    said = named(with_vjp(product, lambda g, x, w: (factor * g * w, g * x)))
    prefix, _, number = said.replace("−", "-").rpartition(" ")
    assert prefix == f"{RIGHT} times"
    assert float(number) == pytest.approx(factor, rel=1e-6)


def test_a_gradient_that_is_right_where_it_is_finite_is_said_to_be(named):
    spec = with_vjp(
        lambda: elementwise(np.exp), lambda g, x, out: np.where(x == 0, np.nan, g * out)
    )
    assert named(spec, cases=60, kind=Kind.NONFINITE) == f"{RIGHT} where it is finite"


@pytest.mark.parametrize(
    ("rule", "kind", "words"),
    [
        (lambda g, x: 3 * x**2, Kind.ZERO, "for a cotangent of ones: the cotangent is ignored"),
        (
            lambda g, x: 3 * x**2 * g + (1 - g) * x,
            Kind.LINEARITY,
            "with a term that the cotangent does not scale",
        ),
        (
            lambda g, x: 3 * x**2 * g.ravel(order="K").reshape(g.shape),
            Kind.LAYOUT,
            "for the cotangent read in memory order",
        ),
        (lambda g, x: 3 * x**2 * g**3, Kind.LINEARITY, ""),
    ],
)
def test_what_further_calls_show_is_named(named, rule, kind, words):
    cube = of(
        "(n,d)->(n,d)",
        lambda x: x**3,
        domains={"x": gc.real(1, 9)},
        dims={"n": gc.size(min=2), "d": gc.size(min=2)},
    )
    spec = with_vjp(lambda: cube, rule)
    said = named(spec, kind=kind)
    assert words in said
    assert bool(said) == bool(words)
