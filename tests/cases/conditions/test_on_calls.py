"""Conditions on params, layouts and cotangents."""

import numpy as np
import pytest
from hypothesis import strategies as st

import gradcheck as gc
from gradcheck.cases.case import Case
from gradcheck.cases.cotangents import CotangentPlan
from tests.phrases import possible_for, shown

SEVERAL = {"p is a tuple", "p has several entries"}


@pytest.mark.parametrize(
    ("value", "phrases"),
    [
        (-1, {"p is negative", "p is -1"}),
        (2, {"p is not negative", "p is 2"}),
        (100_000, {"p is not negative"}),
        (-(10**400), {"p is negative"}),
        (1e-5, {"p is not negative", "p is 1e-05"}),
        (0.1234567890123, {"p is not negative"}),
        (None, {"p is None"}),
        (True, {"p is True"}),
        ("same", {"p is 'same'"}),
        ("{}", {"p is '{}'"}),
        ((), {"p is an empty tuple"}),
        ((0, -1), {*SEVERAL, "p has a negative entry"}),
        (
            (1, 2, 0),
            {
                "p is a tuple",
                "p has several entries",
                "p is an order of axes that does not undo itself",
            },
        ),
        ((1, 0), SEVERAL),
        ({"a": 1}, set()),
    ],
)
def test_params(value, phrases):
    found = shown([1.3], params={"p": value})
    assert {phrase for phrase in found if phrase.startswith("p ")} == phrases


def test_a_param_may_be_anything():
    class Odd:
        def __repr__(self):
            raise ValueError

        def __eq__(self, other):
            raise ValueError

        __hash__ = None

    assert shown([1.3], params={"p": Odd(), "q": [np.ones(2)]})
    found = shown([1.3], params={"p": Odd()}, defaults={"p": Odd()})
    assert "p has its default value" in found


def test_defaults():
    def of(value):
        return {p for p in shown([1.3], params={"p": value}, defaults={"p": 1}) if "default" in p}

    assert of(1) == {"p has its default value"}
    for other in (2, None, True, 1.0):
        assert of(other) == {"p does not have its default value"}


def test_nothing_is_said_of_a_default_that_is_an_array_or_not_there():
    for defaults in ({}, {"p": np.ones(2)}, {"q": 1}):
        assert not any("default" in p for p in shown([1.3], params={"p": 1}, defaults=defaults))


@pytest.mark.parametrize(
    ("layout", "x", "phrase"),
    [
        ("C", np.ones((2, 2)), "the inputs are in C order"),
        ("Fortran", np.ones((2, 2)), "the inputs are in Fortran order"),
        ("Fortran", np.ones(3), "the inputs are in C order"),
        ("Fortran", np.ones((1, 3)), "the inputs are in C order"),
        ("transposed", np.ones((2, 2)), "the inputs are transposed in memory"),
        ("strided", np.ones(3), "the inputs are strided"),
        ("strided", np.ones((3, 1)), "the inputs are strided"),
        ("strided", np.ones(1), "the inputs are in C order"),
        ("reversed", np.ones((3, 1)), "the inputs are in C order"),
        ("reversed", np.ones(3), "the inputs run backwards in memory"),
        ("stride 0", np.ones(3), "the inputs have stride 0"),
        ("stride 0", np.arange(3.0), "the inputs are in C order"),
        ("read-only", np.ones(3), "the inputs are read-only"),
        ("scalar", np.ones(()), "an input is a NumPy scalar"),
        ("scalar", np.ones(3), "the inputs are in C order"),
    ],
)
def test_a_layout_counts_where_it_makes_a_difference(layout, x, phrase):
    found = shown(x, layout=layout)
    assert phrase in found
    case = Case(inputs=(x,), names=("x",), layout=layout)
    (arranged,) = case.arranged()
    contiguous = np.asarray(arranged).flags.c_contiguous
    assert ("the inputs are not C-contiguous" in found) == (not contiguous)


@pytest.mark.parametrize(
    ("pattern", "layout", "phrases"),
    [
        ("random", "C", set()),
        ("with zeros", "C", {"the cotangent has an exact zero"}),
        ("one-hot", "C", {"the cotangent has an exact zero", "the cotangent is one-hot"}),
        ("zero rows", "C", {"the cotangent has an exact zero"}),
        ("stride 0", "C", {"the cotangent has stride 0", "the cotangent is not C-contiguous"}),
        (
            "random",
            "Fortran",
            {"the cotangent is in Fortran order", "the cotangent is not C-contiguous"},
        ),
        ("random", "strided", {"the cotangent is strided", "the cotangent is not C-contiguous"}),
        (
            "random",
            "reversed",
            {"the cotangent runs backwards in memory", "the cotangent is not C-contiguous"},
        ),
    ],
)
def test_cotangents(pattern, layout, phrases):
    g = CotangentPlan(pattern, 7, layout).cotangents([np.ones((3, 4))])
    found = {phrase for phrase in shown([1.3], cotangents=g) if "cotangent" in phrase}
    assert phrases <= found
    if not phrases:
        assert found == set()


def test_cotangents_of_several_outputs():
    g = (np.ones(2), np.zeros(3), None)
    found = shown([1.3], cotangents=g)
    assert {"the cotangent of an output is all zeros", "the cotangent is 1 everywhere"} <= found


def test_what_is_possible_follows_from_params():
    axis = possible_for(params={"axis": gc.axis_of("x")})
    assert {"axis is negative", "axis does not have its default value"} <= axis
    assert "x is 0-D" not in axis
    assert {"axis is None", "x is 0-D"} <= possible_for(params={"axis": gc.axes_of("x")})
    assert "axis is True" in possible_for(params={"axis": st.booleans()})
    assert "axis is 'mean'" in possible_for(params={"axis": st.sampled_from(["mean", "sum"])})
