"""A call as conditions see it: leading axes, layouts, arrays by name."""

import numpy as np
import pytest

import gradcheck as gc
from gradcheck.cases.case import Case
from gradcheck.cases.conditions.call_view import CallView, ShapeView
from gradcheck.spec.signature import parse_signature


def shapes(signature, *given, sizes=()):
    names = ("x", "y", "z")[: len(given)]
    return ShapeView(names, given, sizes, signature and parse_signature(signature))


@pytest.mark.parametrize(
    ("signature", "given", "leads", "whole"),
    [
        ("(...,n),(n)->(...)", ((2, 3), (3,)), {"x": (2,)}, (2,)),
        ("(...),(...)->(...)", ((2, 3), (3,)), {"x": (2, 3), "y": (3,)}, (2, 3)),
        ("(n),(n)->(n)", ((3,), (3,)), {}, ()),
        (None, ((2, 3), (4,)), {"x": (2, 3), "y": (4,)}, None),
        ("(...,m,n),(...,n,p)->(...,m,p)", ((5, 1, 2), (2, 3)), {"x": (5,), "y": ()}, (5,)),
    ],
)
def test_leading_axes(signature, given, leads, whole):
    view = shapes(signature, *given)
    assert (view.leads, view.whole) == (leads, whole)


def test_an_input_is_broadcast_only_by_a_signature():
    view = shapes("(...),(...)->(...)", (2, 3), (3,))
    assert [view.is_broadcast(name) for name in "xyz"] == [False, True, False]
    assert not shapes(None, (2, 3), (3,)).is_broadcast("y")


def test_missing_sizes_are_those_of_the_case_or_of_inputs_short_of_axes():
    signature = "(n?,k),(k,m?)->(n?,m?)"
    assert shapes(signature, (3,), (3, 2)).missing == {"n"}
    assert shapes(signature, (4, 3), (3,)).missing == {"m"}
    known = (("n", 4), ("k", 3), ("m", None))
    assert shapes(signature, (4, 3), (3,), sizes=known).missing == {"m"}


@pytest.mark.parametrize(
    ("layout", "x", "seen", "in_order"),
    [
        ("C", np.ones((2, 2)), "C", True),
        ("Fortran", np.ones((2, 2)), "Fortran", False),
        ("Fortran", np.ones(3), "C", True),
        ("read-only", np.ones(3), "read-only", True),
        ("scalar", np.ones(()), "scalar", True),
    ],
)
def test_a_layout_is_seen_where_it_makes_a_difference(layout, x, seen, in_order):
    call = CallView.of(Case(inputs=(x,), names=("x",), layout=layout))
    assert (call.layout, call.in_order) == (seen, in_order)


def test_arrays_are_inputs_and_array_params():
    case = Case(
        inputs=(np.ones(2), np.arange(2)),
        names=("x", "i"),
        params={"w": np.ones(1, np.float32), "axis": 0},
        domains=(gc.positive(), None),
    )
    call = CallView.of(case, cotangents=(np.ones(2), None, np.ones(0)))
    assert list(call.arrays) == ["x", "i", "w"]
    assert list(call.floating) == ["x", "w"]
    assert len(call.cotangents) == 1
    assert str(call.domain("x")) == "positive"
    assert call.domain("i") is None


def test_a_call_without_a_case_is_in_c_order():
    call = CallView(shapes=shapes(None, (2,)))
    assert (call.layout, call.in_order, call.domain("x")) == ("C", True, None)
