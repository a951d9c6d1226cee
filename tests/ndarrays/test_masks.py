"""Places follow the axes of an array: one, two of a slice, a row, a column, all."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradcheck.ndarrays import buckets, masks

KINDS = st.sampled_from(sorted(masks.PLACES))
SHAPES = st.lists(st.integers(0, 4), max_size=3).map(tuple)


def chosen(kind, seed, shape):
    return masks.mask(kind, buckets.generator(seed), shape)


@given(KINDS, st.integers(0, 99), SHAPES)
def test_a_mask_has_the_shape_and_is_empty_only_where_there_is_nothing(kind, seed, shape):
    mask = chosen(kind, seed, shape)
    assert (mask.shape, mask.dtype) == (shape, bool)
    least = 0 if 0 in shape or (kind == "all but one" and mask.size == 1) else 1
    assert mask.sum() >= least


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(
    ("kind", "count"),
    [("one", 1), ("two of a slice", 2), ("a row", 5), ("all but one", 29), ("all", 30)],
)
def test_how_many(kind, count, seed):
    assert chosen(kind, seed, (2, 3, 5)).sum() == count


@given(st.integers(0, 999))
def test_two_of_a_slice_lie_on_one_line(seed):
    where = np.argwhere(chosen("two of a slice", seed, (3, 4, 5)))
    assert (where[0] != where[1]).sum() == 1


@given(st.integers(0, 999))
def test_a_row_is_a_line_along_the_last_axis_and_a_column_along_another(seed):
    row, column = (np.argwhere(chosen(kind, seed, (3, 4, 5))) for kind in ("a row", "a column"))
    assert [len(set(at)) for at in row.T] == [1, 1, 5]
    assert sorted(len(set(at)) for at in column.T)[:2] == [1, 1]
    assert len(set(column[:, -1])) == 1


@given(st.integers(0, 999))
def test_some_of_each_row(seed):
    assert (chosen("one of each row", seed, (3, 4)).sum(axis=-1) == 1).all()
    assert (chosen("two of each row", seed, (3, 4)).sum(axis=-1) == 2).all()


def test_every_place_is_reached():
    for kind in ("one", "two of a slice", "a row", "a column", "half"):
        assert np.any([chosen(kind, seed, (2, 3)) for seed in range(80)], axis=0).all(), kind


@given(KINDS, st.integers(0, 99), SHAPES)
def test_equal_seeds_give_equal_places(kind, seed, shape):
    np.testing.assert_array_equal(chosen(kind, seed, shape), chosen(kind, seed, shape))


@pytest.mark.parametrize("kind", masks.PLACES)
def test_arrays_may_have_as_many_axes_as_numpy_allows(kind):
    shape = (1,) * 62 + (2, 3)
    found = chosen(kind, 0, shape)
    assert found.shape == shape
    assert found.any()
