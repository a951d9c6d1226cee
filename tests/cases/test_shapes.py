"""Shapes fit the signature; one axis at a time can be made long, with all others tiny."""

import math

import numpy as np
import pytest
from hypothesis import find, given
from hypothesis import strategies as st

import gradcheck as gc
from gradcheck.cases.shapes import (
    NEAR,
    THRESHOLDS,
    Stretch,
    _lengths,
    draw_shapes,
    draw_stretched,
    signature_of,
    stretches_of,
)

MOST = 200_000  # entries of one input


def op(signature, **given):
    count = 1 if signature is None else signature.split("->")[0].count("(")
    forward = eval(f"lambda {', '.join('xyz'[:count])}, **params: x")  # noqa: S307
    return gc.op(signature, name="f", **given)(forward)


def stretches(signature, **given):
    return [str(stretch) for stretch in stretches_of(op(signature, **given))]


# --- which axes can be long


@pytest.mark.parametrize(
    ("signature", "found"),
    [
        (None, ["... > 1024", "... > 65536"]),
        ("(...)->(...)", ["... > 1024", "... > 65536"]),
        ("(n,d)->(n)", ["n > 1024", "n > 65536", "d > 1024", "d > 65536"]),
        ("(n,n)->()", []),
        ("(...,n,n)->(...)", ["... > 1024", "... > 65536"]),
        ("(n,n),(n)->(n)", []),
        ("(m,n),(n,m)->()", ["m > 1024", "m > 65536", "n > 1024", "n > 65536"]),
        ("(...,3),(...,3)->(...,3)", ["... > 1024", "... > 65536"]),
        ("(n,8)->()", ["n > 1024"]),
        ("(n?,k)->()", ["n > 1024", "n > 65536", "k > 1024", "k > 65536"]),
    ],
)
def test_stretches(signature, found):
    assert stretches(signature) == found


@pytest.mark.parametrize(
    ("size", "found"),
    [
        (gc.size(max=1024), []),
        (gc.size(max=1025), ["n > 1024"]),
        (gc.size(max=70_000), ["n > 1024", "n > 65536"]),
        (gc.size(min=70_000), ["n > 1024", "n > 65536"]),
        (gc.size(min=10**6), []),
        (gc.size(multiple_of=2), ["n > 1024", "n > 65536"]),
        (gc.size(multiple_of=1000), ["n > 1024", "n > 65536"]),
        (gc.size(max=1100, multiple_of=1000), []),
    ],
    ids=str,
)
def test_dims_limit_them(size, found):
    assert stretches("(n)->()", dims={"n": size}) == found


def test_large_sizes_beside_leave_no_room():
    assert stretches("(n,d)->()", dims={"d": gc.size(min=64)}) == [
        "n > 1024", "d > 1024", "d > 65536"
    ]  # fmt: skip


def test_what_cases_say_is_left_alone():
    spec = gc.op(name="f", cases=st.just(gc.call(np.ones(3))))(lambda x: x)
    assert stretches_of(spec) == ()


# --- what is drawn

SQUARE = op("(n,n)->()")
SPECS = {
    "any shape": op(None),
    "elementwise": op("(...),(...)->(...)"),
    "matmul": op("(...,m,n),(...,n,p)->(...,m,p)"),
    "linear": op("(...,d),(k,d),(k)->(...,k)"),
    "gathered": op("(v,d),(n)->(n,d)"),
    "fixed": op("(...,3),(...,3)->(...,3)"),
    "optional": op("(n?,k),(k,m?)->(n?,m?)"),
    "even": op("(n,d)->()", dims={"n": gc.size(multiple_of=2), "d": gc.size(min=2, max=5)}),
    "image": op("(b,c,h,w),(o,c,k,l)->(b,o,p,q)", dims={"h": gc.size(min=3), "k": gc.size(max=3)}),
}
EACH = [
    (name, stretch)
    for name, spec in SPECS.items()
    for stretch in (*stretches_of(spec, (NEAR,)), *stretches_of(spec))
]


@pytest.mark.parametrize(("name", "stretch"), EACH, ids=[f"{n} {s}" for n, s in EACH])
@given(data=st.data())
def test_one_axis_is_long_and_the_inputs_are_bearable(name, stretch, data):
    spec = SPECS[name]
    sizes, shapes = draw_stretched(data.draw, spec, stretch)
    long = sizes.get(stretch.axis) or max(n for shape in shapes.values() for n in shape)
    assert stretch.over < long <= (257 if stretch.over == NEAR else stretch.over + 100)
    for shape, argument in zip(shapes.values(), signature_of(spec).inputs, strict=True):
        assert math.prod(shape) <= MOST
        assert sum(n > 9 for n in shape) <= 1
        assert len(shape) >= len(argument.dims)
    leads = [
        shape[: len(shape) - len(argument.dims)]
        for shape, argument in zip(shapes.values(), signature_of(spec).inputs, strict=True)
    ]
    np.broadcast_shapes(*leads)
    for n in sizes.values():
        assert n is not None
    if name == "even":
        assert sizes["n"] % 2 == 0
        assert 2 <= sizes["d"] <= 5


def test_near_sizes_lie_around_powers_of_two_the_largest_first():
    (stretch,) = stretches_of(SPECS["even"], (NEAR,))
    assert str(stretch) == "n > 30"
    assert _lengths(SPECS["even"].dims["n"], NEAR) == (256, 128, 64, 32)
    assert _lengths(gc.size(min=60, max=250), NEAR) == (129, 128, 127, 65, 64, 63)
    assert set(_lengths(gc.size(), NEAR)) == {
        n + by for n in (32, 64, 128, 256) for by in (-1, 0, 1)
    }


def test_an_axis_that_an_input_has_twice_may_be_near():
    """65² entries are bearable, 1024² are not."""
    assert stretches_of(SQUARE) == ()
    (near,) = stretches_of(SQUARE, (NEAR,))
    sizes, shapes = draw_stretched(lambda strategy: find(strategy, lambda _: True), SQUARE, near)
    assert sizes == {"n": 65}
    assert shapes == {"x": (65, 65)}


@pytest.mark.parametrize("over", THRESHOLDS)
def test_long_sizes_are_odd_and_even_and_multiples_of_8(over):
    spec, found = SPECS["gathered"], set()

    @given(data=st.data())
    def collect(data):
        sizes, _ = draw_stretched(data.draw, spec, Stretch(axis="v", over=over))
        found.add(sizes["v"])

    collect()
    assert {n % 8 == 0 for n in found} == {n % 2 == 0 for n in found} == {True, False}
    assert len({n % 8 for n in found}) > 4
    assert min(found) == over + 1


def test_the_size_of_a_stretch_is_a_power_of_two_and_one_more_at_first():
    assert [str(Stretch(axis="n", over=over)) for over in THRESHOLDS] == ["n > 1024", "n > 65536"]


@given(data=st.data())
def test_inputs_that_are_to_be_alike_do_not_broadcast(data):
    _, shapes = draw_shapes(data.draw, SPECS["elementwise"], alike=True)
    assert shapes["x"] == shapes["y"]


@given(data=st.data())
def test_ordinary_inputs_stay_small(data):
    for name in ("any shape", "matmul", "image"):
        _, shapes = draw_shapes(data.draw, SPECS[name])
        assert sum(n > 7 for shape in shapes.values() for n in shape[:-1]) <= 2
        assert max(map(len, shapes.values())) <= 5
