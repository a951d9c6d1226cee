"""Candidates on entries: their values, their places, and what stands beside them."""

import numpy as np
import pytest

import gradcheck as gc
from gradcheck.cases.case import Case
from gradcheck.checks.subject import subject_of
from gradcheck.diagnosis.entry_candidates import on_entries
from gradcheck.diagnosis.specimen import Specimen

X = np.array([[1.0, -2.0, 0.0, 3.0], [0.5, 0.0, -1.0, 2.0], [4.0, 5.0, 6.0, 7.0]])
W = np.array([[1.0, -3.0, 2.0, 3.0], [0.5, 2.0, -1.0, 1.0], [4.0, 4.0, 7.0, 7.0]])


def words(where):
    """The candidates that hold exactly of the wrong entries."""
    spec = gc.op("(n,m),(n,m)->(n,m)", name="op")(lambda x, w: x + w)
    spec.vjp(lambda g, x, w: (np.where(where(x, w), 2 * g, g), g.copy()))
    case = Case(inputs=(X, W), names=("x", "w"))
    question = on_entries([Specimen(subject_of(spec), case, "x")], [])
    if question is None:
        return None
    fails = question.observed.fails
    return [c.words for c in question.candidates if (c.holds == fails).all()]


@pytest.mark.parametrize(
    ("where", "word"),
    [
        (lambda x, w: x > 2.5, "x > 2"),
        (lambda x, w: np.arange(12).reshape(3, 4) % 5 == 0, "the entry is on the diagonal"),
        (lambda x, w: np.arange(12).reshape(3, 4) % 4 == 3, "the entry is the last of its row"),
        (lambda x, w: x == x.max(axis=1, keepdims=True), "the entry is the largest of its row"),
        (lambda x, w: x == w, "x = w"),
        (lambda x, w: w > 3.5, "w > 3"),
    ],
)
def test_entries_are_told_by_their_value_or_place(where, word):
    assert word in words(where)


def test_of_few_wrong_entries_nothing_is_asked():
    assert words(lambda x, w: x == 7) is None
