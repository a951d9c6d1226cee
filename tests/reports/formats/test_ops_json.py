"""Ops as JSON."""

import json

import numpy as np

import gradcheck as gc
from gradcheck.reports.formats.ops_json import op_as_json, ops_as_json
from gradcheck.run.example import worked_example
from gradcheck.spec import definitions

with definitions.kept_out():
    scaled = gc.op("(...),(...)->(...)", name="scaled", tags=("own",), nondiff=("k",))(
        lambda x, k, power=1: k * x**power
    ).vjp(lambda g, x, k, power: (g * k * power * x ** (power - 1), None))


def test_a_list_has_an_entry_per_op():
    one, two = json.loads(ops_as_json([scaled, scaled]))
    assert one == two
    assert (one["name"], one["signature"], one["tags"]) == ("scaled", "(...),(...)->(...)", ["own"])
    assert one["location"]["file"] == __file__
    assert json.loads(ops_as_json([])) == []


def test_an_op_has_its_inputs_rules_and_example():
    told = json.loads(op_as_json(scaled, worked_example(scaled)))
    assert (told["inputs"], told["nondiff"], told["params"]) == (["x", "k"], ["k"], ["power"])
    assert set(told["rules"]) == {"vjp"}
    example = told["example"]
    x, k, out = (
        np.array(example[p][n]["data"])
        for p, n in (("inputs", "x"), ("inputs", "k"), ("outputs", 0))
    )
    assert np.allclose(k * x, out)
