"""Linear algebra: shapes that are not square, and matrices with structure."""

import numpy as np
from hypothesis import strategies as st

import gradcheck as gc
from gradcheck.audit.museum.exhibits import bug
from gradcheck.audit.museum.rooms.common import softmax_of


@bug(
    "R31",
    "Builds a square matrix whatever shape the input had.",
    cited=("pytorch/pytorch#4538",),
    exposed_by="a matrix that is not square",
    op=gc.op("(m,n)->(k)"),
)
def diag(x):
    """Main diagonal of a matrix."""
    return np.diagonal(x).copy()


@diag.wrong.vjp
def _(g):
    return np.diag(g)


@diag.right.vjp
def _(g, x):
    dx = np.zeros_like(x)
    np.fill_diagonal(dx[: g.size, : g.size], g)
    return dx


@bug(
    "R33",
    "Has the second product the wrong way round, which turns its sign.",
    cited=("tracel-ai/burn#4069",),
    exposed_by="any input, if the gradient of b is asked for",
    op=gc.op("(...,3),(...,3)->(...,3)"),
)
def cross(a, b):
    """Cross product of vectors in the last axis."""
    return np.cross(a, b)


@cross.wrong.vjp
def _(g, a, b):
    return gc.unbroadcast(np.cross(b, g), a.shape), gc.unbroadcast(np.cross(a, g), b.shape)


@cross.right.vjp
def _(g, a, b):
    return gc.unbroadcast(np.cross(b, g), a.shape), gc.unbroadcast(np.cross(g, a), b.shape)


@bug(
    "R43",
    "Leaves out the sum over the batch for an operand that has none.",
    cited=("flashlight/flashlight#760",),
    exposed_by="one matrix times a batch of them",
    op=gc.op("(...,m,n),(...,n,p)->(...,m,p)"),
)
def matmul(a, b):
    """Matrix product of the last two axes."""
    return a @ b


@matmul.wrong.vjp
def _(g, a, b):
    return g @ b.mT, a.mT @ g


@matmul.right.vjp
def _(g, a, b):
    return gc.unbroadcast(g @ b.mT, a.shape), gc.unbroadcast(a.mT @ g, b.shape)


def cholesky_gradient(g, factor):
    """The symmetric gradient of a Cholesky factor (Murray 2016, arXiv:1602.07527)."""
    phi = np.tril(factor.T @ g)
    np.fill_diagonal(phi, phi.diagonal() / 2)
    inverse = np.linalg.inv(factor)
    s = inverse.T @ phi @ inverse
    return (s + s.T) / 2


@bug(
    "R93",
    "Returns the lower triangle only, since the routine reads no other: the rest is lost.",
    cited=("pytorch/pytorch#18825", "HIPS/autograd#56"),
    exposed_by="a step that keeps the matrix symmetric",
    op=gc.op("(n,n)->(n,n)", domains={"a": gc.spd()}),
)
def cholesky(a):
    """Lower triangular factor L of A = L Lᵀ."""
    return np.linalg.cholesky(a)


@cholesky.wrong.vjp
def _(g, out):
    return np.tril(cholesky_gradient(g, out))


@cholesky.right.vjp
def _(g, out):
    return cholesky_gradient(g, out)


def lower(a, unit_diagonal):
    """What a triangular solver reads of a matrix."""
    return np.tril(a, -1) + np.eye(len(a)) if unit_diagonal else np.tril(a)


@bug(
    "R95",
    "Gives a gradient to the diagonal that is taken to be 1 and never read.",
    cited=("pymc-devs/pytensor#1230",),
    exposed_by="unit_diagonal=True",
    op=gc.op(
        "(n,n),(n)->(n)",
        domains={"a": gc.lower_triangular()},
        params={"unit_diagonal": st.booleans()},
    ),
)
def solve_lower(a, b, unit_diagonal=False):
    """Solution of A x = b for a lower triangular matrix."""
    return np.linalg.solve(lower(a, unit_diagonal), b)


@solve_lower.wrong.vjp
def _(g, a, out, unit_diagonal):
    db = np.linalg.solve(lower(a, unit_diagonal).T, g)
    return np.tril(-np.outer(db, out)), db


@solve_lower.right.vjp
def _(g, a, out, unit_diagonal):
    db = np.linalg.solve(lower(a, unit_diagonal).T, g)
    return np.tril(-np.outer(db, out), -1 if unit_diagonal else 0), db


@bug(
    "R97",
    "Divides by the differences of eigenvalues for eigenvectors that nobody uses: 0 · ∞.",
    cited=("pytorch/pytorch#47599", "HIPS/autograd#527", "XanaduAI/GradDFT#35"),
    exposed_by="a repeated eigenvalue, as the identity has",
    op=gc.op("(n,n)->()", dims={"n": gc.size(min=1)}, domains={"a": gc.symmetric()}),
)
def free_energy(a):
    """log Σ e^w over the eigenvalues w of a symmetric matrix."""
    return np.logaddexp.reduce(np.linalg.eigvalsh(a))


@free_energy.wrong.vjp
def _(g, a):
    w, v = np.linalg.eigh(a)
    dw, dv = g * softmax_of(w), np.zeros_like(v)
    gaps = w - w[:, None]
    np.fill_diagonal(gaps, np.inf)
    return v @ (np.diag(dw) + (v.T @ dv) / gaps) @ v.T


@free_energy.right.vjp
def _(g, a):
    w, v = np.linalg.eigh(a)
    return (v * (g * softmax_of(w))) @ v.T


def polar_gradient(g, a, *, rectangular):
    """The gradient of U Vᵀ by way of the singular value decomposition a = U S Vᵀ.

    The rectangular part is that of columns (or rows) outside of the space that U (or V) spans.
    """
    u, s, vh = np.linalg.svd(a, full_matrices=False)
    inside = u.T @ g @ vh.T
    da = u @ ((inside - inside.T) / (s + s[:, None])) @ vh
    if rectangular:
        da += (g - u @ (u.T @ g)) @ (vh.T / s) @ vh
        da += (u / s) @ (u.T @ (g - (g @ vh.T) @ vh))
    return da


@bug(
    "R99",
    "Leaves out the part outside of the singular vectors, (I − U Uᵀ) …, as if all were square.",
    cited=("HIPS/autograd#137",),
    exposed_by="a matrix that is not square",
    op=gc.op("(m,n)->(m,n)", domains={"a": gc.well_conditioned()}),
)
def polar_factor(a):
    """The nearest matrix with orthonormal columns (or rows): U Vᵀ of a = U S Vᵀ."""
    u, _, vh = np.linalg.svd(a, full_matrices=False)
    return u @ vh


@polar_factor.wrong.vjp
def _(g, a):
    return polar_gradient(g, a, rectangular=False)


@polar_factor.right.vjp
def _(g, a):
    return polar_gradient(g, a, rectangular=True)
