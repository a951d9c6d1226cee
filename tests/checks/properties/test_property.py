"""What a property is, and that each leaves right rules alone."""

import numpy as np
import pytest

from gradcheck.checks.properties.catalogue import properties
from gradcheck.checks.properties.property import Property

M = np.array([[1.0, 2.0, -1.0], [0.5, 3.0, 0.25]])
ROW = np.array([2.0, -1.0, 0.5])
DUE = [p.name for p in properties() if p.when == "in turn"]


def matmul_vjp(g, a, b):
    return g @ b.T, a.T @ g


RIGHT = {
    "sin": (np.sin, lambda g, x: g * np.cos(x), (M,), "(...)->(...)"),
    "multiply": (np.multiply, lambda g, x, y: (g * y, g * x), (M, M), "(...),(...)->(...)"),
    "row": (
        np.multiply,
        lambda g, x, y: (g * y, (g * x).sum(axis=0)),
        (M, ROW),
        "(...),(...)->(...)",
    ),
    "norm": (lambda x: np.sqrt((x * x).sum(-1)), None, (M,), "(...,n)->(...)"),
    "matmul": (np.matmul, matmul_vjp, (M, M.T.copy()), None),
    "sum": (np.sum, lambda g, x: np.full(x.shape, g), (M,), None),
}
RIGHT["norm"] = (
    RIGHT["norm"][0],
    lambda g, x: x * (g / np.sqrt((x * x).sum(-1)))[..., None],
    *RIGHT["norm"][2:],
)


@pytest.mark.parametrize("name", DUE)
@pytest.mark.parametrize("op", RIGHT)
def test_a_right_gradient_has_every_property(broken, op, name):
    forward, vjp, inputs, signature = RIGHT[op]
    assert broken(name, forward, vjp, *inputs, signature=signature) is None


@pytest.mark.parametrize("dtype", ["float32", "float16"])
@pytest.mark.parametrize("name", DUE)
def test_rounding_in_low_precision_is_no_failure(broken, name, dtype):
    def softmax(x):
        e = np.exp(x - x.max(-1, keepdims=True))
        return e / e.sum(-1, keepdims=True)

    def vjp(g, x):
        p = softmax(x)
        return p * (g - (g * p).sum(-1, keepdims=True))

    x = np.array([[20.0, 0.5, -1.0, 3.0], [1.0, 1.0, 1.0, 0.0]], dtype)
    assert broken(name, softmax, vjp, x, signature="(...,n)->(...,n)") is None


def test_the_summary_is_the_first_line():
    text = "\nIt holds.\n\nFor a reason.\n"
    assert Property(name="it", when="always", text=text).summary == "It holds."


def test_a_property_checks_nothing_and_hints_at_nothing_by_default():
    plain = Property(name="it", when="per run", text="It holds.")
    assert (plain.check, plain.hint) == (None, "")
