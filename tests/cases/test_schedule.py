"""How the cases of a run are shared out."""

import pytest

import gradcheck as gc
from gradcheck.cases.plan import CasePlan
from gradcheck.cases.schedule import passes


def plan(signature="(...,n),(n)->(...)", **options):
    count = 1 if signature is None else signature.split("->")[0].count("(")
    forward = (lambda x: x) if count == 1 else (lambda x, y: x @ y)
    return CasePlan.of(gc.op(signature, name="shared_out", **options)(forward))


@pytest.mark.parametrize("cases", [1, 2, 5, 9, 10, 30, 99, 100, 300, 1000])
def test_the_passes_have_as_many_cases_as_were_asked_for(cases):
    assert sum(each.cases for each in passes(plan(), ("float64",), cases)) == cases


def test_most_cases_are_plain_some_hunt_and_some_are_large():
    plain, hunt, *large = passes(plan(), ("float64",), 100)
    assert (plain.label, hunt.label) == ("", "hunt")
    assert plain.cases >= 60
    assert (plain.hunts, hunt.hunts) == (False, True)
    assert [each.stretch.axis for each in large] == ["n", "n", "...", "..."]
    assert [each.stretch.over for each in large] == [1024, 65536] * 2
    assert all(each.cases >= 2 for each in large)


def test_labels_tell_passes_apart():
    labels = [each.label for each in passes(plan(), ("float64",), 100)]
    assert len(set(labels)) == len(labels)


def test_a_handful_of_cases_is_drawn_plainly():
    (only,) = passes(plan(), ("float64",), 4)
    assert (only.cases, only.hunts, only.stretch) == (4, False, None)


def test_where_no_axis_can_be_long_none_is():
    op = plan(dims={"n": gc.size(max=8)}, signature="(n),(n)->()")
    assert [each.stretch for each in passes(op, ("float64",), 100)] == [None, None]
