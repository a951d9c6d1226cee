"""The fate of mutants: what cannot come up is equivalent, what was missed survives."""

import numpy as np
import pytest
from hypothesis import strategies as st

import gradcheck as gc
from gradcheck.audit.audit import bench_of
from gradcheck.audit.mutants.outcome import Fate
from gradcheck.results.settings import Settings
from tests.mutant_ops import (
    addition,
    cube,
    exponential,
    fates,
    linear,
    total,
    weighted,
)
from tests.sampled import sampled

EQUIVALENT = [
    ("zero-at-zero", lambda: cube(domains={"x": gc.real(0.5, 1.5)}), "x is real(0.5, 1.5), wi"),
    ("nan-at-zero", lambda: cube(domains={"x": gc.nonzero()}), "x is nonzero, without a zero"),
    (
        "negated-at-negatives",
        lambda: cube(domains={"x": gc.positive()}),
        "x is positive, without a negative number",
    ),
    ("nan-at-large", lambda: cube(domains={"x": gc.real(-5, 5)}), "without a number beyond"),
    ("doubled-near-zero", lambda: cube(domains={"x": gc.real(1, 2)}), "a number near 0"),
    ("summed-at-ties", lambda: cube(domains={"x": gc.distinct()}), "x is distinct, without eq"),
    ("swapped", cube, "there is only one differentiable input"),
    ("merged-inputs", cube, "there is only one differentiable input"),
    ("sum-missing", cube, "nothing that x could be broadcast against"),
    ("mean-for-sum", linear, "nothing that x could be broadcast against"),
    ("last-term-only", cube, "no axis of the output is known along which x is repeated"),
    ("overwritten", cube, "no input and no param holds indices"),
    ("doubled-at-option", cube, "there are no params"),
    ("raises-at-negative-axis", cube, "no param is an axis"),
    ("raises-at-scalar", total, "x always has an axis"),
    ("raises-at-scalar", weighted, "x always has an axis"),
    ("raveled", weighted, "x always has one axis"),
    ("transposed", weighted, "x never has 2 axes"),
    ("param-changed", cube, "no param is an array"),
    ("conjugated", cube, "no dtype that is drawn is complex"),
    ("input-in-memory-order", exponential, "the vjp does not read x"),
    ("input-in-memory-order", weighted, "x never has 2 axes"),
    ("cotangent-in-memory-order", weighted, "no output has two axes"),
    ("output-in-memory-order", cube, "the vjp does not read the output"),
    ("first-call-kept", addition, "the vjp reads neither inputs nor output"),
    ("zero-at-zero", cube, "it changes nothing, though"),
    (
        "last-block-dropped",
        lambda: gc.op("(n)->(n)", name="short", dims={"n": gc.size(max=9)})(np.exp).derivative(
            lambda out: out
        ),
        "x may not have 1024 rows",
    ),
    (
        "zero-beyond-65535",
        lambda: gc.op("(2,n)->(2,n)", name="few", dims={"n": gc.size(max=9)})(np.exp).derivative(
            lambda out: out
        ),
        "x has at most 18 entries",
    ),
    (
        "raises-at-size-zero",
        lambda: gc.op("(n)->(n)", name="full", dims={"n": gc.size(min=1)})(np.exp).derivative(
            lambda out: out
        ),
        "no axis of x may be of size 0",
    ),
]


@pytest.mark.parametrize(("mutant", "make", "reason"), sampled(EQUIVALENT, every=4))
def test_what_cannot_come_up_or_changes_nothing_is_equivalent(mutant, make, reason):
    found = bench_of(make(), Settings(cases=60))
    each = next(iter(fates(mutant, found).values()))
    assert each.fate is Fate.EQUIVALENT, each
    assert reason in each.reason


def test_what_could_come_up_and_never_did_survives_with_a_hint():
    tame = gc.domain(lambda shape, dtype: st.just(np.full(shape, 2.0, dtype)), name="two")
    (each,) = fates(
        "zero-at-zero", bench_of(cube(domains={"x": tame}), Settings(cases=30))
    ).values()
    assert each.fate is Fate.SURVIVED
    assert each.reason == "never triggered: there was no case where x has an exact zero"
    assert each.hint == "let the domain of x contain 0, or say that it does not: gc.nonzero()"


def test_what_came_up_only_once_or_twice_and_did_not_show_survives():
    calls = st.sampled_from([0.0, *map(float, range(1, 60))]).map(lambda v: gc.call(np.array([v])))
    square = gc.op(name="square", cases=calls)(lambda x: x * x).derivative(lambda x: 2 * x)
    (each,) = fates("doubled-at-zero", bench_of(square, Settings(cases=60))).values()
    assert each.fate is Fate.SURVIVED
    assert each.reason.startswith("it shows in no case, and only ")


def test_what_a_property_would_find_survives_where_the_spec_skips_it():
    careless = gc.op("(n)->(n)", name="careless", skip={"aliasing": "for the sake of an example"})(
        lambda x: x + 1
    ).vjp(lambda g: g.copy())
    (each,) = fates("view-of-cotangent", bench_of(careless, Settings(cases=30))).values()
    assert each.fate is Fate.SURVIVED
    assert each.reason.endswith("and all of them passed")


def test_all_entries_of_a_domain_of_matrices_are_not_thought_to_be_excluded():
    """Of a unit vector no entry alone lies in its domain; that says nothing about zeros."""
    norm = gc.op("(...,d)->(...,d)", name="kept", domains={"x": gc.unit_norm()})(np.exp).derivative(
        lambda out: out
    )
    (each,) = fates("zero-at-zero", bench_of(norm, Settings(cases=60))).values()
    assert each.fate is Fate.KILLED
