"""Floating dtypes: their names, their rounding, their double precision.

NumPy has no bfloat16. Where ml_dtypes is installed there is one, of the kind of raw bytes,
so that `kind in "fc"`, `np.finfo` and `np.issubdtype` miss it. These functions do not.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from gradcheck.errors import SettingsError

BFLOAT16 = "bfloat16"
# What inputs can be drawn in.
DTYPES = ("float64", "float32", "float16", BFLOAT16, "complex128", "complex64")
SHORT = ("float32", "float16", BFLOAT16, "complex64")
_DOUBLE = {"f": np.dtype(np.float64), "c": np.dtype(np.complex128)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """The rounding of a dtype.

    Attributes:
        eps: the distance from 1 to the next number.
        tiny: the smallest normal number.
        largest: the largest number.
    """

    eps: float
    tiny: float
    largest: float


# Derived: the upper half of a float32.
_BFLOAT16_UNIT = Unit(eps=2.0**-7, tiny=2.0**-126, largest=(2 - 2.0**-7) * 2.0**127)


def named(name: str) -> np.dtype[Any]:
    """Return the dtype of that name.

    Raises:
        SettingsError: for bfloat16 where its extra is not installed.
    """
    return _bfloat16() if name == BFLOAT16 else np.dtype(name)


def is_floating(dtype: np.dtype[Any]) -> bool:
    """Whether numbers of a dtype have derivatives: real or complex ones."""
    return dtype.kind == "c" or is_real(dtype)


def is_real(dtype: np.dtype[Any]) -> bool:
    """Whether a dtype holds real floating numbers."""
    return dtype.kind == "f" or _is_bfloat16(dtype)


def is_low(dtype: np.dtype[Any]) -> bool:
    """Whether a dtype is floating, but shorter than double precision."""
    return is_floating(dtype) and dtype.itemsize < double_of(dtype).itemsize


def double_of(dtype: np.dtype[Any]) -> np.dtype[Any]:
    """Double precision of a floating dtype's kind; other dtypes as they are."""
    return _DOUBLE.get("f" if is_real(dtype) else dtype.kind, dtype)


@cache
def unit_of(dtype: Any) -> Unit:
    """The rounding unit of a floating or complex dtype."""
    if _is_bfloat16(np.dtype(dtype)):
        return _BFLOAT16_UNIT
    info = np.finfo(dtype)
    return Unit(eps=float(info.eps), tiny=float(info.tiny), largest=float(info.max))


def kind_named(name: str) -> str:
    """The kind of a dtype of `DTYPES`, installed or not: f, c."""
    return "c" if name.startswith("complex") else "f"


def unit_named(name: str) -> Unit:
    """The rounding unit of a dtype of `DTYPES`, installed or not."""
    return _BFLOAT16_UNIT if name == BFLOAT16 else unit_of(name)


def _is_bfloat16(dtype: np.dtype[Any]) -> bool:
    return dtype.kind == "V" and dtype.name == BFLOAT16


def _bfloat16() -> np.dtype[Any]:
    try:
        import ml_dtypes
    except ImportError:
        raise SettingsError("bfloat16 needs the extra: pip install 'gradcheck[bfloat16]'") from None
    dtype: np.dtype[Any] = np.dtype(ml_dtypes.bfloat16)
    return dtype
