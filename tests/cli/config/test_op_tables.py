"""What is said about single ops reaches their specs, the strongest table last."""

import numpy as np

import gradcheck as gc
from gradcheck.cli.config.op_tables import OpTable, expected_to_fail, overridden, skipped, unmatched

SPEC = gc.op("(...)->(...)", name="my_exp", skip={"layouts": "as the spec says"})(np.exp)
SPEC.vjp(lambda g, out: g * out)


def test_without_a_fitting_table_the_spec_stays_as_it_is():
    assert overridden(SPEC, [OpTable(pattern="other", rtol=1e-3, reason="x")]) is SPEC


def test_a_tolerance_comes_with_its_reason_and_keeps_the_gradient():
    changed = overridden(SPEC, [OpTable(pattern="my_*", rtol=1e-3, reason="sums")])
    assert (changed.rtol, changed.reason) == (1e-3, "sums")
    assert changed.gradient is SPEC.gradient
    assert dict(changed.skip) == {"layouts": "as the spec says"}
    assert SPEC.rtol != 1e-3


def test_properties_are_skipped_besides_those_of_the_spec():
    changed = overridden(SPEC, [OpTable(pattern="my_exp", skip_properties={"zero": "why"})])
    assert dict(changed.skip) == {"layouts": "as the spec says", "zero": "why"}


def test_a_name_beats_a_glob_and_then_the_later_table_wins():
    exact = OpTable(pattern="my_exp", rtol=1e-3, reason="exact")
    early = OpTable(pattern="my_*", rtol=1e-4, reason="early")
    late = OpTable(pattern="*", rtol=1e-5, reason="late")
    assert overridden(SPEC, [exact, early, late]).reason == "exact"
    assert overridden(SPEC, [early, late]).reason == "late"
    assert overridden(SPEC, [late, early]).reason == "early"


def test_the_strongest_table_decides_between_xfail_and_skip():
    tables = [
        OpTable(pattern="my_*", skip="all of them"),
        OpTable(pattern="my_exp", xfail="this one"),
    ]
    names = ["my_exp", "my_log", "other"]
    assert expected_to_fail(names, tables) == {"my_exp": "this one"}
    assert skipped(names, tables) == {"my_log": "all of them"}


def test_a_table_about_no_op_is_known():
    tables = [OpTable(pattern="my_*"), OpTable(pattern="your_*"), OpTable(pattern="a[b")]
    assert unmatched(["my_exp", "a[b"], tables) == [tables[1]]


def test_a_tolerance_reaches_the_check():
    slightly_wrong = gc.op("(...)->(...)", name="slightly_wrong")(np.sin)
    slightly_wrong.vjp(lambda g, x: g * np.cos(x) * (1 + 1e-5))
    table = OpTable(pattern="slightly_*", rtol=1e-4, reason="a test")
    assert not gc.check(slightly_wrong, cases=5)
    assert gc.check(overridden(slightly_wrong, [table]), cases=5)
