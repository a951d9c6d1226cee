"""Exhibits: two ops of one forward, and what is told about them."""

from tests.doubled_exhibit import doubled


def test_both_ops_are_made_of_one_forward_and_one_spec():
    shown = doubled(1)
    assert shown.wrong is not shown.right
    assert shown.wrong.forward is shown.right.forward
    assert (shown.wrong.name, shown.wrong.dims) == (shown.right.name, shown.right.dims)
    assert (shown.op, shown.right.summary) == ("double", "Twice the input.")


def test_links_lead_to_the_cited_issues():
    assert doubled(1).links == ("https://github.com/owner/project.jl/issues/12",)
