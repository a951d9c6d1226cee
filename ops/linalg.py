"""Products of matrices, stacked along leading axes that broadcast.

Derived from differentials: dC = dA B + A dB, and ⟨G, dA B⟩ = ⟨G Bᵀ, dA⟩. For
complex matrices the transpose is the conjugate one; `.conj()` leaves real ones as they are.
"""

import numpy as np

import gradcheck as gc

GILES = (
    "Giles (2008), An extended collection of matrix derivative results for forward and reverse "
    "mode algorithmic differentiation, NA-08/01, section 2.2"
)


@gc.op(
    "(...,n?,k),(...,k,p?)->(...,n?,p?)",
    tags=("linalg",),
    source=GILES,
    example=gc.call(np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([[5.0, 6.0], [7.0, 8.0]])),
)
def matmul(a, b):
    """Matrix product of the last two axes; a 1-D operand is a row or a column.

    C = A B  ⇒  ∂L/∂A = G Bᵀ,  ∂L/∂B = Aᵀ G,  each summed over the axes it was broadcast along
    """
    return a @ b


@matmul.vjp
def _(g, a, b):
    rows, columns = np.atleast_2d(a), b[:, None] if b.ndim == 1 else b
    if b.ndim == 1:
        g = g[..., None]
    if a.ndim == 1:
        g = g[..., None, :]
    da = gc.unbroadcast(g @ columns.mT.conj(), rows.shape)
    db = gc.unbroadcast(rows.mT.conj() @ g, columns.shape)
    return da.reshape(a.shape), db.reshape(b.shape)


@matmul.jvp
def _(tangents, a, b):
    da, db = tangents
    return da @ b + a @ db


@gc.op(
    "(...,d),(k,d),(k)->(...,k)",
    tags=("linalg", "nn"),
    source=GILES,
    example=gc.call(
        np.array([[1.0, 2.0]]), np.array([[1.0, 0.0], [0.5, -1.0], [2.0, 1.0]]), np.zeros(3)
    ),
)
def linear(x, w, b):
    """Linear layer, one weight row per output.

    Y = X Wᵀ + b  ⇒  ∂L/∂X = G W,  ∂L/∂W = Gᵀ X,  ∂L/∂b = Σ G  (over all rows of X)
    """
    return x @ w.T + b


@linear.vjp
def _(g, x, w, b):
    batch = tuple(range(x.ndim - 1))
    dw = np.tensordot(g, x.conj(), axes=(batch, batch))
    return g @ w.conj(), dw, gc.unbroadcast(g, b.shape)
