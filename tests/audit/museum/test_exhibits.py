"""Exhibits: two ops of one forward, and what is told about them."""

import pytest

import gradcheck as gc
from gradcheck.audit.museum import exhibit, exhibits
from gradcheck.audit.museum.demonstration import demonstrate
from gradcheck.audit.museum.exhibits import bug
from gradcheck.errors import SelectionError
from gradcheck.results.settings import Settings
from gradcheck.results.verdict import Verdict


def doubled(wrong_factor, right_factor=2):
    @bug(
        "R99",
        "Forgets the factor.",
        exposed_by="any input",
        cited=("owner/project.jl#12",),
        op=gc.op("(n)->(n)", dims={"n": gc.size(max=3)}),
    )
    def double(x):
        """Twice the input."""
        return 2 * x

    double.wrong.vjp(lambda g: wrong_factor * g)
    double.right.vjp(lambda g: right_factor * g)
    return double


def test_both_ops_are_made_of_one_forward_and_one_spec():
    shown = doubled(1)
    assert shown.wrong is not shown.right
    assert shown.wrong.forward is shown.right.forward
    assert (shown.wrong.name, shown.wrong.dims) == (shown.right.name, shown.right.dims)
    assert (shown.op, shown.right.summary) == ("double", "Twice the input.")


def test_links_lead_to_the_cited_issues():
    assert doubled(1).links == ("https://github.com/owner/project.jl/issues/12",)


def test_an_exhibit_is_found_in_either_case():
    assert exhibit("r01") is exhibit("R01")
    assert exhibit("R01").id == "R01"


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        ("R02", "Did you mean 'R01'?"),
        ("t1", "Did you mean 'T01'?"),
        ("R999", "Did you mean 'R107'?"),
        ("X01", "Did you mean '"),
        ("prod", "'prod' is R01."),
    ],
)
def test_an_unknown_id_names_the_nearest(asked, answer):
    with pytest.raises(SelectionError) as caught:
        exhibit(asked)
    message = str(caught.value)
    assert message.startswith(f"There is no exhibit '{asked}'. ")
    assert answer in message
    assert message.endswith(f"'gradcheck museum' lists all {len(exhibits())}.")


@pytest.mark.parametrize(
    ("factors", "found", "passed"),
    [((1, 2), True, True), ((2, 2), False, True), ((1, 1), True, False)],
)
def test_a_demonstration_holds_if_only_the_wrong_gradient_fails(factors, found, passed):
    shown = demonstrate(doubled(*factors), Settings(cases=10, seed=3))
    assert (shown.found, shown.passed, shown.holds) == (found, passed, found and passed)
    assert {shown.wrong.seed, shown.right.seed} == {3}
    assert shown.wrong.verdict is (Verdict.FAIL if found else Verdict.PASS)
