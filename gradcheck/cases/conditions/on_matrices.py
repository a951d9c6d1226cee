"""Traits of matrices, in the last two axes of an input: diagonal, symmetric, singular, …

An input of which any matrix has the structure shows it; a matrix of one row or column has
none worth a name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

import numpy as np

from gradcheck.cases.case import Case
from gradcheck.cases.conditions.condition import Trait, trait
from gradcheck.cases.conditions.possible import Scope
from gradcheck.ndarrays.dtypes import double_of, is_floating
from gradcheck.ndarrays.matrices import adjoint
from gradcheck.ndarrays.types import Array
from gradcheck.spec.signature import Signature

_MOST = 16  # rows of which each is compared with each
_LARGEST = 4096  # entries of an input that is looked at: in a longer one it is not the point
_REPEATED = 1e-9  # relative distance of eigenvalues that count as one
_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "identity": "{} holds an identity matrix",
        "diagonal": "{} holds a diagonal matrix",
        "triangular": "{} holds a triangular matrix",
        "symmetric": "{} holds a symmetric matrix",
        "singular": "{} holds a matrix with a row or column that is zero or comes twice",
        "repeated eigenvalue": "{} holds a symmetric matrix with a repeated eigenvalue",
    }
)
# Matrices that show each; of the last two, symmetric ones.
_SAMPLES: Mapping[str, tuple[tuple[float, ...], ...]] = MappingProxyType(
    {
        "identity": ((1, 0, 0, 1),),
        "diagonal": ((2, 0, 0, 1), (0.5, 0, 0, 0.25)),
        "triangular": ((2, 0, 1, 1), (0.5, 0, 0.5, 0.25)),
        "symmetric": ((2, 1, 1, 2), (0.5, 0.25, 0.25, 0.5)),
        "singular": ((1, 1, 1, 1), (0.5, 0.5, 0.5, 0.5)),
        "repeated eigenvalue": ((1, 0, 0, 1),),
    }
)
VALUES: Mapping[str, tuple[str, ...]] = MappingProxyType({"matrix": tuple(_WORDS)})


def traits(case: Case, _signature: Signature | None) -> Iterator[Trait]:
    """The structures of the floating inputs of a case."""
    for name, x in zip(case.names, case.inputs, strict=True):
        square_enough = x.ndim > 1 and min(x.shape[-2:]) > 1 and 0 < x.size <= _LARGEST
        if square_enough and is_floating(x.dtype):
            for value in _structures(x.astype(double_of(x.dtype), copy=False)):
                yield trait("matrix", name, value, _WORDS[value])


def _structures(x: Array) -> Iterator[str]:
    nonzero = x != 0
    if not nonzero.all():
        yield from _zero_patterns(x, nonzero)
    if x.shape[-1] == x.shape[-2]:
        symmetric = (x == adjoint(x)).all(axis=(-2, -1))
        if symmetric.any():
            yield "symmetric"
            if x.shape[-1] <= _MOST and _repeats(x[symmetric]):
                yield "repeated eigenvalue"
    if _deficient(x, nonzero):
        yield "singular"


def _zero_patterns(x: Array, nonzero: Array) -> Iterator[str]:
    """What the places of the zeros make of a matrix."""
    column = np.arange(x.shape[-1])
    row = np.arange(x.shape[-2])[:, np.newaxis]
    if not (_any(~nonzero | (column <= row)) or _any(~nonzero | (column >= row))):
        return
    yield "triangular"
    if _any(~nonzero | (column == row)):
        yield "diagonal"
        if _any(x == (column == row)):
            yield "identity"


def _any(holds: Array) -> bool:
    """Whether something holds throughout any one matrix."""
    return bool(holds.all(axis=(-2, -1)).any())


def _repeats(matrices: Array) -> bool:
    """Whether one of some symmetric matrices has an eigenvalue more than once."""
    finite = matrices[np.isfinite(matrices).all(axis=(-2, -1))]
    if not len(finite):
        return False
    scale = np.abs(finite).max(axis=(-2, -1), keepdims=True)
    values = np.linalg.eigvalsh(finite / np.where(scale == 0, 1, scale))
    return bool((np.diff(values, axis=-1) <= _REPEATED).any())


def _deficient(x: Array, nonzero: Array) -> bool:
    """Whether a row or column is zero or comes twice."""
    if not (nonzero.any(axis=-1).all() and nonzero.any(axis=-2).all()):
        return True
    return _comes_twice(x) or _comes_twice(x.swapaxes(-1, -2))


def _comes_twice(x: Array) -> bool:
    """Whether a row comes twice; where there are many, whether the first one does."""
    rows = x.shape[-2]
    others = x[..., :, None, :] if rows <= _MOST else x[..., :1, None, :]
    same = (others == x[..., None, :, :]).all(axis=-1)
    return bool((same.sum(axis=-1) > 1).any())


def possible(scope: Scope) -> Iterator[Trait]:
    """The structures that square inputs can have, by their signature and domain."""
    signature = scope.spec.signature
    if signature is None or scope.spec.cases is not None:
        return
    for name, argument in zip(scope.spec.inputs, signature.inputs, strict=False):
        dims = [str(dim) for dim in argument.dims[-2:]]
        tests = [d.contains for d in scope.domains.get(name, ()) if d.contains is not None]
        if len(dims) == 2 and dims[0] == dims[1] and scope.kinds.get(name, "") in ("f", "c"):
            for value, samples in _SAMPLES.items():
                if any(_holds(test, sample) for test in tests for sample in samples):
                    yield trait("matrix", name, value, _WORDS[value])


def _holds(contains: Callable[[Array], bool], sample: tuple[float, ...]) -> bool:
    with np.errstate(all="ignore"):
        return bool(contains(np.array(sample, float).reshape(2, 2)))
