"""The table as a whole: its order, and that it is true of drawn cases."""

import numpy as np
import pytest

import gradcheck as gc
from gradcheck.cases.case import Case
from gradcheck.cases.conditions import Scope, Trait, in_order, possible, traits_of
from gradcheck.cases.plan import CasePlan
from gradcheck.cases.sampling import Sample, draw_cases


@pytest.mark.parametrize("signature", [None, "(...)->(...)", "(...,n,n)->(...)", "(n?,k)->(n?)"])
def test_nothing_is_claimed_that_is_not_a_trait(signature):
    spec = gc.op(signature, name="op", params={"axis": gc.axes_of("x")})(lambda x, axis=None: x)
    for trait in possible(Scope.of(spec)):
        assert isinstance(trait, Trait)
        assert trait.words
        assert "{}" not in trait.words
        assert in_order(trait) < (10_000, "")


def test_traits_are_listed_from_usual_to_unusual():
    phrases = [
        str(t) for t in sorted(traits_of(Case(inputs=(np.zeros(2),), names=("x",))), key=in_order)
    ]
    assert phrases.index("x is 1-D") < phrases.index("x has an exact zero")
    assert phrases.index("x has an exact zero") < phrases.index("x is all zeros")


def test_traits_leave_the_arrays_alone_and_are_true_of_every_drawn_case():
    spec = gc.op("(...,n),(n)->(...,n)", name="op", domains={"y": gc.positive()})(
        lambda x, y: x * y
    )
    plan = CasePlan.of(spec)

    def check(case):
        before = [x.copy() for x in case.inputs]
        found = set(map(str, traits_of(case, signature=spec.signature)))
        for x, kept in zip(case.inputs, before, strict=True):
            np.testing.assert_array_equal(x, kept)
        x = case.inputs[0]
        assert ("x has an exact zero" in found) == bool((x == 0).any())
        assert ("y has a negative entry" in found) is False
        assert (f"x is {x.ndim}-D") in found
        assert ("n is 1" in found) == (case.sizes["n"] == 1)

    draw_cases(
        lambda draw: plan.draw(draw, ("float64",)), check, Sample(name="op", cases=80, seed=0)
    )
