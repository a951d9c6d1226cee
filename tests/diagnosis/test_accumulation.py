"""Contributions that were overwritten, or given to every tie."""

import pytest

import gradcheck as gc
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
