"""Conditions on matrices, in the last two axes of an input.

An input of which any matrix has the structure shows it; a matrix of one row or column has
none worth a name.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

import numpy as np

from gradcheck.cases.conditions.call_view import CallView
from gradcheck.cases.conditions.condition import Group, can
from gradcheck.cases.conditions.possible import Scope
from gradcheck.ndarrays.dtypes import double_of, is_floating
from gradcheck.ndarrays.matrices import adjoint
from gradcheck.ndarrays.types import Array

_MOST = 16  # arbitrary: rows of which each is compared with each; larger ones cost n³
_LARGEST = 4096  # arbitrary: entries of an input that is looked at; in a longer one it is no matter
_REPEATED = 1e-9  # derived: relative distance far above the error of eigvalsh, some 1e-15


class Matrices:
    """Matrices, with what several conditions ask about them."""

    def __init__(self, array: Array) -> None:
        self.x = x = array.astype(double_of(array.dtype), copy=False)
        self.nonzero = x != 0
        self.below = np.arange(x.shape[-2])[:, np.newaxis] - np.arange(x.shape[-1])

    def _only(self, places: Array) -> bool:
        """Whether a matrix has no other entries than at these places."""
        return _any(~self.nonzero | places)

    @cached_property
    def triangular(self) -> bool:
        full = self.nonzero.all()
        return not full and (self._only(self.below >= 0) or self._only(self.below <= 0))

    @cached_property
    def diagonal(self) -> bool:
        return self.triangular and self._only(self.below == 0)

    @property
    def identity(self) -> bool:
        return self.diagonal and _any(self.x == (self.below == 0))

    @cached_property
    def symmetric(self) -> Array:
        """The matrices that are symmetric."""
        if self.x.shape[-1] != self.x.shape[-2]:
            return np.asarray(self.x[np.zeros(self.x.shape[:-2], bool)])
        return np.asarray(self.x[(self.x == adjoint(self.x)).all(axis=(-2, -1))])

    @property
    def repeats(self) -> bool:
        """Whether a symmetric matrix has an eigenvalue more than once."""
        finite = self.symmetric[np.isfinite(self.symmetric).all(axis=(-2, -1))]
        if not len(finite) or self.x.shape[-1] > _MOST:
            return False
        scale = np.abs(finite).max(axis=(-2, -1), keepdims=True)
        values = np.linalg.eigvalsh(finite / np.where(scale == 0, 1, scale))
        return bool((np.diff(values, axis=-1) <= _REPEATED).any())

    @property
    def singular(self) -> bool:
        """Whether a row or column is zero or comes twice."""
        if not (self.nonzero.any(axis=-1).all() and self.nonzero.any(axis=-2).all()):
            return True
        return _comes_twice(self.x) or _comes_twice(self.x.swapaxes(-1, -2))


def _any(holds: Array) -> bool:
    """Whether something holds throughout any one matrix."""
    return bool(holds.all(axis=(-2, -1)).any())


def _comes_twice(x: Array) -> bool:
    """Whether a row comes twice; of many, whether the first does."""
    others = x[..., :, None, :] if x.shape[-2] <= _MOST else x[..., :1, None, :]
    same = (others == x[..., None, :, :]).all(axis=-1)
    return bool((same.sum(axis=-1) > 1).any())


# Matrices that show each; of the last two, symmetric ones.
_SAMPLES = {
    "identity": ((1, 0, 0, 1),),
    "diagonal": ((2, 0, 0, 1), (0.5, 0, 0, 0.25)),
    "triangular": ((2, 0, 1, 1), (0.5, 0, 0.5, 0.25)),
    "symmetric": ((2, 1, 1, 2), (0.5, 0.25, 0.25, 0.5)),
    "singular": ((1, 1, 1, 1), (0.5, 0.5, 0.5, 0.5)),
    "repeated eigenvalue": ((1, 0, 0, 1),),
}


def _possible(scope: Scope, name: str, value: str) -> str | None:
    tests = [d.contains for d in scope.domains.get(name, ()) if d.contains is not None]
    matrices = [np.array(sample, float).reshape(2, 2) for sample in _SAMPLES[value]]
    with np.errstate(all="ignore"):
        return can(any(test(m) for test in tests for m in matrices))


def _matrices(call: CallView) -> Iterator[str]:
    """Inputs that hold matrices of which a structure is worth a word."""
    for name, x in call.inputs.items():
        square_enough = x.ndim > 1 and min(x.shape[-2:]) > 1 and 0 < x.size <= _LARGEST
        if square_enough and is_floating(x.dtype):
            yield name


def _square(scope: Scope) -> Iterator[str]:
    """Inputs that are square by their signature."""
    for name in scope.spec.inputs if scope.spec.signature is not None else ():
        argument = scope.argument(name)
        dims = [str(dim) for dim in argument.dims[-2:]] if argument is not None else []
        if len(dims) == 2 and dims[0] == dims[1] and scope.kinds.get(name, "") in ("f", "c"):
            yield name


# fmt: off
GROUPS = (
    Group(
        name="matrix",
        rows=(
            ("identity", "{} holds an identity matrix", lambda m: m.identity),
            ("diagonal", "{} holds a diagonal matrix", lambda m: m.diagonal),
            ("triangular", "{} holds a triangular matrix", lambda m: m.triangular),
            ("symmetric", "{} holds a symmetric matrix", lambda m: len(m.symmetric) > 0),
            ("singular", "{} holds a matrix with a row or column that is zero or comes twice",
             lambda m: m.singular),
            ("repeated eigenvalue", "{} holds a symmetric matrix with a repeated eigenvalue",
             lambda m: m.repeats),
        ),
        part=lambda call, name: Matrices(call.inputs[name]),
        subjects=_matrices,
        candidates=_square,
        possible=_possible,
    ),
)
