"""Floats and arrays as JSON and back, bit for bit.

A finite float is the shortest decimal that reads back as the same number. What JSON has no
word for is a string ("nan", "inf", "-inf").
"""

from __future__ import annotations

import math
import struct
from types import MappingProxyType
from typing import Any

import numpy as np

from gradcheck.ndarrays.dtypes import BFLOAT16, double_of, is_floating, named
from gradcheck.ndarrays.types import Array
from gradcheck.results.documents.document_errors import DocumentError, excerpt, unfit, unknown

_SPECIAL = MappingProxyType({"nan": math.nan, "inf": math.inf, "-inf": -math.inf})
_LONG = ("longdouble", "clongdouble")  # their names differ between machines
_REAL = ("float64", "float32", "float16", BFLOAT16)
_COMPLEX = ("complex128", "complex64")
_WHOLE = tuple(f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64))
TEXT = "str"
DTYPES = (*_REAL, *_COMPLEX, *_WHOLE, "bool", *_LONG, TEXT)
_NAN_BITS = "nan:"
_CANONICAL = struct.pack(">d", math.nan).hex()
_MOST_AXES = 64  # derived: NumPy has no arrays of more


def encode_float(x: float) -> float | str:
    """A float as a number or word; a NaN keeps its bits."""
    if math.isfinite(x):
        return float(x)
    if math.isinf(x):
        return "inf" if x > 0 else "-inf"
    bits = struct.pack(">d", x).hex()
    return "nan" if bits == _CANONICAL else _NAN_BITS + bits


def decode_float(plain: Any, at: str) -> float:
    """Read a float.

    Raises:
        DocumentError: if it is none.
    """
    if isinstance(plain, int | float) and not isinstance(plain, bool):
        try:
            return float(plain)
        except OverflowError:
            raise unfit(at, plain, "a number that fits 64 bits") from None
    if isinstance(plain, str):
        if plain in _SPECIAL:
            return _SPECIAL[plain]
        if plain.startswith(_NAN_BITS):
            return _nan_of(plain, at)
    raise unfit(at, plain, "a number, 'nan', 'inf' or '-inf'")


def _nan_of(text: str, at: str) -> float:
    try:
        (x,) = struct.unpack(">d", bytes.fromhex(text.removeprefix(_NAN_BITS)))
    except (ValueError, struct.error):
        x = 0.0
    if not math.isnan(x):
        raise unfit(at, text, "'nan:' and the 16 hexadecimal digits of a NaN")
    return float(x)


def encode_array(x: Array) -> dict[str, Any]:
    """An array as dtype, shape and numbers in C order.

    A complex number counts as two. Layout is not kept. Of objects only their text is.
    """
    flat = np.ravel(x)
    name = name_of(x.dtype)
    data = list(map(str, flat)) if name == TEXT else _numbers(flat, name)
    return {"dtype": name, "shape": list(x.shape), "data": data}


def name_of(dtype: np.dtype[Any]) -> str:
    if dtype.char in "gG" and dtype.name not in (*_REAL, *_COMPLEX):
        return _LONG[dtype.char == "G"]
    return dtype.name if dtype.name in DTYPES else TEXT


def _numbers(flat: Array, name: str) -> list[Any]:
    if name in _LONG:
        parts = flat.view(np.longdouble)
        return [_long_text(part) for part in parts]
    if not is_floating(flat.dtype):
        return list(flat.tolist())
    wide = _widened(flat)
    doubles = wide.view(np.float64)
    numbers: list[Any] = doubles.tolist()
    for k in np.flatnonzero(~np.isfinite(doubles)):
        numbers[k] = encode_float(numbers[k])
    return numbers


def _widened(flat: Array) -> Array:
    with np.errstate(invalid="ignore"):  # a signalling NaN becomes a quiet one
        return flat.astype(double_of(flat.dtype))


def _long_text(x: Any) -> str:
    return str(float(x)) if not np.isfinite(x) else np.format_float_scientific(x, unique=True)


def decode_array(plain: Any, at: str) -> Array:
    """Read an array.

    Raises:
        DocumentError: if it is none.
    """
    if not isinstance(plain, dict):
        raise unfit(at, plain, "an array: dtype, shape and data")
    for key in plain:
        if key not in ("dtype", "shape", "data"):
            raise unknown(at, key, ("dtype", "shape", "data"))
    name, shape = plain.get("dtype"), plain.get("shape")
    if name not in DTYPES:
        if isinstance(name, str):
            raise unknown(f"{at}.dtype", name, DTYPES)
        raise unfit(f"{at}.dtype", name, "the name of a dtype")
    flat = _read_data(plain.get("data"), name, f"{at}.data")
    if not isinstance(shape, list) or not all(_is_size(n) for n in shape):
        raise unfit(f"{at}.shape", shape, "a list of sizes")
    if math.prod(shape) != flat.size or len(shape) > _MOST_AXES:
        raise DocumentError(
            f"{at}: an array of shape {excerpt(str(shape))} has not {flat.size} data."
        )
    try:
        return flat.reshape(shape)
    except ValueError:  # empty, yet longer in other axes than NumPy can count
        raise DocumentError(f"{at}: no array has the shape {excerpt(str(shape))}.") from None


def _is_size(n: Any) -> bool:
    return isinstance(n, int) and not isinstance(n, bool) and 0 <= n < 2**62


def _read_data(data: Any, name: str, at: str) -> Array:
    if not isinstance(data, list):
        raise unfit(at, data, "a list of numbers")
    if name in _WHOLE or name == "bool":
        return _read_items(data, np.dtype(name), bool if name == "bool" else int, at)
    if name == TEXT:
        return _read_items(data, np.dtype(np.str_), str, at)
    return _read_numbers(data, name, at)


def _read_numbers(data: list[Any], name: str, at: str) -> Array:
    parts = 2 if name in (*_COMPLEX, "clongdouble") else 1
    if len(data) % parts:
        raise DocumentError(f"{at}: a complex number has two parts; there are {len(data)}.")
    if name in _LONG:
        return np.array([_read_long(x, at) for x in data], np.longdouble).view(name)
    doubles = np.array([decode_float(x, f"{at}[{k}]") for k, x in enumerate(data)], np.float64)
    wide = doubles.view(np.complex128) if parts == 2 else doubles
    with np.errstate(over="ignore", invalid="ignore"):
        return wide.astype(named(name))


def _read_items(data: list[Any], dtype: np.dtype[Any], kind: type, at: str) -> Array:
    for k, x in enumerate(data):
        if type(x) is not kind:
            raise unfit(f"{at}[{k}]", x, f"of {dtype}")
    try:
        return np.array(data, dtype)
    except OverflowError:
        raise DocumentError(f"{at}: a number does not fit {dtype}.") from None


def _read_long(x: Any, at: str) -> Any:
    try:
        return np.longdouble(x if isinstance(x, str) and len(x) < 64 else "?")
    except ValueError:
        raise unfit(at, x, "a number in a string") from None
