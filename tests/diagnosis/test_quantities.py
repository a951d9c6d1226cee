"""Numbers of a case by name, as factors of a gradient are named after them."""

import numpy as np

import gradcheck as gc
from gradcheck.cases.case import Case
from gradcheck.checks.subject import subject_of
from gradcheck.diagnosis.quantities import common, numeric_params, quantities_of, shape_of
from gradcheck.diagnosis.specimen import Specimen


def test_sizes_params_and_copies():
    made = gc.op("(...,d),(d)->(...,d)", name="op")(lambda x, w, scale=1.0: scale * x * w)
    made.vjp(lambda g, x, w: (g * w, gc.unbroadcast(g * x, w.shape)))
    case = Case(
        inputs=(np.ones((4, 3)), np.ones(3)),
        names=("x", "w"),
        params={"scale": 0.5},
        sizes={"d": 3},
    )
    found = quantities_of(Specimen(subject_of(made), case, "w"))
    assert list(found)[:2] == ["d", "scale"]
    assert found["the number of outputs per entry of w"] == 4
    assert (found["x.shape[0]"], found["x.shape[-1]"], found["out.size"]) == (4, 3, 12)
    assert "the number of entries per output" not in found


def test_copies_by_broadcasting_of_leading_axes():
    made = gc.op("(...),(...)->(...)", name="op")(lambda x, y: x * y)
    made.vjp(lambda g, x, y: (gc.unbroadcast(g * y, x.shape), gc.unbroadcast(g * x, y.shape)))
    case = Case(inputs=(np.ones((4, 3)), np.ones(3)), names=("x", "y"))
    subject = subject_of(made)
    words = "how often {} is repeated by broadcasting"
    assert quantities_of(Specimen(subject, case, "y"))[words.format("y")] == 4
    assert words.format("x") not in quantities_of(Specimen(subject, case, "x"))


def test_params_that_are_numbers():
    params = {"n": 2, "p": np.float32(0.5), "flag": True, "mode": "sum", "none": None}
    assert numeric_params(params) == {"n": 2.0, "p": 0.5}


def test_the_shape_of_a_scalar_has_no_sizes():
    assert shape_of("x", ()) == {}
    assert shape_of("x", (2, 3)) == {
        "x.size": 6,
        "x.shape[0]": 2,
        "x.shape[-2]": 2,
        "x.shape[1]": 3,
        "x.shape[-1]": 3,
    }


def test_names_that_all_have_in_the_order_of_the_first():
    assert common([{"b": 1, "a": 2, "c": 3}, {"a": 0, "b": 0}]) == ["b", "a"]
