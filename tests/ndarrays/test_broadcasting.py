"""`unbroadcast` is the adjoint of broadcasting."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import gradcheck as gc


@st.composite
def broadcast_pairs(draw):
    """A shape, and another one that it broadcasts to."""
    full = draw(st.lists(st.integers(0, 4), max_size=4))
    kept = full[draw(st.integers(0, len(full))) :]
    ones = draw(st.lists(st.booleans(), min_size=len(kept), max_size=len(kept)))
    return tuple(1 if one else n for n, one in zip(kept, ones, strict=True)), tuple(full)


@given(broadcast_pairs(), st.integers(0, 2**16), st.sampled_from(["f8", "f4", "c16", "i8"]))
def test_adjoint(shapes, seed, dtype):
    """⟨g, broadcast(x)⟩ = ⟨unbroadcast(g), x⟩, exactly for small whole numbers."""
    small, full = shapes
    rng = np.random.default_rng(seed)
    x, g = (rng.integers(-9, 10, shape).astype(dtype) for shape in shapes)
    back = gc.unbroadcast(g, small)
    assert (back.shape, back.dtype) == (small, g.dtype)
    assert np.sum(g * np.broadcast_to(x, full)) == np.sum(back * x)


@given(broadcast_pairs())
def test_the_result_shares_no_memory(shapes):
    small, full = shapes
    g = np.ones(full)
    back = gc.unbroadcast(g, small)
    assert not np.shares_memory(back, g)
    assert back.flags.writeable


def test_counts_how_often_an_entry_was_used():
    np.testing.assert_array_equal(gc.unbroadcast(np.ones((3, 2)), (2,)), [3.0, 3.0])
    np.testing.assert_array_equal(gc.unbroadcast(np.ones((3, 2)), (3, 1)), [[2.0]] * 3)
    np.testing.assert_array_equal(gc.unbroadcast(np.ones((3, 2)), ()), 6.0)
    np.testing.assert_array_equal(gc.unbroadcast(np.ones((0, 2)), (1, 2)), [[0.0, 0.0]])


def test_low_precision_stays():
    assert gc.unbroadcast(np.ones((3, 2), np.float16), (2,)).dtype == np.float16


@pytest.mark.parametrize(
    ("shape", "given_shape"),
    [((2, 3), (3,)), ((3,), (2,)), ((3,), (1,)), ((0,), (1,)), ((2, 3), (3, 3))],
)
def test_shapes_that_do_not_broadcast(shape, given_shape):
    with pytest.raises(ValueError, match="does not broadcast") as caught:
        gc.unbroadcast(np.ones(given_shape), shape)
    assert str(caught.value) == f"An input of shape {shape} does not broadcast to {given_shape}."
