"""Each wrong gradient of this room is found with the default settings, each right one passes."""

import pytest

from gradcheck.audit.museum.rooms import normalization
from tests.exhibited import assert_found, assert_passes, ids_in


@pytest.mark.slow
@pytest.mark.parametrize("key", ids_in(normalization))
def test_a_wrong_gradient_is_found(key):
    assert_found(key)


@pytest.mark.slow
@pytest.mark.parametrize("key", ids_in(normalization))
def test_its_right_gradient_passes(key):
    assert_passes(key)
