"""Ops with right gradients, on which mutants are tried, and what should kill each mutant."""

import functools

import numpy as np

import gradcheck as gc
from gradcheck.audit.audit import bench_of
from gradcheck.audit.mutants import select
from gradcheck.audit.mutants.mutant import targets
from gradcheck.audit.mutants.outcome import Fate, fate_of
from gradcheck.results.kind import Kind
from gradcheck.results.settings import Settings


def product(**described):
    described = {"signature": "(...),(...)->(...)", **described}
    return gc.op(described.pop("signature"), name="product", **described)(
        lambda x, y: x * y
    ).derivative(lambda x, y: (y, x))


def addition():
    return gc.op("(...),(...)->(...)", name="addition")(lambda x, y: x + y).vjp(
        lambda g, x, y: (gc.unbroadcast(g, x.shape), gc.unbroadcast(g, y.shape))
    )


def cube(**described):
    return gc.op("(...)->(...)", name="cube", **described)(lambda x: x**3).derivative(
        lambda x: 3 * x**2
    )


def square():
    return gc.op("(...)->(...)", name="square")(lambda x: x * x).derivative(lambda x: 2 * x)


def exponential(**described):
    return gc.op("(...)->(...)", name="exponential", **described)(np.exp).derivative(
        lambda out: out
    )


def complex_square():
    return gc.op("(...)->(...)", name="complex_square", dtypes="complex128")(
        lambda x: x * x
    ).derivative(lambda x: 2 * x)


def gather():
    """Rows by index, added up where an index is repeated."""

    def vjp(g, x, k):
        dx = np.zeros_like(x)
        np.add.at(dx, k, g)
        return dx

    return gc.op(
        "(n,d),(m)->(m,d)",
        name="gather",
        dims={"n": gc.size(min=1)},
        domains={"k": lambda n: gc.integers(0, n - 1)},
    )(lambda x, k: x[k]).vjp(vjp)


def total():
    def vjp(g, x, axis):
        return np.broadcast_to(np.expand_dims(g, axis), x.shape).copy()

    return gc.op(name="total", params={"axis": gc.axis_of("x")})(
        lambda x, axis=0: np.sum(x, axis=axis)
    ).vjp(vjp)


def weighted():
    return gc.op(
        "(n)->(n)", name="weighted", params={"w": lambda n: gc.arrays((n,), gc.positive())}
    )(lambda x, w: x * w).vjp(lambda g, w: g * w)


def turned():
    """An output in Fortran order, which the gradient reads."""
    return gc.op("(m,n)->(n,m)", name="turned")(lambda x: np.exp(x).T).vjp(
        lambda g, out: (g * out).T.copy()
    )


def linear():
    return gc.op("(n,d),(d)->(n)", name="linear")(lambda x, w: x @ w).vjp(
        lambda g, x, w: (np.multiply.outer(g, w), g @ x)
    )


def rectifier():
    return gc.op("(...)->(...)", name="rectifier")(lambda x: np.maximum(x, 0)).derivative(
        lambda x: x >= 0
    )


# What calls the vjp again finds what it remembers, whichever property comes first.
FURTHER = tuple(set(Kind) - {Kind.VALUE})
KILLED = {
    "negated": (cube, Kind.VALUE),
    "doubled": (cube, Kind.VALUE),
    "halved": (cube, Kind.VALUE),
    "times-1.001": (cube, Kind.VALUE),
    "times-0.999": (cube, Kind.VALUE),
    "times-1.000001": (cube, Kind.VALUE),
    "times-0.999999": (cube, Kind.VALUE),
    "all-zero": (cube, Kind.VALUE),
    "first-entry-off": (cube, Kind.VALUE),
    "middle-entry-off": (cube, Kind.VALUE),
    "last-entry-off": (cube, Kind.VALUE),
    "entry-zeroed": (cube, Kind.VALUE),
    "constant-added": (cube, Kind.VALUE),
    "float32-inside": (cube, Kind.VALUE),
    "float16-inside": (square, (Kind.VALUE, Kind.NONFINITE)),
    "conjugated": (complex_square, Kind.VALUE),
    "transposed": (cube, (Kind.VALUE, Kind.SHAPE)),
    "reversed": (cube, Kind.VALUE),
    "swapped": (product, (Kind.VALUE, Kind.SHAPE)),
    "cotangent-ignored": (cube, Kind.VALUE),
    "cotangent-sign": (cube, Kind.VALUE),
    "cotangent-magnitude": (cube, Kind.VALUE),
    "cotangent-squared": (cube, Kind.VALUE),
    "cotangent-in-memory-order": (cube, Kind.VALUE),
    "nan-at-zero-cotangent": (cube, Kind.NONFINITE),
    "ones-at-no-cotangent": (cube, Kind.ZERO),
    "sum-missing": (product, Kind.SHAPE),
    "mean-for-sum": (product, Kind.VALUE),
    "last-term-only": (product, Kind.VALUE),
    "overwritten": (gather, Kind.VALUE),
    "last-block-dropped": (square, Kind.VALUE),
    "last-terms-dropped": (linear, Kind.VALUE),
    "zero-beyond-65535": (square, Kind.VALUE),
    "zero-at-zero": (exponential, Kind.VALUE),
    "doubled-at-zero": (exponential, Kind.VALUE),
    "nan-at-zero": (cube, Kind.NONFINITE),
    "negated-at-negatives": (cube, Kind.VALUE),
    "zero-at-negatives": (cube, Kind.VALUE),
    "doubled-near-zero": (exponential, Kind.VALUE),
    "nan-at-large": (cube, Kind.NONFINITE),
    "infinite-at-large": (cube, Kind.NONFINITE),
    "summed-at-ties": (cube, Kind.VALUE),
    "merged-inputs": (product, Kind.VALUE),
    "doubled-at-odd-size": (cube, Kind.VALUE),
    "doubled-at-option": (total, Kind.VALUE),
    "raises-at-size-zero": (cube, Kind.RAISED),
    "raises-at-scalar": (cube, Kind.RAISED),
    "raises-at-negative-axis": (total, Kind.RAISED),
    "axis-added": (cube, Kind.SHAPE),
    "raveled": (cube, Kind.SHAPE),
    "squeezed": (cube, Kind.SHAPE),
    "other-dtype": (cube, Kind.DTYPE),
    "none-returned": (cube, Kind.MISSING),
    "nested-list": (cube, Kind.TYPE),
    "list-returned": (cube, Kind.TYPE),
    "one-missing": (cube, Kind.ARITY),
    "one-too-many": (cube, Kind.ARITY),
    "same-array-twice": (addition, Kind.ALIASING),
    "view-of-cotangent": (addition, Kind.ALIASING),
    "view-of-input": (product, Kind.ALIASING),
    "cotangent-changed": (cube, Kind.MUTATION),
    "input-changed": (cube, Kind.MUTATION),
    "output-changed": (cube, Kind.MUTATION),
    "param-changed": (weighted, Kind.MUTATION),
    "input-in-memory-order": (cube, Kind.VALUE),
    "output-in-memory-order": (turned, Kind.VALUE),
    "raises-at-strided": (cube, Kind.RAISED),
    "doubled-when-repeated": (cube, FURTHER),
    "first-call-kept": (cube, (Kind.VALUE, Kind.BATCH)),
    "last-forward-kept": (cube, Kind.STATE),
    "buffer-reused": (cube, FURTHER),
}


@functools.cache
def bench(make, cases=100):
    return bench_of(make(), Settings(cases=cases))


def fates(mutant, bench):
    """What becomes of a mutant in each gradient, by input."""
    (chosen,) = select([mutant])
    found = targets(chosen, bench.spec, bench.cases[0])
    return {target.name: fate_of(chosen, target, bench) for target in found}


def assert_killed(mutant):
    """A mutant is killed where it shows, by the kind of failure that it should be."""
    make, kinds = KILLED[mutant]
    found = fates(mutant, bench(make)).values()
    assert [each.fate for each in found] == [Fate.KILLED] * len(found), found
    wanted = (kinds,) if isinstance(kinds, Kind) else kinds
    assert all(Kind(each.kind) in wanted for each in found), found
