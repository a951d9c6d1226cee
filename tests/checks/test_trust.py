"""Right gradients of hard kinds pass, and their wrong twins fail: small runs over drawn cases."""

import os
from pathlib import Path

import numpy as np
import pytest
import scipy.linalg
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import gradcheck as gc
from gradcheck.results.kind import Kind
from gradcheck.results.verdict import Verdict

CASES = 40
pytestmark = pytest.mark.slow  # each test is a run or two over drawn cases


def op(name, forward, signature="(...)->(...)", **options):
    return gc.op(signature, name=name, **options)(forward)


def verdict(spec, seed=0):
    return gc.check(spec, cases=CASES, seed=seed, diagnose=False)


# Infinite slopes under a cotangent of zero: 0 · ∞ formed by the library is no mistake of the rule.

STEEP = {
    "root": (np.sqrt, lambda out: 0.5 / out, {"x": gc.nonnegative()}),
    "fourth_root": (lambda x: x**0.25, lambda x: 0.25 * x**-0.75, {"x": gc.nonnegative()}),
    "double_root": (lambda x: 3 * np.sqrt(x), lambda x: 1.5 / np.sqrt(x), {"x": gc.nonnegative()}),
    "root_of_square": (
        lambda x: x * np.sqrt(x),
        lambda x: 1.5 * np.sqrt(x),
        {"x": gc.nonnegative()},
    ),
}


@pytest.mark.parametrize("name", STEEP)
def test_an_infinite_slope_passes_as_a_derivative(name):
    forward, slope, domains = STEEP[name]
    result = verdict(op(name, forward, domains=domains).derivative(slope))
    assert result.verdict is Verdict.PASS, result


@pytest.mark.parametrize("name", [name for name in STEEP if name != "root_of_square"])
def test_a_rule_that_forms_it_itself_fails(name):
    forward, slope, domains = STEEP[name]
    rule = slope if name != "root" else lambda x: 0.5 / np.sqrt(x)
    spec = op(name, forward, domains=domains).vjp(lambda g, x: g * rule(x))
    result = gc.check(spec, diagnose=False)
    assert result.verdict is Verdict.FAIL, result


# Inputs of integers beside `.derivative`.


@pytest.mark.parametrize("factor", [1.0, 1.01])
@pytest.mark.parametrize("both", [True, False])
@pytest.mark.parametrize("kind", ["mask", "power", "shift"])
def test_a_derivative_beside_an_integer_input(kind, both, factor):
    forward, slope = {
        "mask": (lambda x, m: x * m / 0.7, lambda x, m: m / 0.7 + 0 * x),
        "power": (lambda x, m: x * (m + 1), lambda x, m: m + 1 + 0 * x),
        "shift": (lambda x, m: 3 * x + m, lambda x, m: 3 + 0 * (x + m)),
    }[kind]
    spec = op(kind, forward, "(...),(...)->(...)", domains={"m": gc.integers(0, 2)})
    one = lambda x, m: factor * slope(x, m)  # noqa: E731 - one of two spellings
    spec = spec.derivative((lambda x, m: (one(x, m), 0 * x)) if both else one)
    assert verdict(spec).verdict is (Verdict.PASS if factor == 1 else Verdict.FAIL)


# Params of an input's shape, in calls that properties make.

MASK = {"mask": lambda x: hnp.arrays(np.bool_, x.shape)}
MASKED = {
    "masked_sum": (lambda x, mask: np.where(mask, x, 0.0).sum(), lambda g, mask: g * mask),
    "masked_copy": (lambda x, mask: np.where(mask, x, 0.0), lambda g, mask: g * mask),
    "masked_negative": (
        lambda x, mask: np.where(mask, -x, x),
        lambda g, mask: np.where(mask, -g, g),
    ),
    "masked_mean": (
        lambda x, mask: (x * mask).sum() / max(mask.sum(), 1),
        lambda g, mask: g * mask / max(mask.sum(), 1),
    ),
}


@pytest.mark.parametrize("name", MASKED)
def test_a_mask_of_the_input_s_shape_is_no_trouble(name):
    forward, rule = MASKED[name]
    right = gc.op(name=name, params=MASK)(forward).vjp(rule)
    assert verdict(right).verdict is Verdict.PASS
    wrong = gc.op(name=name, params=MASK)(forward).vjp(lambda g, mask: 1.01 * rule(g, mask))
    assert verdict(wrong).verdict is Verdict.FAIL


# Rounding of LAPACK and its like is no broken property.


def solve(n):
    return scipy.linalg.hilbert(n) if n else np.zeros((0, 0))


ROUNDED = {
    "expm": (
        "(n,n)->(n,n)",
        lambda a: scipy.linalg.expm(a),  # noqa: PLW0108 - it calls its argument A
        lambda g, a: scipy.linalg.expm_frechet(a.T, g, compute_expm=False),
    ),
    "hilbert_solve": (
        "(n)->(n)",
        lambda a: np.linalg.solve(solve(a.size), a),
        lambda g, a: np.linalg.solve(solve(a.size).T, g),
    ),
    "inverse_of_shifted": (
        "(n,n)->(n,n)",
        lambda a: np.linalg.inv(a + 9 * np.eye(len(a))),
        lambda g, out: -(out.T @ g @ out.T),
    ),
    "long_sum": ("(n)->()", lambda a: (a * 0.1).sum(), lambda g, a: np.full(a.shape, 0.1 * g)),
}


@pytest.mark.parametrize("name", ROUNDED)
def test_the_rounding_of_solvers_breaks_no_property(name):
    signature, forward, rule = ROUNDED[name]
    dims = {"n": gc.size(min=1, max=6)}
    spec = op(name, forward, signature, domains={"a": gc.real(-2, 2)}, dims=dims).vjp(rule)
    assert verdict(spec).verdict is Verdict.PASS


@pytest.mark.parametrize("name", ROUNDED)
def test_a_term_without_the_cotangent_is_found_beside_it(name):
    signature, forward, rule = ROUNDED[name]

    def spoilt(g, a, out):
        arguments = {"g": g, "a": a, "out": out}
        names = rule.__code__.co_varnames[: rule.__code__.co_argcount]
        return rule(*(arguments[name] for name in names)) + 1e-9

    dims = {"n": gc.size(min=1, max=6)}
    spec = op(name, forward, signature, domains={"a": gc.real(-2, 2)}, dims=dims).vjp(spoilt)
    assert verdict(spec).verdict is Verdict.FAIL


# Overflow that no output shows.


def attend(q, k, v):
    s = q @ k.T
    e = np.exp(s - s.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True) @ v


def attend_vjp(g, q, k, v):
    s = q @ k.T
    e = np.exp(s - s.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    dp = g @ v.T
    ds = p * (dp - (dp * p).sum(axis=1, keepdims=True))
    return ds @ k, ds.T @ q, p.T @ g


BIG = np.array([[1e200, 1e200]])
EMPTY = {
    "attend": (attend, attend_vjp, (BIG, BIG, np.zeros((1, 0)))),
    "scaled": (
        lambda x, w: (x @ x.T) @ w,
        lambda g, x, w: (0 * (x @ x.T) @ x, 0 * w),
        (BIG, np.zeros((1, 0))),
    ),
    "squares": (
        lambda x, w: (x * x) @ w,
        lambda g, x, w: (2 * x * x * (g @ w.T), 0 * w),
        (BIG, np.zeros((2, 0))),
    ),
}


@pytest.mark.parametrize("name", EMPTY)
def test_an_overflow_that_an_empty_output_hides_tells_nothing(name):
    with np.errstate(all="ignore"):
        result = gc.check_at(EMPTY[name][0], EMPTY[name][1], *EMPTY[name][2])
    assert result.verdict in (Verdict.INCONCLUSIVE, Verdict.VACUOUS), result


@pytest.mark.parametrize("name", EMPTY)
def test_the_gradient_of_an_empty_output_must_be_zero_all_the_same(name):
    forward, _, inputs = EMPTY[name]
    small = tuple(x / 1e200 for x in inputs)
    spoilt = lambda g, *xs: tuple(x + 1.0 for x in xs)  # noqa: E731 - whatever the inputs are
    assert gc.check_at(forward, spoilt, *small).failure.kind is Kind.VALUE


# State: other inputs are other, for every kind of domain.


def keeping(name, keep, **options):
    """An op whose gradient reads what the last forward has kept."""
    kept = {}

    def forward(x):
        kept["x"] = keep(x, kept.get("x"))
        return x * x

    signature = options.pop("signature", "(n,n)->(n,n)")
    return gc.op(signature, name=name, **options)(forward).vjp(lambda g, x: 2 * g * kept["x"])


def always(x, _before):
    return np.array(x)


def by_first_entry(x, before):
    """A cache that is keyed by shape and first entry."""
    same = before is not None and before.shape == x.shape
    return before if same and before.ravel()[:1] == x.ravel()[:1] else np.array(x)


@st.composite
def vectors(draw):
    return gc.call(draw(hnp.arrays(np.float64, draw(st.integers(1, 4)), elements=st.floats(-9, 9))))


STATEFUL = {
    "spd": {"domains": {"x": gc.spd()}},
    "orthogonal": {"domains": {"x": gc.orthogonal()}},
    "well_conditioned": {"domains": {"x": gc.well_conditioned()}},
    "symmetric": {"domains": {"x": gc.symmetric()}},
    "own_cases": {"cases": vectors(), "signature": None},
    "positive": {"domains": {"x": gc.positive()}, "signature": "(n)->(n)"},
    "any": {"signature": "(n)->(n)"},
}


@pytest.mark.parametrize("kind", STATEFUL)
def test_a_layer_that_keeps_its_input_is_found_on_every_domain(kind):
    result = verdict(keeping(kind, always, **STATEFUL[kind]))
    assert result.failure.kind is Kind.STATE, result
    right = gc.op(
        STATEFUL[kind].get("signature", "(n,n)->(n,n)"),
        name=kind,
        **{k: v for k, v in STATEFUL[kind].items() if k != "signature"},
    )(lambda x: x * x).vjp(lambda g, x: 2 * g * x)
    assert verdict(right).verdict is Verdict.PASS


@pytest.mark.parametrize("signature", ["(n)->(n)", "(m,n)->(m,n)", "(...)->(...)"])
def test_a_cache_by_shape_and_first_entry_is_found(signature):
    result = verdict(keeping("cache", by_first_entry, signature=signature))
    assert result.verdict is Verdict.FAIL, result


def reseeding(g, x):
    np.random.seed(0)
    return g * np.cos(x)


def quietening(g, x):
    np.seterr(over="raise")
    return g * np.cos(x)


def moving(g, x):
    os.chdir("/")
    return g * np.cos(x)


def restoring(g, x):
    with np.errstate(over="raise"):
        return g * np.cos(x)


def drawing(g, x):
    np.random.random_sample(2)
    return g * np.cos(x)


@pytest.mark.parametrize(
    ("rule", "headline"),
    [
        (reseeding, "the vjp resets NumPy's random generator"),
        (quietening, "the vjp changes NumPy's error state"),
        (moving, "the vjp changes the current folder"),
        (restoring, None),
        (drawing, None),
    ],
)
def test_what_surrounds_a_call_is_as_it_was(rule, headline):
    before = Path.cwd(), np.geterr()
    result = verdict(op(rule.__name__, np.sin).vjp(rule))
    assert (result.failure and result.failure.headline) == headline
    assert (Path.cwd(), np.geterr()) == before


# Determinism is asked several times, also where a zero hides a mask.


@pytest.mark.parametrize("seed", [0, 1, 2])
@pytest.mark.parametrize("kind", ["dropout", "noise", "shuffle"])
def test_a_random_forward_is_named_as_such(kind, seed):
    rng = np.random.default_rng(seed)
    mask = {}

    def forward(x):
        mask["m"] = {
            "dropout": rng.random(x.shape) < 0.5,
            "noise": 1 + rng.random(x.shape),
            "shuffle": rng.permutation(np.arange(x.size) % 2 == 0).reshape(x.shape),
        }[kind]
        return x * mask["m"]

    spec = op(kind, forward, "(n)->(n)", dims={"n": gc.size(min=2)}).vjp(lambda g: g * mask["m"])
    result = verdict(spec, seed)
    assert result.failure.kind is Kind.DETERMINISM, result
    assert "a new mask for each call" in result.failure.message


def test_a_mask_that_is_a_param_is_deterministic():
    spec = op("dropout", lambda x, mask: x * mask, "(n)->(n)", params=MASK)
    assert verdict(spec.vjp(lambda g, mask: g * mask)).verdict is Verdict.PASS


# One buffer for every result.


@pytest.mark.parametrize("slope", [np.cos, np.sin, lambda x: 2 + 0 * x])
def test_a_buffer_that_is_returned_twice_is_named(slope):
    room = {}
    forward = {np.cos: np.sin, np.sin: lambda x: -np.cos(x)}.get(slope, lambda x: 2 * x)

    def rule(g, x):
        out = room.setdefault(x.shape, np.empty(x.shape))
        return np.multiply(g, slope(x), out=out)

    failure = verdict(op("buffer", forward).vjp(rule)).failure
    assert failure.kind is Kind.STATE
    assert "writes over the result of the first" in failure.message.replace("\n", " ")


def test_one_array_that_never_changes_is_no_buffer():
    ones = {}
    spec = op("constant", lambda x: x.sum(), "(n)->()").vjp(
        lambda g, x: g * ones.setdefault(x.shape, np.ones(x.shape))
    )
    assert verdict(spec).verdict is Verdict.PASS
