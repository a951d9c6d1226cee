"""Layouts change where values lie in memory, and nothing else."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradcheck.layouts import LAYOUTS, laid_out

SHAPES = st.lists(st.integers(0, 4), max_size=4).map(tuple)
DTYPES = ("f8", "f4", "c16", "i8", "?")


@given(SHAPES, st.sampled_from(LAYOUTS), st.sampled_from(LAYOUTS), st.sampled_from(DTYPES))
def test_values_stay_and_the_array_is_fresh(shape, before, layout, dtype):
    array = laid_out(np.arange(np.prod(shape, dtype=int)).reshape(shape).astype(dtype), before)
    arranged = laid_out(array, layout)
    assert (arranged.shape, arranged.dtype) == (array.shape, array.dtype)
    np.testing.assert_array_equal(arranged, array)
    assert not np.shares_memory(arranged, array)
    assert arranged.flags.writeable


@pytest.mark.parametrize("shape", [(3,), (2, 3), (2, 1), (1,), (2, 3, 4)])
def test_strides(shape):
    x = np.arange(np.prod(shape), dtype=float).reshape(shape)
    assert laid_out(x, "C").flags.c_contiguous
    assert laid_out(x, "Fortran").flags.f_contiguous
    assert laid_out(x, "strided").strides[-1] == 2 * x.itemsize
    assert laid_out(x, "reversed").strides[-1] == -x.itemsize


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_result_is_contiguous_only_where_it_should_be(layout):
    arranged = laid_out(np.ones((3, 4)), layout)
    assert arranged.flags.c_contiguous == (layout == "C")


def test_a_single_number_has_one_layout_only():
    assert all(laid_out(np.array(3.0), layout) == 3.0 for layout in LAYOUTS)
