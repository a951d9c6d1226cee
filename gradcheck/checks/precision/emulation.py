"""Arrays in double precision that round like a shorter dtype.

Every result of a NumPy function is computed in double precision and then rounded to the
numbers of the shorter dtype. In half precision sums and matrix products are one operation,
rounded once: what is lost by adding up in half precision itself is a mistake. In single
precision they are added up as NumPy does it there, in whatever order: that is usual.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from gradcheck.ndarrays.dtypes import Unit
from gradcheck.ndarrays.flat import BLOCK, blocks
from gradcheck.ndarrays.types import Array

_HALF = 1e-4  # derived: the unit of single precision is below this, those of half precision above
_SUMMING_METHODS = ("reduce", "accumulate", "reduceat")
_SUMMING = (np.dot, np.inner, np.vdot, np.einsum, np.tensordot, np.convolve, np.correlate)
_ARITHMETIC = (
    *(np.add, np.subtract, np.multiply, np.divide, np.matmul),
    *(np.square, np.power, np.float_power, np.reciprocal),
)


@dataclass(slots=True)
class Emulation:
    """The rounding of arrays, and whether they overflowed."""

    unit: Unit  # of the dtype that is emulated
    overflowed: bool = False  # whether arithmetic with numbers of that dtype left it

    @property
    def sums_alike(self) -> bool:
        """Whether sums are added up as in the dtype itself."""
        return self.unit.eps < _HALF

    def array(self, x: Array) -> Emulated:
        """Give an array in double precision the rounding of the dtype."""
        view = np.asarray(rounded(x, self.unit)).view(Emulated)
        view.emulation = self
        return view

    def of(self, result: Any) -> Any:
        """Round what was computed, if it is floating."""
        floating = isinstance(result, np.ndarray | np.generic) and result.dtype.kind in "fc"
        return self.array(np.asarray(result)) if floating else result

    def note(self, ufunc: np.ufunc, operands: tuple[Any, ...], result: Any) -> None:
        """Note an overflow of arithmetic between finite numbers."""
        largest = self.unit.largest
        if ufunc in _ARITHMETIC and not isinstance(result, tuple) and _any(result, largest):
            numbers = [np.abs(x) for x in operands if isinstance(x, np.ndarray | np.generic)]
            self.overflowed |= all(bool(np.all(x < largest)) for x in numbers)


class Emulated(np.ndarray[Any, Any]):
    """An array in double precision whose results are rounded."""

    emulation: Emulation | None

    def __array_finalize__(self, source: Any) -> None:
        self.emulation = getattr(source, "emulation", None)

    def __array_ufunc__(
        self, ufunc: np.ufunc, method: str, *inputs: Any, out: Any = None, **kwargs: Any
    ) -> Any:
        emulation = _emulation_of((*inputs, *(out or ())))
        plain = tuple(map(_plain, inputs))
        if method == "at":
            ufunc.at(*plain)
            plain[0][...] = emulation.of(plain[0])
            return None
        if emulation.sums_alike and (
            ufunc is np.matmul or (ufunc is np.add and method in _SUMMING_METHODS)
        ):
            plain, kwargs = tuple(map(_single, plain)), kwargs | {"dtype": None}
        result = getattr(ufunc, method)(*plain, **kwargs)
        emulation.note(ufunc, plain, result)
        if isinstance(result, tuple):
            result = tuple(map(emulation.of, map(_double, result)))
        else:
            result = emulation.of(_double(result))
        if out is None:
            return result
        for target, value in zip(
            out, result if isinstance(result, tuple) else (result,), strict=True
        ):
            _plain(target)[...] = value
        return out[0] if len(out) == 1 else out

    def __array_function__(
        self, func: Callable[..., Any], types: Any, args: Any, kwargs: Any
    ) -> Any:
        emulation = _emulation_of((self,))
        if func in _SUMMING:
            to = _single if emulation.sums_alike else _plain
            result = func(*map(to, args), **{k: to(v) for k, v in kwargs.items()})
            return emulation.of(_double(result))
        result = super().__array_function__(func, types, args, kwargs)
        if isinstance(result, tuple | list):
            return (
                type(result)(map(emulation.of, result)) if type(result) in (tuple, list) else result
            )
        return emulation.of(result)


def rounded(x: Array, unit: Unit) -> Array:
    """Round to the nearest numbers of a dtype, with no upper limit."""
    plain = np.asarray(x)
    if plain.dtype.kind == "c":
        return rounded(plain.real, unit) + 1j * rounded(plain.imag, unit)
    if plain.size > BLOCK and plain.flags.c_contiguous:
        nearest = np.empty_like(plain)
        one, other = plain.reshape(-1), nearest.reshape(-1)
        for block in blocks(plain.size):
            other[block] = _rounded(one[block], unit)
        return nearest
    return _rounded(plain, unit)


def _rounded(plain: Array, unit: Unit) -> Array:
    bits = 1 - int(np.log2(unit.eps))
    smallest = int(np.log2(unit.tiny * unit.eps))
    _, exponents = np.frexp(plain)
    spacing = np.ldexp(1.0, np.maximum(exponents - bits, smallest))
    nearest: Array = np.where(np.isfinite(plain), np.rint(plain / spacing) * spacing, plain)
    return nearest


def _any(result: Any, largest: float) -> bool:
    whole = np.ravel(result)
    return any(bool((np.abs(whole[b]) >= largest).any()) for b in blocks(whole.size))


def _plain(x: Any) -> Any:
    if isinstance(x, tuple | list):
        return type(x)(map(_plain, x)) if type(x) in (tuple, list) else x
    return x.view(np.ndarray) if isinstance(x, Emulated) else x


def _single(x: Any) -> Any:
    plain = _plain(x)
    if isinstance(plain, np.ndarray) and plain.dtype.kind in "fc":
        return plain.astype(np.complex64 if plain.dtype.kind == "c" else np.float32)
    return plain


def _double(x: Any) -> Any:
    if isinstance(x, np.ndarray | np.generic) and x.dtype.kind in "fc":
        return x.astype(np.complex128 if x.dtype.kind == "c" else np.float64)
    return x


def _emulation_of(arrays: tuple[Any, ...]) -> Emulation:
    return next(a.emulation for a in arrays if isinstance(a, Emulated) and a.emulation is not None)
