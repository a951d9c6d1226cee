"""Companions of rare cases: one thing changed, within the spec, and found by a run."""

import numpy as np
import pytest
from hypothesis import strategies as st

import gradcheck as gc
from gradcheck.cases.case import Case
from gradcheck.cases.companions import Gallery, companions
from gradcheck.cases.plan import CasePlan


def op(forward=lambda x, **params: x, signature="(...)->(...)", **options):
    return gc.op(signature, name="op", **options)(forward)


def of(spec, *inputs, domain=None, **rest):
    """The companions of a case of a spec."""
    plan = CasePlan.of(spec)
    names = spec.inputs
    domains = tuple(domain or spec.domains.get(name) or gc.real() for name in names)
    case = Case(inputs=tuple(map(np.asarray, inputs)), names=names, domains=domains, **rest)
    return list(companions(spec, plan.sources, case))


def values(cases):
    return [case.inputs[0].tolist() for case in cases]


def test_signs_scale_and_one_entry():
    x = [1.0, 0.0, -2.0]
    negated, tiny, other = values(of(op(), x))
    assert negated == [-1.0, 0.0, 2.0]
    assert tiny == pytest.approx([0.5e-9, 0.0, -1e-9], rel=1e-12)
    assert other == [1.0, 0.0, -1.6]


@pytest.mark.parametrize("last", [0.0, np.inf])
def test_an_entry_that_cannot_shrink_becomes_a_half(last):
    spec = op(domains={"x": gc.real(infinite=True)})
    assert values(of(spec, [3.0, last]))[-1] == [3.0, 0.5]


@pytest.mark.parametrize("dtype", ["float16", "float32", "complex64"])
def test_the_dtype_stays_and_a_tiny_value_is_not_zero(dtype):
    for case in of(op(), np.array([3.0, 2.0], dtype)):
        assert case.inputs[0].dtype == dtype
        assert case.inputs[0].all()


def test_every_other_option_of_every_small_param():
    spec = op(
        lambda x, mode, flag, number: x,
        params={
            "mode": st.sampled_from(["a", "b", "c"]),
            "flag": st.booleans(),
            "number": st.integers(0, 99),
        },
    )
    params = {"mode": "b", "flag": True, "number": 7}
    cases = of(spec, [1.0], params=params)
    changed = [
        {name: value for name, value in case.params.items() if value != params[name]}
        for case in cases
    ]
    assert changed == [{"mode": "a"}, {"mode": "c"}, {"flag": False}, {}, {}, {}]


def test_options_that_depend_on_a_size_are_those_of_the_case():
    spec = op(
        lambda x, groups: x,
        "(n)->(n)",
        params={"groups": lambda n: st.sampled_from([d for d in range(1, n + 1) if n % d == 0])},
    )
    cases = of(spec, np.ones(6), sizes={"n": 6}, params={"groups": 2})
    assert [case.params["groups"] for case in cases] == [1, 3, 6, 2, 2, 2]


def test_axes_are_options_too():
    spec = op(lambda x, axis: x, None, params={"axis": gc.axis_of("x")})
    cases = of(spec, np.ones((2, 3)), params={"axis": 0})
    assert [case.params["axis"] for case in cases] == [1, -2, -1, 0, 0, 0]


def test_what_something_else_was_drawn_with_stays():
    spec = op(
        lambda x, y, low: x,
        "(n),(n)->(n)",
        domains={"y": lambda x, low: gc.real(low=max(x.max(), low))},
        params={"low": st.sampled_from([0, 1])},
    )
    x, y = np.array([1.0, 2.0]), np.array([3.0, 4.0])
    for case in of(spec, x, y, sizes={"n": 2}, params={"low": 0}, domain=gc.real()):
        assert case.params == {"low": 0}
        np.testing.assert_array_equal(case.inputs[0], x)


def test_companions_lie_in_their_domain():
    assert values(of(op(domains={"x": gc.positive()}), [1.0, 2.0])) == [
        pytest.approx([0.5e-9, 1e-9], rel=1e-12),
        [1.0, 1.6],
    ]
    assert of(op(domains={"x": gc.spd()}, signature="(n,n)->(n,n)"), np.eye(2)) == []


def test_companions_fulfil_what_is_assumed():
    def assumed(x):
        if x[1] == 1.6:
            raise ValueError("an assume may not take what was not drawn")
        return x.sum() > 0

    cases = of(op(signature="(n)->(n)", assume=assumed), [1.0, 2.0], sizes={"n": 2})
    assert len(cases) == 1
    assert cases[0].inputs[0].max() == pytest.approx(1e-9)


def test_a_companion_that_would_be_the_case_itself_is_left_out():
    assert values(of(op(), [0.0, 0.0])) == [[0.0, 0.5]]


def test_calls_of_the_users_own_have_none():
    spec = op(cases=st.just(gc.call(np.ones(2))), signature=None)
    assert of(spec, [1.0, 2.0]) == []


@pytest.mark.parametrize("x", [np.zeros((0, 3)), np.arange(3)])
def test_an_input_without_numbers_to_change_has_no_companions(x):
    assert of(op(), x, domain=gc.integers(0, 3)) == []


# --- which cases have some


def gallery(*arrays):
    found = Gallery()
    for x in arrays:
        found.add(Case(inputs=(np.asarray(x, float),), names=("x",)))
    return found


def test_the_rarest_cases_come_first():
    ordinary, zero, tiny = [1.5, 2.5], [0.0, 2.5], [1e-12, 2e-12]
    found = gallery(ordinary, zero, [3.5, 4.5], zero, tiny, [5.5, 1.5])
    assert values(found.rarest()) == [tiny, zero, ordinary]


def test_large_and_empty_cases_are_left_out():
    assert gallery(np.ones(5000), np.ones(0)).rarest() == []


# --- what a run finds by them


def wrong_if(condition, forward, vjp, **options):
    """An op whose gradient is wrong on the inputs and params that meet a condition."""

    def gradient(g, x, **params):
        d = vjp(g, x, **params)
        return 1.5 * d if condition(x, **params) else d

    return op(forward, **options).vjp(gradient)


@pytest.mark.parametrize("seed", range(3))
def test_an_option_that_is_wrong_for_rare_values_is_found(seed):
    """Wrong in one of five modes, beside an exact zero, among negative numbers."""

    def forward(x, mode):
        return x * (1 + mode)

    def vjp(g, x, mode):
        wrong = mode == 3 and (x == 0).any() and (x < 0).any() and x.size > 1
        return g * (1 + mode) * (1.5 if wrong else 1)

    spec = op(forward, params={"mode": st.sampled_from([0, 1, 2, 3, 4])}).vjp(vjp)
    assert gc.check(spec, seed=seed, diagnose=False).verdict is gc.Verdict.FAIL


@pytest.mark.parametrize("seed", range(3))
def test_a_vjp_that_is_wrong_for_tiny_vectors_is_found(seed):
    def forward(x):
        return np.sin(x)

    def vjp(g, x):
        return g * (np.cos(x) if not x.size or not 0 < abs(x).max() < 1e-8 else 0 * x)

    assert gc.check(op(forward).vjp(vjp), seed=seed, diagnose=False).verdict is gc.Verdict.FAIL


@pytest.mark.parametrize("seed", range(3))
def test_a_cache_keyed_by_shape_and_first_entry_is_found(seed):
    def vjp(g, x, kept={}):  # noqa: B006
        key = (x.shape, float(x.flat[0]) if x.size else 0.0)
        return g * kept.setdefault(key, 2 * x)

    spec = op(lambda x: x * x, skip={"determinism": "only here", "layouts": "only here"}).vjp(vjp)
    assert gc.check(spec, seed=seed, diagnose=False).verdict is gc.Verdict.FAIL
