"""Conditions on indices and masks."""

import numpy as np

from tests.phrases import shown


def test_indices():
    def of(*index):
        return {phrase for phrase in shown(np.array(index, int)) if "ind" in phrase}

    assert of() == {"there is no index in x"}
    assert of(0, 1, 3) == set()
    assert of(0, 2, 0) == {"an index in x is repeated", "the indices in x are out of order"}
    assert of(2, 2) == {"an index in x is repeated", "all indices in x are equal"}
    assert of(3, -1) == {
        "an index in x is negative",
        "the indices in x are out of order",
        "the indices in x descend",
    }


def test_masks_of_inputs_and_params():
    assert "a row of x is all false" in shown(np.array([[False, False], [True, False]]))
    found = shown([1.0], params={"mask": np.zeros(2, bool)})
    assert {"mask is false everywhere", "a row of mask is all false"} <= found
