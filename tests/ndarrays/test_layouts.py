"""Layouts change where values lie in memory, and nothing else."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradcheck.ndarrays.layouts import LAYOUTS, copied, laid_out

SHAPES = st.lists(st.integers(0, 4), max_size=4).map(tuple)
DTYPES = ("f8", "f4", "c16", "i8", "?")
ANY_LAYOUT = st.sampled_from(LAYOUTS)


@given(SHAPES, ANY_LAYOUT, ANY_LAYOUT, st.sampled_from(DTYPES))
def test_values_stay_and_the_array_is_fresh(shape, before, layout, dtype):
    array = laid_out(np.arange(np.prod(shape, dtype=int)).reshape(shape).astype(dtype), before)
    arranged = laid_out(array, layout)
    assert (arranged.shape, arranged.dtype) == (array.shape, array.dtype)
    np.testing.assert_array_equal(arranged, array)
    assert not np.shares_memory(arranged, array)


@given(SHAPES, ANY_LAYOUT, st.sampled_from(DTYPES))
def test_a_copy_has_the_layout_of_the_original_and_memory_of_its_own(shape, layout, dtype):
    array = laid_out(np.arange(np.prod(shape, dtype=int)).reshape(shape).astype(dtype), layout)
    copy = copied(np.asarray(array))
    np.testing.assert_array_equal(copy, array)
    assert copy.dtype == array.dtype
    assert copy.flags.writeable
    assert not np.shares_memory(copy, array)
    if array.size and all(array.strides):
        assert copy.strides == array.strides
    copy[...] = copy[..., ::-1].copy() if copy.ndim else copy
    if copy.ndim:
        np.testing.assert_array_equal(copy, array[..., ::-1])


@given(SHAPES, st.sampled_from(["C", "Fortran", "transposed", "strided", "reversed"]))
def test_orders_in_memory_can_be_written_to(shape, layout):
    assert laid_out(np.ones(shape), layout).flags.writeable


@pytest.mark.parametrize("shape", [(3,), (2, 3), (2, 1), (1,), (2, 3, 4)])
def test_strides(shape):
    x = np.arange(np.prod(shape), dtype=float).reshape(shape)
    assert laid_out(x, "C").flags.c_contiguous
    assert laid_out(x, "Fortran").flags.f_contiguous
    assert laid_out(x, "strided").strides[-1] == 2 * x.itemsize
    assert laid_out(x, "reversed").strides[-1] == -x.itemsize


def test_transposed_swaps_the_last_two_axes_in_memory():
    x = np.arange(24.0).reshape(2, 3, 4)
    assert laid_out(x, "transposed").strides == (96, 8, 24)
    assert laid_out(x[0], "transposed").flags.f_contiguous
    assert laid_out(x[0, 0], "transposed").flags.c_contiguous


def test_stride_0_is_for_equal_entries():
    assert laid_out(np.full((2, 3), 5.0), "stride 0").strides == (0, 0)
    assert laid_out(np.arange(6.0).reshape(2, 3), "stride 0").flags.c_contiguous
    assert laid_out(np.full((2, 3), np.nan), "stride 0").flags.c_contiguous


def test_read_only():
    x = laid_out(np.arange(3.0), "read-only")
    with pytest.raises(ValueError, match="read-only"):
        x[0] = 1


def test_only_what_is_0d_becomes_a_scalar():
    number = laid_out(np.array(3.0), "scalar")
    assert isinstance(number, np.float64)
    assert isinstance(number, float)
    assert isinstance(laid_out(np.array([3.0]), "scalar"), np.ndarray)


@pytest.mark.parametrize("layout", ["C", "Fortran", "transposed", "strided", "reversed"])
def test_the_result_is_contiguous_only_where_it_should_be(layout):
    arranged = laid_out(np.ones((3, 4)), layout)
    assert arranged.flags.c_contiguous == (layout == "C")


def test_a_single_number_has_one_value_in_every_layout():
    assert all(laid_out(np.array(3.0), layout) == 3.0 for layout in LAYOUTS)
