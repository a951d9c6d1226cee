"""What a run has drawn, what was rejected, and what never came."""

import json

import numpy as np
import pytest
from hypothesis import assume
from hypothesis import strategies as st

import gradcheck as gc
from gradcheck.cases.case import Case
from gradcheck.cases.conditions import Trait
from gradcheck.cases.coverage import Collector, Coverage
from gradcheck.cases.plan import CasePlan
from gradcheck.cases.sampling import Sample, draw_cases
from gradcheck.cases.schedule import passes

X_ZERO = Trait("value", "x", "zero", "x has an exact zero")
Y_ZERO = Trait("value", "y", "zero", "y has an exact zero")


def made(signature=None, forward=lambda x: x, **rest):
    return gc.op(signature, name="op", **rest)(forward)


def case_of(*inputs, **rest):
    arrays = tuple(map(np.asarray, inputs))
    return Case(inputs=arrays, names=("x", "y", "z")[: len(arrays)], **rest)


def drawn(spec, *, cases=100, seed=0):
    """The coverage of a run that calls the forward only."""
    collector = Collector(spec)
    for each in passes(CasePlan.of(spec), spec.dtypes, cases):

        def draw_case(draw, each=each):
            with collector.drawing():
                return each.draw(draw)

        def use(case):
            out = np.asarray(spec.forward(*case.inputs, **case.params))
            collector.add(case, case.cotangent.cotangents([out]))

        sample = Sample(name=f"op {each.label}", cases=each.cases, seed=seed)
        draw_cases(draw_case, use, sample)
    return collector.coverage()


def phrases(traits):
    return set(map(str, traits))


def test_counts_cases_by_trait():
    collector = Collector(made("(n),(n)->(n)", lambda x, y: x + y))
    collector.add(case_of([0.0, 1.5], [1.5, 2.5]))
    collector.add(case_of([0.0, 0.0], [0.0, 2.5]))
    collector.add(case_of([1.5], [2.5]))
    coverage = collector.coverage()
    assert coverage.cases == 3
    assert coverage.counts[X_ZERO] == 2
    assert coverage.counts[Y_ZERO] == 1
    assert coverage.anywhere["value", "zero"] == 2, "cases, not arguments"


def test_cotangents_and_defaults_are_counted():
    collector = Collector(made("(n)->(n)", lambda x, p=1: x, params={"p": st.integers(0, 5)}))
    collector.add(case_of([0.5, 1.5], params={"p": 1}), [np.array([0.0, 1.0])])
    collector.add(case_of([0.5, 1.5], params={"p": 2}))
    came = phrases(collector.coverage().counts)
    assert {"the cotangent has an exact zero", "p has its default value"} <= came
    assert "p does not have its default value" in came


def test_layouts_of_cotangents_are_those_that_the_vjp_saw():
    """A run hands on copies in C order; the vjp got the strided arrays themselves."""
    seen = set()

    def vjp(g, x):
        if g.size > 1 and not g.flags.c_contiguous:
            seen.add("stride 0" if not any(g.strides) else "other")
        return g * 2

    spec = made("(...)->(...)", lambda x: x * 2).vjp(vjp)
    coverage = gc.check(spec, cases=100, coverage=True).coverage
    assert seen == {"stride 0", "other"}
    layouts = {"stride 0", "strided", "reversed", "Fortran"}
    assert {trait.value for trait in coverage.counts if trait.group == "cotangent"} >= layouts
    assert not {trait.value for trait in coverage.missing if trait.group == "cotangent"} & layouts


def test_repeats_are_cases_with_the_inputs_of_another():
    collector = Collector(made("(n)->(n)"))
    for x, layout in (([1.5], "C"), ([1.5], "strided"), ([2.5], "C"), ([[1.5]], "C")):
        collector.add(case_of(x, layout=layout))
    collector.add(case_of([1.5], params={"p": 1}))
    collector.add(case_of(np.array([1.5], np.float32)))
    assert collector.coverage().repeats == 1


def test_inputs_of_a_variadic_forward_count_as_one():
    spec = made(None, lambda *xs: xs[0], cases=st.just(gc.call(np.ones(1))))
    collector = Collector(spec)
    arrays = (np.array([0.0, 1.5]), np.array([0.0, -2.5]))
    collector.add(Case(inputs=arrays, names=("xs[0]", "xs[1]"), domains=(gc.real(), None)))
    coverage = collector.coverage()
    assert coverage.counts[Trait("value", "xs", "zero")] == 1
    assert {t.subject for t in coverage.counts} == {"", "xs"}
    assert "xs has an exact zero" in phrases(coverage.counts)
    assert "|xs| reaches 710" in phrases(coverage.missing)


@pytest.mark.parametrize(
    ("spec", "reason"),
    [
        (made("(n)->(n)", assume=lambda x: x.size > 3), "assume"),
        (made(None, lambda x, axis: x, params={"axis": gc.axis_of("x")}), "a domain or strategy"),
        (made("(n)->(n)", domains={"x": lambda n: gc.arrays(n).filter(len)}), "a domain or strat"),
        (
            made(cases=st.integers(0, 9).map(lambda n: assume(n) and gc.call(np.ones(n)))),
            "a strategy's own assume",
        ),
    ],
)
def test_rejected_draws_have_a_reason(spec, reason):
    coverage = drawn(spec)
    (found,) = {why for why in coverage.rejected if "Hypothesis" not in why}
    assert found.startswith(reason)
    assert coverage.rejected[found] > 0
    assert coverage.draws == coverage.cases + sum(coverage.rejected.values())


def test_what_a_spec_rules_out_is_not_missing():
    missing = phrases(drawn(made("(...)->(...)", domains={"x": gc.positive()})).missing)
    assert not any("negative" in phrase or "zero" in phrase for phrase in missing)


def test_the_domains_of_cases_are_those_that_were_seen():
    @st.composite
    def calls(draw):
        return gc.call(draw(gc.arrays((2, 3), gc.real(-5, 5))))

    coverage = drawn(made(None, cases=calls()))
    claimed = phrases(coverage.possible)
    assert {"x has an exact zero", "x comes within 1e-3 of an edge of its domain"} <= claimed
    assert "|x| reaches 20" not in claimed
    assert "x is 1-D" not in claimed, "what shapes there are, the strategy alone knows"


def test_of_an_array_of_unknown_origin_nothing_is_claimed():
    calls = st.integers(1, 9).map(lambda n: gc.call(np.full(n, 0.3)))
    assert not any("x" in phrase for phrase in phrases(drawn(made(cases=calls)).missing))


def test_a_domain_that_draws_only_part_of_itself_shows():
    tame = gc.domain(lambda shape, dtype: st.just(np.full(shape, 0.5, dtype)))
    whole = type(tame)(tame.name, tame.strategy, contains=gc.real().contains)
    missing = phrases(drawn(made("(n)->(n)", domains={"x": whole})).missing)
    # Its `contains` takes any number, so that companions of its cases are negated.
    assert {"x has an exact zero", "|x| reaches 710"} <= missing
    assert "x has two equal entries" not in missing


def test_indices_and_masks_are_known_from_the_cases():
    spec = made(
        "(n),(k),(k)->(k)",
        lambda x, index, mask: x[index] * mask,
        dims={"n": gc.size(min=1)},
        domains={
            "index": lambda n: gc.integers(0, n - 1),
            "mask": lambda k: st.just(np.ones(k, bool)),
        },
        nondiff=("index", "mask"),
    )
    coverage = drawn(spec)
    assert {"an index in index is repeated"} <= phrases(coverage.counts)
    assert {"mask is false everywhere", "a row of mask is all false"} <= phrases(coverage.missing)


@pytest.mark.parametrize(("low", "claimed"), [(0, False), (-3, True)])
def test_indices_may_be_negative_only_where_their_domain_says_so(low, claimed):
    spec = made(
        "(n),(k)->(k)",
        lambda x, index: x[index],
        dims={"n": gc.size(min=3)},
        domains={"index": gc.integers(low, 2)},
    )
    before = Collector(spec).coverage().possible
    after = drawn(spec).possible
    for known in map(phrases, (before, after)):
        assert ("an index in index is negative" in known) is claimed
        assert "an index in index is repeated" in known
        assert not any(phrase.startswith("index has") for phrase in known)


def test_layouts_that_the_spec_does_not_take_are_not_missing():
    missing = phrases(drawn(made("(n,m)->(n,m)", layouts=("C",))).missing)
    assert not any("order" in phrase or "strided" in phrase for phrase in missing)
    assert "the inputs are in Fortran order" not in phrases(drawn(made("(n)->(n)")).possible)


def test_dtypes_of_the_run_take_the_place_of_those_of_the_spec():
    spec = made("(n)->(n)")
    assert "the inputs are float32" in phrases(Collector(spec, ("float32",)).coverage().missing)
    assert "the inputs are float64" in phrases(Collector(spec).coverage().missing)


def test_default_settings_draw_most_of_what_a_natural_spec_allows():
    coverage = drawn(made("(...),(...)->(...)", lambda x, y: x + y), cases=400)
    assert len(coverage.missing) <= len(coverage.possible) / 20, phrases(coverage.missing)


def test_coverages_add_up():
    one = Coverage(cases=3, counts={X_ZERO: 1}, rejected={"assume": 2}, possible=(X_ZERO, Y_ZERO))
    other = Coverage(
        cases=4,
        counts={X_ZERO: 2, Y_ZERO: 1},
        anywhere={("value", "zero"): 2},
        repeats=1,
        rejected={"assume": 1},
    )
    both = one.merged(other)
    assert (both.cases, both.repeats, both.draws) == (7, 1, 10)
    assert both.counts == {X_ZERO: 3, Y_ZERO: 1}
    assert both.anywhere == {("value", "zero"): 2}
    assert (one.missing, both.missing) == ((Y_ZERO,), ())
    assert both.merged(Coverage()) == both


def test_plain_data_has_a_row_for_each_trait():
    coverage = Coverage(cases=3, counts={X_ZERO: 1}, possible=(X_ZERO, Y_ZERO))
    plain = json.loads(json.dumps(coverage.to_dict()))
    assert plain["traits"][0] == {
        "group": "value",
        "subject": "x",
        "value": "zero",
        "words": "x has an exact zero",
        "cases": 1,
    }
    assert [row["cases"] for row in plain["traits"]] == [1, 0]
    assert plain["missing"] == ["y has an exact zero"]
    assert (plain["cases"], plain["repeats"], plain["rejected"]) == (3, 0, {})
