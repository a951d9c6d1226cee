"""How the cases of a run are shared out."""

import numpy as np
import pytest
from hypothesis import strategies as st

import gradcheck as gc
from gradcheck.cases.plan import CasePlan
from gradcheck.cases.sampling import draw_cases
from gradcheck.cases.schedule import passes

SEEDS = (0, *(pytest.param(seed, marks=pytest.mark.slow) for seed in (1, 2)))


def plan(signature="(...,n),(n)->(...)", **options):
    count = 1 if signature is None else signature.split("->")[0].count("(")
    forward = (lambda x, **params: x) if count == 1 else (lambda x, y: x @ y)
    return CasePlan.of(gc.op(signature, name="shared_out", **options)(forward))


def run(plan, cases=100, seed=0, dtypes=("float64",)):
    """The passes of a run with the cases that each of them drew, in their order."""
    drawn = []
    for each in passes(plan, dtypes, cases):
        drawn.append((each, []))
        draw_cases(each.draw, drawn[-1][1].append, each.sample("op", seed))
    return drawn


@pytest.mark.parametrize("cases", [1, 2, 5, 9, 10, 16, 17, 30, 99, 100, 300, 1000])
def test_the_passes_have_as_many_cases_as_were_asked_for(cases):
    assert sum(each.cases for each in passes(plan(), ("float64",), cases)) == cases


@pytest.mark.parametrize("cases", [16, 30, 100])
def test_as_many_are_drawn(cases):
    drawn = run(plan("(...)->(...)"), cases)
    assert [each.cases for each, _ in drawn] == [len(found) for _, found in drawn]
    assert sum(each.cases for each, _ in drawn) == cases


def test_most_cases_are_plain_some_hunt_and_some_are_large():
    drawn = run(plan())
    early, *near, rest, accompanying, hunt, a, b, c, d = [each for each, _ in drawn]
    assert (early.label, rest.label, accompanying.label) == ("", "rest", "companions")
    assert early.cases + rest.cases >= 65
    assert hunt.hunts
    assert not any(each.hunts for each, _ in drawn if each is not hunt)
    large = (a, b, c, d)
    assert [each.stretch.axis for each in large] == ["n", "n", "...", "..."]
    assert [each.stretch.over for each in large] == [1024, 65536] * 2
    assert all(each.cases >= 2 for each in large)
    assert [each.label for each in near] == ["n > 30", "... > 30"]
    assert all(each.cases == 3 and each.stretch is None for each in near)


def test_labels_tell_passes_apart():
    labels = [each.label for each, _ in run(plan())]
    assert len(set(labels)) == len(labels)


def test_a_handful_of_cases_is_drawn_plainly():
    (only,) = passes(plan(), ("float64",), 4)
    assert (only.cases, only.hunts, only.stretch) == (4, False, None)


def test_where_no_axis_can_be_long_none_is():
    op = plan(dims={"n": gc.size(max=8)}, signature="(n),(n)->()")
    assert [each.label for each in passes(op, ("float64",), 100)] == ["", "hunt"]


# --- near sizes


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(
    "signature", ["(...)->(...)", "(n)->()", "(m,n)->(m)", "(...,m,n),(...,n,p)->(...,m,p)"]
)
def test_each_axis_is_longer_than_256_among_the_first_26_cases(signature, seed):
    op = plan(signature)
    early = [case for _, found in run(op, 100, seed) for case in found][:26]
    names = op.spec.signature.input_names
    for name in names:
        assert any(case.sizes[name] > 256 for case in early), name
    if "..." in signature:
        assert any(max(x.shape[:1], default=0) > 256 for case in early for x in case.inputs)


def test_sizes_on_both_sides_of_the_powers_of_two_come():
    found = {
        case.sizes["n"]
        for seed in range(12)
        for _, c in run(plan("(n)->()"), 60, seed)
        for case in c
    }
    for power in (32, 64, 128, 256):
        assert found & {power - 1, power, power + 1}, power


# --- long axes in short dtypes


def test_an_axis_is_long_in_each_dtype_with_a_cotangent_of_one_sign():
    dtypes = ("float64", "float32", "float16")
    long = [
        case
        for each, found in run(plan("(...,n)->(...)"), 100, 0, dtypes)
        for case in found
        if each.stretch is not None
    ]
    for dtype in dtypes:
        assert any(c.dtype == dtype and c.cotangent.pattern == "one sign" for c in long), dtype


# --- companions


@pytest.mark.parametrize("seed", SEEDS)
def test_a_run_has_signs_and_scales_of_a_rare_case_and_each_option(seed):
    op = plan("(...)->(...)", params={"mode": st.sampled_from(["a", "b", "c"])})
    drawn = {each.label: found for each, found in run(op, 100, seed)}
    plain = [*drawn[""], *drawn["rest"]]
    around = drawn["companions"]
    negated = [c for c in around if any(np.array_equal(c.inputs[0], -p.inputs[0]) for p in plain)]
    assert any(case.inputs[0].any() for case in negated)
    tiny = [case for case in (*plain, *around) if 0 < abs(case.inputs[0]).max(initial=0) < 1e-9]
    assert {case.params["mode"] for case in tiny} == {"a", "b", "c"}
    one_entry = [
        case
        for case in around
        for p in plain
        if p.inputs[0].shape == case.inputs[0].shape and (p.inputs[0] != case.inputs[0]).sum() == 1
    ]
    assert one_entry


def test_a_survey_of_companions_draws_others_as_well():
    drawn = run(plan("(...)->(...)"))
    (accompanying, found), *_ = [(e, f) for e, f in drawn if e.label == "companions"]
    around = []
    draw_cases(accompanying.survey, around.append, accompanying.sample("survey", 0))
    own = {id(case) for case in found}
    assert 0 < sum(id(case) in own for case in around) <= len(around)
    plain = drawn[0][0]
    assert plain.survey is plain.draw
