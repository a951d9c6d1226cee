"""Failing cases are reduced: they stay in their spec, fail in the same way, and are small."""

import numpy as np
import pytest
from hypothesis import strategies as st

import gradcheck as gc
from gradcheck.cases.case import Case
from gradcheck.cases.cotangents import CotangentPlan
from gradcheck.cases.reduction import reduced
from gradcheck.checks.examine import examine
from gradcheck.checks.subject import subject_of
from gradcheck.results.kind import Kind

SEEDS = (0, *(pytest.param(seed, marks=pytest.mark.slow) for seed in (1, 2, 3)))


def smallest(spec, seed=0, **settings):
    failure = gc.check(spec, seed=seed, **{"diagnose": False, **settings}).failure
    assert failure is not None
    case = failure.case
    return {name: x.tolist() for name, x in case.inputs.items()}, case, failure


def op(signature, forward, vjp, **options):
    spec = gc.op(signature, name="op", **options)(forward)
    return spec.vjp(vjp)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_factor_fails_at_a_single_entry(seed):
    found, case, _ = smallest(op("(...)->(...)", lambda x: 3 * x, lambda g: 2 * g), seed)
    assert found in ({"x": [0.0]}, {"x": 0.0})
    assert case.layout == "C"
    assert case.cotangents[0].ravel().tolist() == [1.0]


@pytest.mark.parametrize("seed", SEEDS)
def test_wrong_at_negative_numbers(seed):
    spec = op("(...)->(...)", lambda x: np.maximum(x, 0), lambda g: 1 * g)
    found, _, failure = smallest(spec, seed)
    value = np.ravel(found["x"])
    assert value.shape == (1,)
    assert -10 < value[0] < 0
    assert len(repr(float(value[0]))) <= 4
    assert failure.worst.where.startswith("x")


@pytest.mark.parametrize("seed", SEEDS)
def test_a_transposed_matrix_needs_two_sizes(seed):
    spec = op("(n,d),(d,m)->(n,m)", lambda x, w: x @ w, lambda g, x, w: (g @ w.T, g.T @ x))
    _, case, failure = smallest(spec, seed)
    assert failure.kind is Kind.SHAPE
    assert sorted(case.inputs["w"].shape) == [1, 2]
    assert case.inputs["x"].size <= 2
    assert not any(np.any(x) for x in case.inputs.values())


@pytest.mark.parametrize("seed", SEEDS)
def test_a_missing_sum_needs_two_rows(seed):
    spec = op("(n,d),(d)->(n,d)", lambda x, b: x + b, lambda g, x, b: (g.copy(), g.mean(axis=0)))
    found, case, failure = smallest(spec, seed)
    assert failure.argument == "b"
    assert case.inputs["x"].shape == (2, 1)
    assert found == {"x": [[0.0], [0.0]], "b": [0.0]}


@pytest.mark.parametrize("seed", SEEDS)
def test_wrong_at_ties_needs_two_equal_entries(seed):
    def vjp(g, x, out):
        return g[..., None] * (x == out[..., None])

    spec = op("(...,n)->(...)", lambda x: x.max(-1), vjp, dims={"n": gc.size(min=1)})
    found, _, _ = smallest(spec, seed)
    assert np.ravel(found["x"]).tolist() == [0.0, 0.0]


@pytest.mark.parametrize("seed", SEEDS)
def test_the_reduced_case_stays_in_its_domain(seed):
    spec = op(
        "(...)->(...)", np.log, lambda g, x: 2 * g / x, domains={"x": gc.real(low=3.0, high=4.5)}
    )
    found, _, _ = smallest(spec, seed)
    assert (np.ravel(found["x"]) > 3).all()
    assert (np.ravel(found["x"]) < 4.5).all()
    assert np.size(found["x"]) == 1


@pytest.mark.parametrize("seed", SEEDS)
def test_the_reduced_case_stays_in_its_sizes(seed):
    spec = op(
        "(n,m)->(n,m)",
        lambda x: 3 * x,
        lambda g: 2 * g,
        dims={"n": gc.size(min=2), "m": gc.size(multiple_of=3, min=3)},
    )
    _, case, _ = smallest(spec, seed)
    assert case.inputs["x"].shape == (2, 3)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_reduced_case_fulfils_what_is_assumed(seed):
    spec = op(
        "(n)->(n)", lambda x: 3 * x, lambda g: 2 * g, assume=lambda x: x.size >= 2 and x.sum() > 1
    )
    _, case, _ = smallest(spec, seed)
    assert case.inputs["x"].size == 2
    assert case.inputs["x"].sum() > 1


@pytest.mark.parametrize("seed", SEEDS)
def test_what_depends_on_a_size_keeps_it(seed):
    def forward(x, k):
        return 3 * x[:, k]

    def vjp(g, x, k):
        d = np.zeros_like(x)
        d[:, k] = 2 * g
        return d

    spec = op(
        "(n,c)->(n)",
        forward,
        vjp,
        dims={"c": gc.size(min=1)},
        params={"k": lambda c: st.integers(0, c - 1)},
    )
    _, case, _ = smallest(spec, seed)
    assert case.params["k"] < case.inputs["x"].shape[1]
    assert case.inputs["x"].size <= 4


@pytest.mark.parametrize("seed", SEEDS)
def test_a_failure_does_not_slip_into_another(seed):
    """Zeros raise, negative numbers are wrong: the case found first is kept."""

    def vjp(g, x):
        if x.size and x.ndim == 1 and not x.any():
            raise ZeroDivisionError("all zero")
        return g * np.where(x < 0, -1, 1)

    spec = op("(n)->(n)", lambda x: x + 0, vjp)
    failure = gc.check(spec, seed=seed, diagnose=False).failure
    again = examine(
        subject_of(spec),
        Case(
            inputs=tuple(failure.case.inputs.values()),
            names=("x",),
            cotangent=CotangentPlan(seed=0),
        ),
    )
    assert again.failure.kind is failure.kind


def case_of(*inputs, **kwargs):
    names = ("x", "y")[: len(inputs)]
    domains = (gc.real(),) * len(inputs)
    return Case(inputs=inputs, names=names, domains=domains, **kwargs)


def test_rows_are_dropped_while_others_are_kept():
    spec = op("(n,d)->(n,d)", lambda x: x, lambda g: g.copy())
    start = np.zeros((8, 3))
    start[5, 1] = 7.25
    case = case_of(start, sizes={"n": 8, "d": 3}, cotangent=CotangentPlan(seed=77))
    found = reduced(spec, case, lambda c: bool((c.inputs[0] == 7.25).any()))
    assert found.inputs[0].tolist() == [[7.25]]
    assert found.sizes == {"n": 1, "d": 1}
    assert found.cotangent == CotangentPlan(seed=0)


def test_axes_of_one_name_are_shortened_together():
    spec = op("(n,k),(k,m)->(n,m)", lambda x, y: x @ y, lambda g: g)
    case = case_of(np.ones((3, 4)), np.ones((4, 2)), sizes={"n": 3, "k": 4, "m": 2})
    found = reduced(spec, case, lambda c: True)
    assert [x.shape for x in found.inputs] == [(1, 1), (1, 1)]
    assert [x.tolist() for x in found.inputs] == [[[0.0]], [[0.0]]]


def test_a_case_that_fails_on_nothing_else_is_returned_as_it_is():
    spec = op("(n)->(n)", lambda x: x, lambda g: g.copy())
    case = case_of(np.array([1.5, 2.5]), sizes={"n": 2}, cotangent=CotangentPlan(seed=9))
    assert reduced(spec, case, lambda c: False) is case


def test_no_more_attempts_are_made_than_allowed():
    calls = []
    spec = op("(n)->(n)", lambda x: x, lambda g: g.copy())
    case = case_of(np.linspace(0.123, 0.9, 40), sizes={"n": 40})
    reduced(spec, case, lambda c: bool(calls.append(1)), attempts=17)
    assert len(calls) <= 17


@pytest.mark.parametrize(
    ("domain", "start", "fails", "value"),
    [
        (gc.real(), -0.734, lambda x: x < 0, -1.0),
        (gc.real(), 7.345, lambda x: x > 1, 2.0),
        (gc.real(), 0.734, lambda x: 0 < x < 1, 0.5),
        (gc.real(), -0.734, lambda x: -1 < x < 0, -0.5),
        (gc.real(), 7.345, lambda x: x > 7, 7.3),
        (gc.real(3.0, 4.5), 3.345, lambda x: True, 3.75),
        (gc.real(low=3.0), 7.345, lambda x: True, 4.0),
        (gc.real(high=-3.0), -7.345, lambda x: True, -4.0),
        (gc.positive(), 7.345, lambda x: True, 1.0),
        (gc.real(0.0, 1.0), 0.734, lambda x: True, 0.5),
        (gc.real(0.0, 1.0, closed=True), 0.734, lambda x: True, 0.0),
    ],
)
def test_entries_become_plain_numbers_within_their_domain(domain, start, fails, value):
    spec = op("(n)->(n)", lambda x: x, lambda g: g.copy(), domains={"x": domain})
    case = Case(inputs=(np.full(2, start),), names=("x",), domains=(domain,), sizes={"n": 2})
    small = reduced(spec, case, lambda c: c.inputs[0].size == 2 and fails(c.inputs[0][1]))
    assert small.inputs[0][1] == value
    assert domain.contains(small.inputs[0])


@pytest.mark.parametrize("needed", [9, 33, 48, 65, 129, 257, 1025])
def test_a_long_axis_is_shortened_to_what_it_needs(needed):
    spec = op("(n)->(n)", lambda x: x, lambda g: g.copy())
    case = case_of(np.zeros(needed + 300), sizes={"n": needed + 300})
    small = reduced(spec, case, lambda c: c.sizes["n"] >= needed)
    assert small.inputs[0].shape == (needed,)


def test_an_assume_that_cannot_take_a_shorter_array_rejects_it():
    spec = op("(n)->(n)", lambda x: x, lambda g: g.copy(), assume=lambda x: x[2] > 0)
    case = case_of(np.array([1.0, 2.0, 3.5, 4.0]), sizes={"n": 4})
    assert reduced(spec, case, lambda c: True).inputs[0].tolist() == [0.0, 0.0, 1.0]


def test_an_assume_of_any_number_of_inputs_is_kept():
    spec = gc.op(cases=st.nothing(), name="op", assume=lambda xs: sum(map(np.sum, xs)) > 1)(
        lambda *xs: xs[0]
    ).vjp(lambda g, xs: (g,))
    case = Case(inputs=(np.array(3.5),), names=("xs[0]",), domains=(gc.real(),))
    assert reduced(spec, case, lambda c: True).inputs[0] == 2.0


def test_without_shrinking_the_case_is_the_one_found():
    spec = op("(...)->(...)", lambda x: 3 * x, lambda g: 2 * g)
    found = gc.check(spec, shrink=False, diagnose=False).failure.case
    assert found is not None
