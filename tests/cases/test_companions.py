"""Companions of rare cases: one thing changed, within the spec, and found by a run."""

import numpy as np
import pytest
from hypothesis import strategies as st

import gradcheck as gc
from gradcheck.cases.case import Case
from gradcheck.cases.companions import Gallery, _facts, changed, other_options
from gradcheck.cases.plan import CasePlan

SEEDS = (0, *(pytest.param(seed, marks=pytest.mark.slow) for seed in (1, 2)))


def op(forward=lambda x, **params: x, signature="(...)->(...)", **options):
    return gc.op(signature, name="op", **options)(forward)


def case_of(spec, *inputs, domain=None, **rest):
    domains = tuple(domain or spec.domains.get(name) or gc.real() for name in spec.inputs)
    arrays = tuple(map(np.asarray, inputs))
    return Case(inputs=arrays, names=spec.inputs, domains=domains, **rest)


def of(spec, *inputs, **rest):
    """The values of a case of a spec with one thing changed."""
    return list(changed(spec, CasePlan.of(spec).sources, case_of(spec, *inputs, **rest)))


def options_of(spec, *inputs, **rest):
    """The names and values of the options that a case of a spec could have instead."""
    case = case_of(spec, *inputs, **rest)
    pairs = other_options(spec, CasePlan.of(spec).sources, case)
    return [(name, other.params[name]) for name, other in pairs]


def values(cases):
    return [case.inputs[0].tolist() for case in cases]


def test_signs_scale_and_one_entry():
    x = [1.0, 0.0, -2.0]
    negated, tiny, other = values(of(op(), x))
    assert negated == [-1.0, 0.0, 2.0]
    assert tiny == pytest.approx([0.25e-9, 0.0, -0.5e-9], rel=1e-12)
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
    assert options_of(spec, [1.0], params=params) == [
        ("mode", "a"),
        ("mode", "c"),
        ("flag", False),
    ]


def test_options_that_depend_on_a_size_are_those_of_the_case():
    spec = op(
        lambda x, groups: x,
        "(n)->(n)",
        params={"groups": lambda n: st.sampled_from([d for d in range(1, n + 1) if n % d == 0])},
    )
    found = options_of(spec, np.ones(6), sizes={"n": 6}, params={"groups": 2})
    assert [groups for _, groups in found] == [1, 3, 6]


def test_axes_are_options_too():
    spec = op(lambda x, axis: x, None, params={"axis": gc.axis_of("x")})
    found = options_of(spec, np.ones((2, 3)), params={"axis": 0})
    assert found == [("axis", 1), ("axis", -2), ("axis", -1)]


def test_what_something_else_was_drawn_with_stays():
    spec = op(
        lambda x, y, low: x,
        "(n),(n)->(n)",
        domains={"y": lambda x, low: gc.real(low=max(x.max(), low))},
        params={"low": st.sampled_from([0, 1])},
    )
    x, y = np.array([1.0, 2.0]), np.array([3.0, 4.0])
    given = {"sizes": {"n": 2}, "params": {"low": 0}, "domain": gc.real()}
    assert options_of(spec, x, y, **given) == []
    for case in of(spec, x, y, **given):
        np.testing.assert_array_equal(case.inputs[0], x)


def test_companions_lie_in_their_domain():
    assert values(of(op(domains={"x": gc.positive()}), [1.0, 2.0])) == [
        pytest.approx([0.25e-9, 0.5e-9], rel=1e-12),
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
    assert cases[0].inputs[0].max() == pytest.approx(0.5e-9)


def test_a_companion_that_would_be_the_case_itself_is_left_out():
    assert values(of(op(), [0.0, 0.0])) == [[0.0, 0.5]]


@pytest.mark.parametrize("x", [np.zeros((0, 3)), np.arange(3)])
def test_an_input_without_numbers_to_change_has_no_companions(x):
    assert of(op(), x, domain=gc.integers(0, 3)) == []


# --- which cases have some


def gallery(spec, *cases):
    found = Gallery(spec, CasePlan.of(spec).sources)
    for case in cases:
        found.add(case)
    return found


def test_the_rarest_fact_comes_first():
    spec = op()
    ordinary, zero, tiny = [1.5, 2.5], [0.0, -2.5], [1e-12, -2e-12]
    found = gallery(spec, *(case_of(spec, x) for x in (ordinary, zero, ordinary, zero, tiny)))
    assert values(found.companions())[0] == [-1e-12, 2e-12]
    assert [-0.0, 2.5] in values(found.companions())


def test_a_fact_comes_with_the_options_that_it_has_not_had():
    spec = op(lambda x, mode: x, params={"mode": st.sampled_from(["a", "b", "c"])})
    zero, other = [0.0, 2.5], [1.5, -2.5]
    seen = [(zero, "a"), (zero, "b"), (other, "a"), (other, "c")]
    cases = [case_of(spec, x, params={"mode": mode}) for x, mode in seen]
    all_cases = [*cases, *gallery(spec, *cases).companions()]
    assert (zero, "c") not in seen
    for fact in ("zero", "all tiny"):
        shown = {case.params["mode"] for case in all_cases if fact in _facts(case)}
        assert shown in (set(), {"a", "b", "c"}), fact


@pytest.mark.parametrize("dtype", ["float16", "float32", "complex64", "complex128"])
def test_facts_are_the_same_in_every_dtype(dtype):
    facts = [
        *_facts(case_of(op(), np.array([300.0, 0.0], dtype))),
        *_facts(case_of(op(), np.array([-6e-8, -6e-8], dtype) / 100)),
    ]
    tiny = [] if dtype == "float16" else ["tiny", "all tiny"]
    assert facts[:2] == ["zero", "beyond 100"]
    assert set(facts[2:]) == {*(tiny or ["zero"]), "all equal", *(["all negative"] if tiny else [])}


def test_cases_that_are_large_or_empty_have_no_companions():
    spec = op()
    cases = [case_of(spec, np.zeros(5000)), case_of(spec, np.zeros(0))]
    assert list(gallery(spec, *cases).companions()) == []


def test_calls_of_the_users_own_have_none():
    """Their inputs may hang together in ways that nobody has said."""
    spec = op(lambda x, mode: x, cases=st.just(gc.call(np.zeros(2), mode=1)), signature=None)
    case = case_of(spec, [1.0, 0.0], params={"mode": 1})
    assert list(gallery(spec, case).companions()) == []


# --- what a run finds by them


def beside(rare):
    """An op that is wrong in one of four modes, and there for rare values only."""

    def vjp(g, x, mode):
        return g * (1 + mode) * (1.5 if mode == 3 and x.size and rare(x) else 1)

    return op(lambda x, mode: x * (1 + mode), params={"mode": st.sampled_from(range(4))}).vjp(vjp)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(
    "rare",
    [
        lambda x: 0 < abs(x).max() < 1e-9,
        lambda x: x.size > 1 and x.min() == x.max() != 0,
        lambda x: (x == 0).any() and x.size > 1,
        lambda x: (x > 1e19).any(),
        lambda x: x.max() < -0.001,
    ],
    ids=["tiny", "equal", "zero", "huge", "negative"],
)
def test_an_option_that_is_wrong_beside_rare_values_is_found(rare, seed):
    assert (
        gc.check(beside(rare), seed=seed, diagnose=False, shrink=False).verdict is gc.Verdict.FAIL
    )


@pytest.mark.parametrize("seed", SEEDS)
def test_a_vjp_that_is_wrong_for_tiny_vectors_is_found(seed):
    def vjp(g, x):
        return g * (np.cos(x) if not x.size or not 0 < abs(x).max() < 1e-8 else 0 * x)

    assert (
        gc.check(op(np.sin).vjp(vjp), seed=seed, diagnose=False, shrink=False).verdict
        is gc.Verdict.FAIL
    )


@pytest.mark.parametrize("seed", SEEDS)
def test_a_cache_keyed_by_shape_and_first_entry_is_found(seed):
    def vjp(g, x, kept={}):  # noqa: B006
        key = (x.shape, float(x.flat[0]) if x.size else 0.0)
        return g * kept.setdefault(key, 2 * x)

    spec = op(lambda x: x * x, skip={"determinism": "only here", "layouts": "only here"}).vjp(vjp)
    assert gc.check(spec, seed=seed, diagnose=False, shrink=False).verdict is gc.Verdict.FAIL
