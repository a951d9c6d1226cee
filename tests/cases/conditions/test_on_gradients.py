"""Conditions under which a broken gradient shows, and which specs rule them out."""

from dataclasses import replace

import numpy as np
import pytest

import gradcheck as gc
from gradcheck.cases.case import Case
from gradcheck.cases.conditions import CONDITIONS, CallView, Scope
from gradcheck.cases.conditions.on_gradients import equal_pair, identical, in_memory_order, rounded
from gradcheck.spec.signature import parse_signature


def holds(value, *inputs, name="x", signature=None, **known):
    arrays = tuple(np.asarray(x) for x in inputs)
    names = ("x", "y")[: len(arrays)]
    params = known.pop("params", {})
    case = Case(inputs=arrays, names=names, params=params)
    call = CallView.of(case, signature and parse_signature(signature), known.pop("cotangents", ()))
    call = replace(call, active=names, **known)
    return CONDITIONS["gradient", value].holds(call, name)


@pytest.mark.parametrize(
    ("value", "yes", "no"),
    [
        ("filled", np.ones(1), np.ones(0)),
        ("matrix", np.ones((2, 2)), np.ones((1, 2))),
        ("vector", np.ones(2), np.ones((2, 1))),
        ("not flat", np.ones(()), np.ones(2)),
        ("complex", np.ones(1, complex), np.ones(1)),
        ("near zero", [1e-4, 1.0], [0.0, 1e-3]),
        ("rows", np.ones(1025), np.ones(1024)),
        ("many", np.ones(65536), np.ones(65535)),
        ("input order", np.arange(4.0).reshape(2, 2).T, np.ones((2, 2)).T),
    ],
)
def test_conditions_on_an_input(value, yes, no):
    assert holds(value, yes)
    assert not holds(value, no)


@pytest.mark.parametrize(
    ("value", "yes", "no"),
    [
        ("output rows", np.ones(1025), np.ones(1032)),
        ("cotangent order", np.arange(4.0).reshape(2, 2).T, np.arange(4.0)[::-1]),
        ("not contiguous", np.ones(4)[::2], np.ones((2, 2)).T),
        ("finer than float32", np.array([1 + 1e-9]), np.array([1.5])),
        ("finer than float16", np.array([1 + 1e-4j]), np.array([1.5 + 0.5j])),
    ],
)
def test_conditions_on_a_cotangent(value, yes, no):
    assert holds(value, [1.0], cotangents=(no, yes))
    assert not holds(value, [1.0], cotangents=(no,))


def test_a_cotangent_is_none_where_all_its_parts_are_zero():
    assert holds("no cotangent", [1.0], cotangents=(np.zeros(2), np.zeros(1)))
    assert not holds("no cotangent", [1.0], cotangents=(np.zeros(2), np.ones(1)))
    assert not holds("no cotangent", [1.0], cotangents=(np.ones(0),))


def test_conditions_on_the_whole_call():
    assert holds("always", [1.0])
    assert holds("several", [1.0], [2.0])
    assert not holds("several", [1.0])
    assert holds("equal inputs", [1.0], [1.0])
    assert not holds("equal inputs", [0.0], [0.0])
    assert holds("repeated index", [1.0], [2, 2])
    assert not holds("repeated index", [1.0, 1.0], [2, 1])
    assert holds("broadcast", [[1.0], [2.0]], [1.0], name="y", signature="(...),(...)->(...)")
    assert not holds("broadcast", [1.0], [1.0], name="y", signature="(...),(...)->(...)")


@pytest.mark.parametrize(
    ("params", "option", "axis", "array"),
    [
        ({}, False, False, False),
        ({"axis": 0}, False, False, False),
        ({"axis": -1}, True, True, False),
        ({"axis": (0, -2)}, True, True, False),
        ({"axis": np.ones(2)}, True, False, True),
        ({"other": 1}, False, False, False),
    ],
)
def test_conditions_on_params(params, option, axis, array):
    found = [
        holds(value, [1.0], params=params, defaults={"axis": 0})
        for value in ("option", "negative axis", "array param")
    ]
    assert found == [option, axis, array]


def scope(signature, *cases, **spec):
    return replace(Scope.of(gc.op(signature, name="op", **spec)(lambda x, y=1: x)), cases=cases)


@pytest.mark.parametrize(
    ("value", "signature", "spec", "answer"),
    [
        ("matrix", "(n)->()", {}, "x never has 2 axes"),
        ("matrix", "(...,n)->()", {}, None),
        ("not flat", "(n)->()", {}, "x always has one axis"),
        ("not flat", "(n?)->()", {}, None),
        ("rows", "(n)->()", {"dims": {"n": gc.size(max=9)}}, "x may not have 1024 rows"),
        ("rows", "(n)->()", {}, None),
        ("many", "(2,n)->()", {"dims": {"n": gc.size(max=9)}}, "x has at most 18 entries"),
        ("output rows", "(7)->(7)", {}, "no input may have an axis of size 1024"),
        ("output rows", "(n)->(n)", {}, None),
        ("broadcast", "(...)->(...)", {}, "nothing that x could be broadcast against"),
        (
            "summed",
            "(n)->(n)",
            {},
            "no axis of the output is known along which x is repeated",
        ),
        ("not contiguous", "(n)->()", {"layouts": ("C",)}, "the spec takes arrays in C order only"),
        ("negative axis", "(n)->()", {}, "no param is an axis"),
        ("option", "(n)->()", {}, "there are no params"),
        ("several", "(n)->()", {}, "there is only one differentiable input"),
        ("repeated index", "(n)->()", {}, "no input and no param holds indices"),
        ("complex", "(n)->()", {}, "no dtype that is drawn is complex"),
        ("always", "(n)->()", {}, None),
    ],
)
def test_what_a_spec_rules_out(value, signature, spec, answer):
    assert CONDITIONS["gradient", value].possible(scope(signature, **spec), "x") == answer


def test_what_cases_rule_out():
    narrow = Case(inputs=(np.ones(1, np.float32),), names=("x",), params={"axes": (0,)})
    found = scope("(n)->()", narrow)
    finer = CONDITIONS["gradient", "finer than float32"]
    assert finer.possible(found, "x") == "no dtype that is drawn is wider than float32"
    assert CONDITIONS["gradient", "finer than float16"].possible(found, "x") is None
    assert CONDITIONS["gradient", "negative axis"].possible(found, "x") is None


def test_helpers_of_mutants():
    x = np.arange(6.0).reshape(2, 3).T
    assert in_memory_order(x).tolist() == [[0, 1], [2, 3], [4, 5]]
    assert identical(np.ones(2), np.ones(2))
    assert not identical(np.ones(0), np.ones(0))
    assert not identical(np.ones(2), np.ones(2, np.float32))
    assert equal_pair([np.zeros(1), np.ones(1), np.zeros(1), np.ones(1)]) == (1, 3)
    assert rounded(np.array([1 + 1e-9j]), "float32").dtype == np.complex128
