"""`gradcheck show`: one op with a worked example."""

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


def test_show_needs_an_op(gradcheck):
    done = gradcheck("show")
    assert done.code == 2
    assert done.error == "Missing argument 'OP'."
