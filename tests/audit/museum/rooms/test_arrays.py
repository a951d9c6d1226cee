"""Each wrong gradient of this room is found with the default settings, each right one passes."""

import pytest

from gradcheck.audit.museum.rooms import arrays
from tests.exhibited import assert_found, assert_passes, ids_in
from tests.sampled import sampled


@pytest.mark.parametrize("key", sampled(ids_in(arrays), every=100))
def test_a_wrong_gradient_is_found(key):
    assert_found(key)


@pytest.mark.slow
@pytest.mark.parametrize("key", ids_in(arrays))
def test_its_right_gradient_passes(key):
    assert_passes(key)
