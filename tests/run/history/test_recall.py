"""A case comes back from its report with its domains, sizes and cotangents."""

import numpy as np
import pytest

import gradcheck as gc
from gradcheck.cases.case import Case
from gradcheck.checks.subject import subject_of
from gradcheck.checks.trial import Trial
from gradcheck.run.history.recall import recalled
from gradcheck.spec.domains import from_origin

DOMAINS = {
    "real": gc.real(),
    "bounded": gc.real(-1, 2.5, closed=True),
    "infinite": gc.real(infinite=True),
    "positive": gc.positive(),
    "nonnegative": gc.nonnegative(),
    "nonzero": gc.nonzero(),
    "distinct": gc.distinct(),
    "unit_norm": gc.unit_norm(),
    "spd": gc.spd(),
    "symmetric": gc.symmetric(),
    "orthogonal": gc.orthogonal(),
    "well_conditioned": gc.well_conditioned(),
    "lower_triangular": gc.lower_triangular(),
    "integers": gc.integers(-3, 4),
}


@pytest.mark.parametrize("domain", DOMAINS.values(), ids=DOMAINS)
def test_a_domain_is_made_again(domain):
    again = from_origin(domain.origin)
    assert (again.name, again.origin, again.integral) == (
        domain.name,
        domain.origin,
        domain.integral,
    )
    x = np.array([[0.6, 0.8], [0.8, -0.6]])
    for ask in ("room", "project", "retract", "contains"):
        one, other = getattr(domain, ask), getattr(again, ask)
        assert (one is None) == (other is None)
        if one is not None:
            given = (x, x[::-1]) if ask == "project" else (x,)
            assert np.array_equal(one(*given), other(*given))


def test_a_case_comes_back():
    op = gc.op("(n,n)->()", name="f", domains={"a": gc.spd()})(lambda a: a.sum())
    op = op.vjp(lambda g, a: g * np.ones_like(a))
    case = Case(
        inputs=(np.eye(2),),
        names=("a",),
        domains=(gc.spd(),),
        sizes={"n": 2},
        layout="Fortran",
        turn=3,
    )
    trial = Trial(subject_of(op), case)
    trial.call_forward()
    trial.call_vjp()
    back = recalled(trial.report(), op)
    assert (back.names, back.layout, back.turn, back.sizes) == (("a",), "Fortran", 3, {"n": 2})
    assert back.domains[0].name == gc.spd().name
    assert back.cotangent.given == trial.cotangents


def test_a_domain_of_ones_own_is_that_of_the_spec():
    own = gc.domain(lambda shape, dtype: gc.real().strategy(shape, dtype), name="own")
    op = gc.op("(...)->(...)", name="f", domains={"x": own})(np.sin).vjp(lambda g, x: g)
    case = Case(inputs=(np.ones(1),), names=("x",), domains=(own,))
    assert recalled(Trial(subject_of(op), case).report(), op).domains == (own,)
