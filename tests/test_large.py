"""Ops with many entries: bounded memory, one wrong entry found, rows that say what was cut."""

import tracemalloc

import numpy as np
import pytest

import gradcheck as gc
from gradcheck.cases.case import Case
from gradcheck.cases.cotangents import CotangentPlan
from gradcheck.checks.examine import examine
from gradcheck.checks.properties.catalogue import due
from gradcheck.checks.subject import subject_of
from gradcheck.numeric.conditioning import nudged
from gradcheck.results.settings import Settings
from gradcheck.run import budget
from gradcheck.run.search import check_op

MANY = 300_000  # more than are sorted to find ties
EVERY = due(0, 1, frozenset(), frozenset())


def peak(work):
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def tanh_op(**options):
    op = gc.op("(n)->(n)", name="tanh", **options)(np.tanh)
    return op.vjp(lambda g, out: g * (1 - out * out))


def product_op():
    op = gc.op("(n),(n)->(n)", name="product")(lambda x, y: x * y)
    return op.vjp(lambda g, x, y: (g * y, g * x))


@pytest.mark.parametrize("make", [tanh_op, product_op])
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_every_property_of_a_large_case_takes_at_most_four_times_its_inputs_and_outputs(
    make, dtype
):
    spec = make()
    rng = np.random.default_rng(0)
    double = [rng.standard_normal(MANY) for _ in spec.inputs]
    case = Case(
        inputs=tuple(x.astype(dtype) for x in double),
        names=spec.inputs,
        dtype=dtype,
        sizes={"n": MANY},
        domains=tuple(gc.real() for _ in double),
        cotangent=CotangentPlan(seed=66),
    )
    subject = subject_of(spec)

    def plain():
        out = spec.forward(*double)
        return out, subject.vjp(np.ones_like(out), tuple(double), {}, out)

    held = sum(x.nbytes for x in double) + MANY * 8
    assert examine(subject, case, due=EVERY).failure is None
    extra = peak(lambda: examine(subject, case, due=EVERY)) - peak(plain)
    assert extra <= 4 * held


def test_no_arrays_of_a_large_case_outlive_it():
    x = np.random.default_rng(0).standard_normal(MANY)
    gc.check_at(np.tanh, lambda g, x: g / np.cosh(x) ** 2, x[:9])
    tracemalloc.start()
    try:
        assert gc.check_at(np.tanh, lambda g, x: g / np.cosh(x) ** 2, x).verdict == "PASS"
        left, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert left < x.nbytes / 2


@pytest.mark.parametrize("factor", [1 + 1e-4, -1.0])
def test_one_wrong_entry_among_many_is_found_and_located(factor):
    def wrong(g, x):
        gradient = g * (1 - np.tanh(x) ** 2)
        gradient[MANY // 3] *= factor
        return gradient

    x = np.random.default_rng(0).uniform(0.2, 1.0, MANY)
    result = gc.check_at(np.tanh, wrong, x)
    assert result.verdict == "FAIL"
    assert result.where == f"x[{MANY // 3}]"


def test_an_entry_that_the_bar_of_a_direction_would_hide_is_found():
    def wrong(g, x):
        t = np.tanh(x)
        gradient = g * (t + x * (1 - t * t))
        gradient[MANY // 3] *= 1 + 5e-5
        return gradient

    x = np.random.default_rng(0).uniform(0.5, 3.0, MANY)
    result = gc.check_at(lambda x: x * np.tanh(x), wrong, x)
    assert result.verdict == "FAIL"
    assert result.where == f"x[{MANY // 3}]"


def test_a_spec_of_large_sizes_is_drawn_and_checked():
    size = gc.size(min=MANY, max=MANY)
    result = gc.check(tanh_op(dims={"n": size}, domains={"x": gc.real(-3, 3)}), cases=2)
    assert result.verdict == "PASS"
    assert result.cases == 2


def test_a_large_failing_case_says_that_it_was_not_reduced_nor_diagnosed(monkeypatch):
    monkeypatch.setattr(budget, "LARGE", 1000)
    size = 2000
    op = gc.op(
        "(n)->(n)",
        name="double",
        dims={"n": gc.size(min=size, max=size)},
        domains={"x": gc.real(-3, 3)},
    )
    spec = op(lambda x: 2 * x).vjp(lambda g: 3 * g)
    result = check_op(spec, Settings(cases=1, failure_calls=1))
    assert result.verdict == "FAIL"
    assert f"not reduced further than {size:,} entries" in result.notes
    assert any("what kind of mistake" in note for note in result.notes)


def test_numbers_that_are_equal_stay_so_when_many_are_nudged():
    x = np.random.default_rng(0).integers(-4, 5, MANY).astype(float)
    moved = nudged(x, np.random.default_rng(1), 2.0**-52)
    assert all(np.unique(moved[x == value]).size == 1 for value in np.unique(x))
    assert (moved[x == 0] == 0).all()
    spread = np.random.default_rng(2).standard_normal(MANY)
    ups = nudged(spread, np.random.default_rng(1), 2.0**-40) > spread
    assert abs(ups.mean() - 0.5) < 0.01
