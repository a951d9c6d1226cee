"""Contributions that were overwritten, or given to every tie."""

import numpy as np
import pytest

import gradcheck as gc
from gradcheck.diagnosis.accumulation import _beside_a_tie
from tests.sampled import sampled
from tests.small_ops import assigned, assigned_backwards, of, picked, picked_gradient, with_vjp

SUMS = [
    (
        picked,
        lambda g, x, index: picked_gradient(g, x, index, assigned),
        "the last contribution to each entry only",
    ),
    (
        picked,
        lambda g, x, index: picked_gradient(g, x, index, assigned_backwards),
        "the first contribution to each entry only",
    ),
    (
        lambda: of("(...,n)->(...)", lambda x: x.max(axis=-1), dims={"n": gc.size(min=1)}),
        lambda g, x, out: g[..., None] * (x == out[..., None]),
        "the whole cotangent for every tied entry",
    ),
]


@pytest.mark.parametrize(("make", "rule", "words"), sampled(SUMS, every=2))
def test_a_known_mistake_is_named(named, make, rule, words):
    assert words in named(with_vjp(make, rule))


def test_entries_beside_a_tie_say_nothing_about_it():
    x = np.array([[1.0, 1.0 + 1e-8, 3.0], [3.0, -2.0, 5.0]])
    assert _beside_a_tie(x).tolist() == [[True, True, False], [False, False, False]]
    assert _beside_a_tie(np.array([2.0, 2.0, 2 + 1e-8])).tolist() == [True, True, True]
    assert not _beside_a_tie(np.array([2.0, 2.0])).any()
