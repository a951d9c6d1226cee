"""Arrays as flat vectors: a view where there can be one, and blocks that cover it once."""

import numpy as np
import pytest

from gradcheck.ndarrays.flat import BLOCK, blocks, flat, is_differentiable


def test_a_flat_vector_is_a_view_of_an_array_in_c_order():
    x = np.arange(6.0).reshape(2, 3)
    flat(x)[4] = 9.0
    assert x[1, 1] == 9.0


@pytest.mark.parametrize("arrange", [np.asfortranarray, lambda x: x[:, ::-1], lambda x: x.T])
def test_another_layout_is_copied_in_the_order_of_its_entries(arrange):
    x = arrange(np.arange(6.0).reshape(2, 3))
    vector = flat(x)
    assert vector.tolist() == [*x.flat]
    vector[:] = 0.0
    assert x.any()


@pytest.mark.parametrize("dtype", ["complex128", "complex64"])
def test_a_complex_number_is_two_real_ones(dtype):
    z = np.array([[1 + 2j], [3 - 4j]], dtype)
    assert flat(z).tolist() == [1.0, 2.0, 3.0, -4.0]
    assert flat(z).dtype == z.real.dtype
    assert flat(z.T[::-1]).tolist() == [1.0, 2.0, 3.0, -4.0]


def test_a_0d_array_has_one_number_and_an_empty_one_none():
    assert flat(np.array(7.0)).tolist() == [7.0]
    assert flat(np.empty((2, 0))).shape == (0,)


@pytest.mark.parametrize("size", [0, 1, BLOCK - 1, BLOCK, BLOCK + 1, 3 * BLOCK + 5])
def test_blocks_cover_every_entry_once(size):
    count = np.zeros(size, int)
    for block in blocks(size):
        count[block] += 1
        assert 0 < count[block].size <= BLOCK
    assert (count == 1).all()


@pytest.mark.parametrize(
    ("dtype", "expected"),
    [("float16", True), ("float64", True), ("complex64", True), ("int64", False), ("bool", False)],
)
def test_floating_and_complex_arrays_are_differentiable(dtype, expected):
    assert is_differentiable(np.zeros(2, dtype)) is expected
