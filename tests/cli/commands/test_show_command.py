"""`gradcheck show`: one op with a worked example."""

import json

import pytest


@pytest.mark.parametrize(
    ("op", "rows"),
    [
        ("sigmoid", ["∂L/∂x", *2 * ["[0.19661193, 0.10499359, 0.04517666]"]]),
        ("matmul", ["[[19., 22.],", "∂L/∂a", "[[11., 15.],", "∂L/∂b", "[[4., 4.],", "[6., 6.]]"]),
        ("add", ["[ 8., 10.]]", "∂L/∂y", *2 * ["[2., 2.]"]]),
    ],
)
def test_show_works_an_example(gradcheck, op, rows):
    done = gradcheck("show", op)
    assert (done.code, done.err) == (0, "")
    for word in ("defined at", "Worked example", "analytic", "numeric", "difference"):
        assert word in done.out
    rest = done.out.partition("Worked example")[2]
    for row in rows:
        _, found, rest = rest.partition(row)
        assert found, f"{row} is not there, or not in its place"


def test_show_an_op_of_ones_own(gradcheck, right_ops):
    out = gradcheck("show", "my_cube", "--ops", right_ops).out
    assert out.startswith("my_cube   (...)->(...)\n\n  Third power.")
    assert "right_ops.py:" in out


def test_without_an_op_all_are_listed(gradcheck, right_ops):
    for arguments in (("show", "--ops", right_ops), ("show", right_ops)):
        done = gradcheck(*arguments)
        assert (done.code, done.out) == (0, gradcheck("list", "--ops", right_ops).out)
    listed = gradcheck("show", right_ops, "--format", "json").out
    assert listed == gradcheck("list", right_ops, "--format", "json").out


def test_two_ops_are_one_too_many(gradcheck, right_ops):
    done = gradcheck("show", "my_cube", "my_double", right_ops)
    assert (done.code, done.out) == (2, "")
    assert done.error == "Which op? Give one name; 'gradcheck list' lists several."


def test_show_for_programs(gradcheck, right_ops):
    told = json.loads(gradcheck("show", "my_cube", right_ops, "--format", "json").out)
    assert (told["name"], told["tags"], told["rtol"]) == ("my_cube", ["hard"], 1e-8)
    assert set(told["rules"]) == {"derivative"}
    x, gradient = (told["example"][key]["x"]["data"] for key in ("inputs", "gradients"))
    assert gradient == pytest.approx([3 * entry**2 for entry in x])
