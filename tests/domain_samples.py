"""Domains, shapes and dtypes, for tests of what is drawn."""

import numpy as np
import pytest
from hypothesis import strategies as st

import gradcheck as gc
from tests.drawn import first

FLOAT64 = np.dtype("f8")
DTYPES = tuple(map(np.dtype, ("float64", "float32", "float16", "complex128", "complex64")))
BOUNDED = {
    "positive": gc.positive(),
    "0…1": gc.real(0, 1),
    "±1": gc.real(-1, 1),
    "2…3": gc.real(2, 3),
    "at most -0.1": gc.real(high=-0.1),
    "at least 1.5": gc.real(low=1.5),
    "narrow": gc.real(1, 1.25),
}
CLOSED = {
    "nonnegative": gc.nonnegative(),
    "0…1 closed": gc.real(0, 1, closed=True),
    "at most 2.5 closed": gc.real(high=2.5, closed=True),
}
VALUES = {
    "real": gc.real(),
    "nonzero": gc.nonzero(),
    "distinct": gc.distinct(),
    **BOUNDED,
    **CLOSED,
}
INFINITE = {
    "extended": gc.real(infinite=True),
    "up to 1": gc.real(high=1, infinite=True),
    "from 0, closed": gc.real(low=0, closed=True, infinite=True),
}
MATRICES = {
    "orthogonal": gc.orthogonal(),
    "well-conditioned": gc.well_conditioned(),
    "spd": gc.spd(),
    "symmetric": gc.symmetric(),
    "lower triangular": gc.lower_triangular(),
}
SHAPES = st.lists(st.integers(0, 4), max_size=3).map(tuple)
ANY_DTYPE = st.sampled_from(DTYPES)


def by_name(domains):
    return pytest.mark.parametrize("domain", domains.values(), ids=domains)


def simplest(domain, shape):
    return first(domain.strategy(shape, FLOAT64))


MATRIX_SHAPES = st.tuples(
    st.lists(st.integers(0, 2), max_size=2), st.integers(0, 4), st.integers(0, 4)
).map(lambda drawn: (*drawn[0], *drawn[1:]))


def has_ties(x):
    return len(np.unique(x)) < x.size
