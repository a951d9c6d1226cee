"""Matrices are of their kind, also after a move along a tangent and back onto it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradcheck.ndarrays import buckets, matrices

SEEDS = st.integers(0, 9999)
COMPLEX = st.booleans()
BATCHES = st.lists(st.integers(0, 2), max_size=2).map(tuple)
SHAPES = st.tuples(BATCHES, st.integers(0, 4), st.integers(0, 4)).map(lambda s: (*s[0], *s[1:]))
SQUARES = SHAPES.map(lambda s: (*s[:-1], s[-2]))


def drawn(kind, seed, shape, is_complex=False):
    return kind(buckets.generator(seed), shape, is_complex)


def gram(x):
    """Products of the columns of a matrix, or of its rows where there are fewer."""
    return matrices.adjoint(x) @ x if x.shape[-1] <= x.shape[-2] else x @ matrices.adjoint(x)


def assert_orthonormal(x):
    products = gram(x)
    np.testing.assert_allclose(products, matrices.identity(products.shape), atol=1e-12)


@given(SEEDS, SHAPES, COMPLEX)
def test_orthonormal(seed, shape, is_complex):
    x = drawn(matrices.orthonormal, seed, shape, is_complex)
    assert x.shape == shape
    assert_orthonormal(x)


@given(SEEDS, SHAPES, COMPLEX)
def test_conditioned(seed, shape, is_complex):
    x = drawn(matrices.conditioned, seed, shape, is_complex)
    assert x.shape == shape
    if x.size:
        values = np.linalg.svd(x, compute_uv=False)
        assert values.min() >= 0.5 - 1e-12
        assert values.max() <= 2 + 1e-12


@given(SEEDS, SQUARES, COMPLEX)
def test_definite_and_symmetric_are_equal_to_their_adjoint(seed, shape, is_complex):
    for kind in (matrices.definite, matrices.symmetric):
        x = drawn(kind, seed, shape, is_complex)
        assert x.shape == shape
        np.testing.assert_array_equal(x, matrices.adjoint(x))
    x = drawn(matrices.definite, seed, shape, is_complex)
    if x.size:
        values = np.linalg.eigvalsh(x)
        assert values.min() >= 0.5 - 1e-12
        assert values.max() <= 2 + 1e-12


@given(SEEDS, SHAPES, COMPLEX)
def test_triangular(seed, shape, is_complex):
    x = drawn(matrices.triangular, seed, shape, is_complex)
    np.testing.assert_array_equal(x, np.tril(x))
    diagonal = np.abs(np.diagonal(x, axis1=-2, axis2=-1))
    assert ((diagonal >= 0.5) & (diagonal <= 2)).all()


@given(SEEDS, st.lists(st.integers(0, 4), max_size=3).map(tuple), COMPLEX)
def test_unit_vectors(seed, shape, is_complex):
    x = drawn(matrices.unit_vectors, seed, shape, is_complex)
    assert x.shape == shape
    if x.size:
        np.testing.assert_allclose(np.linalg.norm(np.atleast_1d(x), axis=-1), 1, atol=1e-12)


# --- repeated eigenvalues and singular values


def share(kind, shape, condition):
    return np.mean([bool(condition(drawn(kind, seed, shape))) for seed in range(1, 201)])


@pytest.mark.parametrize("kind", [matrices.definite, matrices.symmetric])
def test_eigenvalues_are_repeated_exactly_in_a_good_share(kind):
    def repeated(x):
        return (np.diff(np.linalg.eigvalsh(x)) == 0).any()

    assert 0.15 < share(kind, (3, 3), repeated) < 0.8
    assert share(kind, (3, 3), lambda x: (np.diff(np.linalg.eigvalsh(x)) > 1e-3).all()) > 0.2
    assert share(kind, (3, 3), lambda x: not (x == np.diag(np.diag(x))).all()) > 0.3


def test_symmetric_matrices_may_be_singular_and_indefinite():
    assert share(matrices.symmetric, (3, 3), lambda x: abs(np.linalg.det(x)) < 1e-12) > 0.1
    assert share(matrices.symmetric, (3, 3), lambda x: np.linalg.eigvalsh(x)[0] < -0.1) > 0.3


# --- structures of general arrays

IS = {
    "identity": lambda x: (x == x[0, 0] * np.eye(*x.shape)).all() and x[0, 0],
    "diagonal": lambda x: (x == np.eye(*x.shape) * x).all(),
    "rank one": lambda x: np.linalg.matrix_rank(x) <= 1,
    "a zero row": lambda x: (x == 0).all(axis=1).any(),
    "equal rows": lambda x: len(np.unique(x, axis=0)) < x.shape[0],
    "equal columns": lambda x: len(np.unique(x.T, axis=0)) < x.shape[1],
    "symmetric": lambda x: (x[:3, :3] == x[:3, :3].T).all(),
    "lower triangular": lambda x: (x == np.tril(x)).all(),
    "upper triangular": lambda x: (x == np.triu(x)).all(),
    "orthogonal": lambda x: np.allclose(gram(x), np.eye(3)),
}


@pytest.mark.parametrize("kind", matrices.STRUCTURES)
@pytest.mark.parametrize("shape", [(3, 3), (4, 3), (3, 4)])
def test_a_structure_is_what_it_says(kind, shape):
    for seed in range(10):
        assert IS[kind](matrices.structured(kind, buckets.generator(seed), shape))


@given(st.sampled_from(sorted(matrices.STRUCTURES)), SEEDS, SHAPES)
def test_a_structure_has_any_shape(kind, seed, shape):
    assert matrices.structured(kind, buckets.generator(seed), shape).shape == shape


# --- tangents and the way back

CURVED = {
    "unit vectors": (matrices.unit_vectors, matrices.tangent_to_sphere, matrices.normalised),
    "orthonormal": (matrices.orthonormal, matrices.tangent_to_orthonormal, matrices.polar),
}
curved = pytest.mark.parametrize("domain", CURVED)


@st.composite
def tangents(draw, domain):
    """A point of a domain, a tangent at it, and the projection and retraction."""
    kind, project, retract = CURVED[domain]
    seed, shape, is_complex = draw(SEEDS), draw(SHAPES), draw(COMPLEX)
    x = drawn(kind, seed, shape, is_complex)
    u = matrices.gaussian(buckets.generator(seed + 1), shape, is_complex)
    return x, project(x, u), project, retract


@curved
@given(data=st.data())
def test_a_projection_changes_nothing_the_second_time(domain, data):
    x, tangent, project, _ = data.draw(tangents(domain))
    np.testing.assert_allclose(project(x, tangent), tangent, atol=1e-12)


@curved
@given(data=st.data())
def test_the_way_back_keeps_the_point_and_the_tangent(domain, data):
    x, tangent, _, retract = data.draw(tangents(domain))
    np.testing.assert_allclose(retract(x), x, atol=1e-12)
    step = 2.0**-13
    slope = (retract(x + step * tangent) - retract(x - step * tangent)) / (2 * step)
    np.testing.assert_allclose(slope, tangent, atol=1e-5)


@curved
@given(data=st.data())
def test_a_tangent_step_leaves_in_second_order_only(domain, data):
    x, tangent, _, retract = data.draw(tangents(domain))
    moved = x + 2.0**-20 * tangent
    np.testing.assert_allclose(retract(moved), moved, atol=1e-9)


@given(SEEDS, st.integers(2, 4))
def test_a_tangent_at_an_orthogonal_matrix_is_skew_seen_from_it(seed, n):
    x = drawn(matrices.orthonormal, seed, (n, n))
    u = matrices.gaussian(buckets.generator(seed + 1), (n, n), False)
    seen = x.T @ matrices.tangent_to_orthonormal(x, u)
    np.testing.assert_allclose(seen, -seen.T, atol=1e-12)


@given(SEEDS, SQUARES, COMPLEX)
def test_the_symmetric_part_is_symmetric_and_stays(seed, shape, is_complex):
    u = matrices.gaussian(buckets.generator(seed), shape, is_complex)
    part = matrices.hermitian(u)
    np.testing.assert_array_equal(part, matrices.adjoint(part))
    np.testing.assert_array_equal(matrices.hermitian(part), part)
