"""Arrays inside of strategies are drawn as the inputs of the case are."""

import numpy as np
import pytest
from hypothesis import strategies as st

import gradcheck as gc
from gradcheck.errors import SpecError
from gradcheck.spec.drawing import drawing, drawing_as
from tests.drawn import drawn, first

DTYPES = tuple(map(np.dtype, ("float64", "float32", "float16", "complex128", "complex64")))


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_arrays_draw_the_dtype_of_the_case(dtype):
    strategy = gc.arrays((2, 3))
    with drawing_as(dtype) as current:
        x = first(strategy)
        assert drawing() is current
        assert str(current.domain_of(x)) == "real"
        assert current.domain_of(x.copy()) is None
    assert (x.shape, x.dtype) == ((2, 3), dtype)
    assert first(strategy).dtype == np.float64


def test_arrays_of_a_domain():
    assert all((x > 0).all() for x in drawn(gc.arrays((5,), gc.positive()), 50))
    assert first(gc.arrays(3, gc.integers(0, 4))).shape == (3,)
    assert first(gc.arrays([2, 1])).shape == (2, 1)


def test_arrays_draw_from_the_same_buckets():
    plain = drawn(gc.real().strategy((6,), np.dtype("f8")))
    for x, y in zip(drawn(gc.arrays((6,))), plain, strict=True):
        np.testing.assert_array_equal(x, y)


@pytest.mark.parametrize("domain", ["real", st.floats()], ids=str)
def test_arrays_take_a_domain(domain):
    with pytest.raises(SpecError) as caught:
        gc.arrays((2,), domain)
    shown = "'real'" if domain == "real" else "floats()"
    assert str(caught.value) == (
        f"arrays(shape, domain) takes a domain such as real(); got {shown}."
    )
