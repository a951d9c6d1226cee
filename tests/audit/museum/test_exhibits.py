"""Exhibits: two ops of one forward, and what is told about them."""

import gradcheck as gc
from gradcheck.audit.museum.exhibits import bug


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
