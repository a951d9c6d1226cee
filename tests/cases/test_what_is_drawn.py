"""What seventy cases of an op hold, from its spec alone: what is known to expose bugs.

Seventy is what a run draws plainly by default. Each condition is named after what it exposes.
"""

from functools import cache

import numpy as np
import pytest
from hypothesis import strategies as st

import gradcheck as gc
from gradcheck.cases.case import TURNS
from gradcheck.cases.plan import CasePlan
from gradcheck.cases.sampling import Sample, draw_cases

SEEDS = (0, 2, 10)  # arbitrary: of ten seeds, one misses one of the conditions below


def op(signature, count=1, **given):
    names = "xyz"[:count]
    forward = eval(f"lambda {', '.join(names)}, **params: x")  # noqa: S307
    return gc.op(signature, name="natural", **given)(forward).vjp(lambda g: None)


SPECS = {
    "elementwise": lambda: op("(...)->(...)"),
    "binary": lambda: op("(...),(...)->(...)", 2),
    "rows": lambda: op("(...,n)->(...)", dims={"n": gc.size(min=1)}),
    "matrix": lambda: op("(m,n)->()"),
    "square": lambda: op("(...,n,n)->()"),
    "matmul": lambda: op("(...,m,n),(...,n,p)->(...,m,p)", 2),
    "pair": lambda: op("(n),(n)->(n)", 2),
    "layer": lambda: op("(...,d),(d),(d)->(...,d)", 3),
    "strided": lambda: op(
        "(b,t),(k)->(b,o)",
        2,
        dims={"t": gc.size(min=3), "k": gc.size(min=1, max=3)},
        params={"stride": st.integers(1, 3)},
    ),
    "any shape": lambda: op(None, params={"axis": gc.axes_of("x")}),
    "permuted": lambda: op(None, params={"order": gc.permutation_of("x")}),
    "gathered": lambda: op(
        "(v),(n)->(n)",
        2,
        dims={"v": gc.size(min=2)},
        domains={"y": lambda v: gc.integers(-v, v - 1)},
    ),
    "quotient": lambda: op("(...),(...)->(...)", 2, domains={"y": gc.nonzero()}),
    "root": lambda: op("(...)->(...)", domains={"x": gc.nonnegative()}),
    "atanh": lambda: op("(...)->(...)", domains={"x": gc.real(-1, 1)}),
    "masked": lambda: op("(...,n)->(...)", domains={"x": gc.real(infinite=True)}),
    "symmetric": lambda: op("(n,n)->(n)", domains={"x": gc.symmetric()}),
    "definite": lambda: op("(n,n)->(n)", domains={"x": gc.spd()}),
    "single": lambda: op("(...)->(...)", dtypes=("float32",)),
    "half": lambda: op("(...)->(...)", dtypes=("float16",)),
    "complex": lambda: op("(...)->(...)", dtypes=("complex128",)),
}


@cache
def cases_of(name, seed):
    spec = SPECS[name]()
    plan = CasePlan.of(spec)
    found = []
    draw_cases(
        lambda draw: plan.draw(draw, spec.dtypes),
        found.append,
        Sample(name=name, cases=70, seed=seed),
    )
    return found


def first(condition):
    """A condition on the first input of a case, if it has entries."""
    return lambda case: case.inputs[0].size and condition(case.inputs[0])


def both(condition):
    """A condition on the first two inputs of a case, if they have entries."""
    return lambda case: not case.empty and condition(*case.inputs[:2])


def rows(condition):
    """A condition on an input of several rows."""
    return first(lambda x: x.ndim > 1 and len(x) > 1 and x.shape[-1] > 1 and condition(x))


def near(x, low, high):
    gaps = np.diff(np.sort(x.ravel()))
    return ((gaps > low) & (gaps < high)).any()


def repeated_eigenvalues(x):
    return len(x) > 1 and (np.diff(np.linalg.eigvalsh(x)) == 0).any()


def missing_axis(x, y):
    return 0 < x.ndim < y.ndim or 0 < y.ndim < x.ndim


def one_in_the_middle(x, y):
    whole = np.broadcast_shapes(x.shape, y.shape)
    return any(s[1:-1].count(1) and s != whole and len(s) > 2 for s in (x.shape, y.shape))


def transposed(case):
    return case.cotangent.layout in ("Fortran", "transposed")


ROWS = [
    # 1: zeros
    ("exactly one zero", "elementwise", first(lambda x: (x == 0).sum() == 1 < x.size)),
    ("two zeros in one slice", "rows", first(lambda x: ((x == 0).sum(axis=-1) == 2).any())),
    ("a row of zeros", "rows", rows(lambda x: (x == 0).all(-1).any() and x.any())),
    ("a column of zeros", "rows", rows(lambda x: (x == 0).all(0).any() and x.any())),
    ("zeros everywhere", "elementwise", first(lambda x: not x.any())),
    ("zeros in both factors", "binary", both(lambda x, y: 0 in x and 0 in y)),
    # 2: ties
    ("a constant row", "rows", rows(lambda x: (x == x[..., :1]).all(-1).any())),
    ("a duplicate", "rows", first(lambda x: 1 < len(np.unique(x)) == x.size - 1)),
    ("small whole numbers", "rows", rows(lambda x: (x == x.round()).all() and abs(x).max() < 4)),
    ("nearly tied", "rows", first(lambda x: near(x, 1e-9, 9e-3))),
    ("two equal inputs", "pair", both(lambda x, y: x.size > 1 and (x == y).all() and np.ptp(x))),
    (
        "inputs equal in places",
        "binary",
        both(lambda x, y: min(x.size, y.size) > 2 and 0 < (x == y).mean() < 1),
    ),
    # 3: tails
    ("beyond 20", "elementwise", first(lambda x: ((x > 20) & (x < 50)).any())),
    ("exp overflows", "elementwise", first(lambda x: (x > 709.8).any())),
    ("exp overflows among others", "rows", first(lambda x: x.max() > 709.8 and abs(x).min() < 9)),
    ("a square overflows", "elementwise", first(lambda x: abs(x).max() > 1.4e154)),
    ("huge by huge", "quotient", both(lambda x, y: ((abs(x) > 1e154) & (abs(y) > 1e154)).any())),
    ("tiny by tiny", "quotient", both(lambda x, y: ((abs(x) < 1e-154) & (abs(y) < 1e-154)).any())),
    ("exp overflows in float32", "single", first(lambda x: (x > 88.8).any())),
    ("a square overflows in float32", "single", first(lambda x: abs(x).max() > 1.9e19)),
    ("exp overflows in float16", "half", first(lambda x: (x > 11.1).any())),
    ("around 100 in float16", "half", first(lambda x: ((x > 80) & (x < 1000)).any())),
    # 4: infinities
    ("a masked entry", "masked", first(lambda x: np.isneginf(x).any())),
    ("a masked row", "masked", rows(lambda x: 0 < np.isneginf(x).all(-1).sum() < x.size)),
    ("all masked", "masked", first(lambda x: np.isneginf(x).all())),
    ("plus infinity", "masked", first(lambda x: np.isposinf(x).any())),
    # 5: negatives
    ("-2.5 or so", "elementwise", first(lambda x: ((x < -2) & (x > -9) & (x % 1 != 0)).any())),
    ("-7.3 or so", "elementwise", first(lambda x: ((x < -6) & (x > -30) & (x % 1 != 0)).any())),
    ("a negative difference", "pair", both(lambda x, y: (x - y < -1).any())),
    # 6: edges
    ("close to 1", "atanh", first(lambda x: ((x > 0.99) & (x < 1)).any())),
    ("very close to -1", "atanh", first(lambda x: ((x + 1 < 1e-6) & (x > -1)).any())),
    ("zero under a root", "root", first(lambda x: (x == 0).any() and x.any())),
    ("halves", "rows", first(lambda x: (x % 1 == 0.5).any())),
    # 7: broadcasting
    ("a missing axis", "binary", both(missing_axis)),
    ("an axis of 1 in the middle", "binary", both(one_in_the_middle)),
    ("0-d against more", "binary", both(lambda x, y: {x.ndim, y.ndim} > {0})),
    ("all ones", "binary", both(lambda x, y: x.ndim > 1 and x.size == 1 < y.size)),
    ("a NumPy number", "elementwise", lambda case: isinstance(case.arranged()[0], np.float64)),
    ("a batch on one side", "matmul", both(lambda x, y: x.ndim != y.ndim)),
    # 8: ranks
    *((f"rank {n}", "any shape", lambda case, n=n: case.inputs[0].ndim == n) for n in range(5)),
    ("three axes", "layer", first(lambda x: x.ndim >= 3)),
    # 9: proportions
    ("square", "matrix", first(lambda x: x.shape[0] == x.shape[1] > 1)),
    ("tall", "matrix", first(lambda x: x.shape[0] >= x.shape[1] + 2)),
    ("wide", "matrix", first(lambda x: x.shape[1] >= x.shape[0] + 2)),
    ("all equal", "matmul", lambda case: len(set(case.sizes.values())) == 1 < case.sizes["m"]),
    ("all different", "matmul", lambda case: len(set(case.sizes.values())) == 3),
    ("one entry", "elementwise", first(lambda x: x.size == 1)),
    ("no entries", "elementwise", lambda case: case.empty),
    # 10: what does not divide
    (
        "a stride that does not",
        "strided",
        lambda c: (c.sizes["t"] - c.sizes["k"]) % c.params["stride"],
    ),
    ("odd and long", "rows", lambda case: case.sizes["n"] % 2 and case.sizes["n"] > 8),
    # 12: batches
    ("a batch of several", "layer", first(lambda x: x.ndim == 2 and len(x) > 1)),
    ("a batch of one", "layer", first(lambda x: x.ndim == 2 and len(x) == 1)),
    # 13: indices
    ("repeated", "gathered", lambda case: len(set(case.inputs[1])) < case.inputs[1].size),
    ("out of order", "gathered", lambda case: (np.diff(case.inputs[1]) < 0).any()),
    ("negative", "gathered", lambda case: (case.inputs[1] < 0).any()),
    ("all the same", "gathered", lambda c: len(set(c.inputs[1])) == 1 and c.inputs[1].size > 2),
    # 14: axes
    ("a negative axis", "any shape", lambda c: isinstance(a := c.params["axis"], int) and a < 0),
    (
        "several axes",
        "any shape",
        lambda c: isinstance(a := c.params["axis"], tuple) and len(a) > 1,
    ),
    ("no axis named", "any shape", lambda case: case.params["axis"] is None),
    (
        "not its own inverse",
        "permuted",
        lambda c: (
            (o := np.mod(c.params["order"], max(len(c.params["order"]), 1)).tolist())
            != np.argsort(o).tolist()
        ),
    ),
    # 18: structured matrices
    ("a singular matrix", "matrix", rows(lambda x: 1 <= np.linalg.matrix_rank(x) < min(x.shape))),
    ("repeated eigenvalues", "symmetric", first(repeated_eigenvalues)),
    ("repeated eigenvalues, positive", "definite", first(repeated_eigenvalues)),
    # 19: dtypes
    ("an imaginary part", "complex", first(lambda x: x.imag.any())),
    # 20: cotangents
    ("a zero somewhere", "elementwise", lambda case: case.cotangent.pattern == "with zeros"),
    ("a row of zeros", "rows", lambda case: case.cotangent.pattern == "zero rows"),
    ("a single one", "elementwise", lambda case: case.cotangent.pattern == "one-hot"),
    ("stride 0", "elementwise", lambda case: case.cotangent.pattern == "stride 0"),
    (
        "transposed in memory",
        "matrix",
        lambda case: min(case.inputs[0].shape) > 1 and transposed(case),
    ),
    ("one output alone", "matrix", lambda case: case.cotangent.pattern == "one output"),
]


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(("what", "spec", "condition"), ROWS, ids=[f"{b}: {a}" for a, b, _ in ROWS])
def test_is_drawn(what, spec, condition, seed):
    assert any(bool(condition(case)) for case in cases_of(spec, seed)), what


RARE = [
    ("a subnormal number", "elementwise", first(lambda x: (abs(x[x != 0]) < 1e-308).any())),
    ("a vector below 1e-8", "elementwise", first(lambda x: 0 < abs(x).max() < 1e-8)),
    (
        "a row below 1e-8",
        "rows",
        rows(lambda x: ((abs(x).max(-1) < 1e-8) & x.any(-1)).any() and abs(x).max() > 0.1),
    ),
    ("an identity", "square", rows(lambda x: (x == np.eye(*x.shape[-2:])).all())),
    ("a square vanishes", "elementwise", first(lambda x: (abs(x[x != 0]) < 1e-154).any())),
    (
        "a matrix of orthonormal columns",
        "square",
        rows(lambda x: abs(x).max() < 2 and np.allclose(x.mT @ x, np.eye(x.shape[-1]))),
    ),
    ("rank 5", "any shape", lambda case: case.inputs[0].ndim == 5),
]


@pytest.mark.parametrize(("what", "spec", "condition"), RARE, ids=[a for a, *_ in RARE])
def test_is_drawn_at_times(what, spec, condition):
    assert share(spec, condition) > 0, what


def share(name, condition):
    """The share of all cases for which a condition holds."""
    cases = [case for seed in SEEDS for case in cases_of(name, seed)]
    return np.mean([bool(condition(case)) for case in cases])


@pytest.mark.parametrize(
    ("what", "spec", "condition"),
    [
        ("a zero", "elementwise", first(lambda x: (x == 0).any())),
        ("exp overflows", "elementwise", first(lambda x: (x > 709.8).any())),
        ("two equal inputs", "pair", both(lambda x, y: (x == y).all())),
        ("a batch of several rows", "layer", first(lambda x: x.ndim > 1 and len(x) > 1)),
        ("a cotangent that is not in C order", "matrix", lambda c: c.cotangent.layout != "C"),
        (
            "a zero in the cotangent",
            "rows",
            lambda c: c.cotangent.pattern in ("with zeros", "zero rows", "one-hot"),
        ),
        ("a negative axis", "any shape", lambda c: "-" in str(c.params["axis"])),
    ],
)
def test_is_frequent(what, spec, condition):
    assert share(spec, condition) > 0.09, what


@pytest.mark.parametrize("name", ["elementwise", "binary", "matmul", "layer"])
def test_most_cases_can_be_compared(name):
    """What overflows everything or has no entries tells little: it must not be the rule."""
    assert share(name, lambda case: case.empty) < 0.35
    assert share(name, lambda case: max(abs(x).max(initial=0) for x in case.inputs) > 1e100) < 0.35


def test_each_turn_comes_up_and_all_at_once_seldom():
    turns = [case.turn for seed in SEEDS for case in cases_of("elementwise", seed)]
    assert set(turns) == set(range(TURNS + 1))
    assert np.mean([turn == 0 for turn in turns]) < 0.2


def test_an_op_may_limit_its_layouts():
    spec = op("(m,n)->()", layouts=("C", "strided"))
    plan, found = CasePlan.of(spec), []
    draw_cases(
        lambda draw: plan.draw(draw, spec.dtypes), found.append, Sample(name="f", cases=60, seed=0)
    )
    assert {case.layout for case in found} == {"C", "strided"}
    assert {case.cotangent.layout for case in found} == {"C", "strided"}
