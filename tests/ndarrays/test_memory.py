"""Whether arrays hold the same bytes, and whether they share them."""

import numpy as np
import pytest

from gradcheck.ndarrays.memory import overlap, same_bytes


def test_same_bytes_tells_zeros_apart_and_nan_equals_itself():
    assert same_bytes(np.array([np.nan, 0.0]), np.array([np.nan, 0.0]))
    assert not same_bytes(np.array([0.0]), np.array([-0.0]))
    assert not same_bytes(np.zeros(2), np.zeros(3))
    assert not same_bytes(np.zeros(2), np.zeros(2, np.float32))


@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.complex128])
def test_same_bytes_of_large_arrays(dtype):
    large = np.ones(2**18, dtype)
    other = large.copy()
    assert same_bytes(large, other)
    assert same_bytes(large.reshape(512, 512), other.reshape(512, 512, order="C"))
    other[-1] = np.nextafter(np.float32(1), np.float32(2))
    assert not same_bytes(large, other)


def test_overlap_looks_for_shared_elements_not_shared_buffers():
    buffer = np.zeros(10)
    assert not overlap(buffer[::2], buffer[1::2])
    assert overlap(buffer[::2], buffer[2:5])


def test_what_cannot_be_written_to_overlaps_nothing():
    buffer = np.zeros(10)
    fixed = buffer.view()
    fixed.flags.writeable = False
    assert not overlap(buffer, fixed)
