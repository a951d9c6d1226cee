"""A fingerprint changes with whatever the check of an op depends on, and with nothing else."""

import numpy as np
import pytest

import gradcheck as gc
from gradcheck.spec.fingerprint import fingerprint


def forward(x):
    return x**3


def op(**given):
    vjp = given.pop("vjp", lambda g, x: 3 * g * x**2)
    return gc.op("(...)->(...)", **{"name": "f", **given})(forward).vjp(vjp)


def made(text):
    """A function without source text."""
    names = {}
    exec(f"def vjp(g, x): return {text}", names)  # noqa: S102 - a function that has no source
    return names["vjp"]


def test_it_is_the_same_for_the_same_op():
    assert fingerprint(op()) == fingerprint(op())
    assert fingerprint(op(vjp=made("2 * g"))) == fingerprint(op(vjp=made("2 * g")))
    assert fingerprint(op(tags=("a",), source="a book")) == fingerprint(op())


@pytest.mark.parametrize(
    "given",
    [
        {"name": "h"},
        {"vjp": lambda g, x: 2 * g * x**2},
        {"dtypes": "float32"},
        {"domains": {"x": gc.positive()}},
        {"domains": {"x": gc.real(0, 2)}},
        {"rtol": 1e-5, "reason": "a test"},
        {"skip": {"layouts": "a test"}},
        {"reference": np.sin},
        {"assume": lambda x: x.size > 0},
    ],
    ids=lambda given: next(iter(given)),
)
def test_it_changes_with_what_is_checked(given):
    assert fingerprint(op(**given)) != fingerprint(op())


def test_constants_and_names_count_without_source():
    texts = ("2 * g", "3 * g", "2 * x", "(lambda: 4)() * g", "(lambda: 5)() * g")
    assert len({fingerprint(op(vjp=made(text))) for text in texts}) == len(texts)
