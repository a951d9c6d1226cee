"""Numbers, arrays and values of no declared type, as JSON and back, bit for bit.

A finite float is the shortest decimal that reads back as the same number. What JSON has no
word for is a string ("nan", "inf", "-inf") or an object with one key that starts with "$".
"""

from __future__ import annotations

import base64
import binascii
import math
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np

from gradcheck.ndarrays.dtypes import BFLOAT16, double_of, is_floating, named
from gradcheck.ndarrays.types import Array
from gradcheck.results.documents.document_errors import DocumentError, told, unfit, unknown

_SPECIAL = MappingProxyType({"nan": math.nan, "inf": math.inf, "-inf": -math.inf})
_LONG = ("longdouble", "clongdouble")  # their names differ between machines
_REAL = ("float64", "float32", "float16", BFLOAT16)
_COMPLEX = ("complex128", "complex64")
_WHOLE = tuple(f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64))
_TEXT = "str"
DTYPES = (*_REAL, *_COMPLEX, *_WHOLE, "bool", *_LONG, _TEXT)
_NAN_BITS = "nan:"


@dataclass(frozen=True, slots=True)
class Opaque:
    """Stands for a value that a document cannot hold: only its text was kept."""

    text: str

    def __repr__(self) -> str:
        return self.text


def encode_float(x: float) -> float | str:
    """A float as a number, or as the word for what is not finite; a NaN keeps its bits."""
    if math.isfinite(x):
        return float(x)
    if math.isinf(x):
        return "inf" if x > 0 else "-inf"
    bits = struct.pack(">d", x).hex()
    return "nan" if bits == _CANONICAL else _NAN_BITS + bits


_CANONICAL = struct.pack(">d", math.nan).hex()


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
    """An array as its dtype, its shape, and its numbers in C order.

    A complex number counts as two. Layout is not kept. Of objects only their text is.
    """
    flat = np.ravel(x)
    name = _name_of(x.dtype)
    data = list(map(str, flat)) if name == _TEXT else _numbers(flat, name)
    return {"dtype": name, "shape": list(x.shape), "data": data}


def _name_of(dtype: np.dtype[Any]) -> str:
    if dtype.char in "gG" and dtype.name not in (*_REAL, *_COMPLEX):
        return _LONG[dtype.char == "G"]
    return dtype.name if dtype.name in DTYPES else _TEXT


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
        raise DocumentError(f"{at}: an array of shape {told(str(shape))} has not {flat.size} data.")
    try:
        return flat.reshape(shape)
    except ValueError:  # empty, yet longer in other axes than NumPy can count
        raise DocumentError(f"{at}: no array has the shape {told(str(shape))}.") from None


_MOST_AXES = 64  # of NumPy


def _is_size(n: Any) -> bool:
    return isinstance(n, int) and not isinstance(n, bool) and 0 <= n < 2**62


def _read_data(data: Any, name: str, at: str) -> Array:
    if not isinstance(data, list):
        raise unfit(at, data, "a list of numbers")
    if name in _WHOLE or name == "bool":
        return _read_items(data, np.dtype(name), bool if name == "bool" else int, at)
    if name == _TEXT:
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


def encode_value(value: Any) -> Any:
    """Any value of a param; what cannot be held becomes `Opaque`, its text."""
    if value is None or type(value) in (bool, str, int):
        return value
    for kinds, tag, encode in _TAGGED:
        if isinstance(value, kinds) and not _has_another_type(value):
            return {tag: encode(value)} if tag else encode(value)
    return {"$repr": repr(value)}


def _has_another_type(value: Any) -> bool:
    """Whether a value is more than the number or sequence that it also is, as a named tuple."""
    return isinstance(value, float | tuple | list) and type(value) not in (
        *(float, tuple, list),
        np.float64,
    )


def decode_value(plain: Any, at: str) -> Any:
    """Read a value of a param.

    Raises:
        DocumentError: for a tag that means nothing, or what does not fit its tag.
    """
    if plain is None or isinstance(plain, bool | int | float | str):
        return plain
    if isinstance(plain, list):
        return [decode_value(item, f"{at}[{k}]") for k, item in enumerate(plain)]
    tag = next(iter(plain), "")
    if not tag.startswith("$"):
        return {key: decode_value(item, f"{at}.{key[:60]}") for key, item in plain.items()}
    if tag not in _READERS:
        raise unknown(at, tag, _READERS)
    if len(plain) > 1:
        raise DocumentError(f"{at}: an object with {tag} has no other key.")
    return _READERS[tag](plain[tag], f"{at}.{tag}")


def _encode_dict(value: Mapping[Any, Any]) -> dict[str, Any]:
    """A mapping: as an object if its keys are plain words, else as pairs."""
    if all(type(key) is str and not key.startswith("$") for key in value):
        return {key: encode_value(item) for key, item in value.items()}
    return {"$dict": [[encode_value(k), encode_value(v)] for k, v in value.items()]}


def _encode_number(value: float) -> Any:
    plain = encode_float(value)
    return plain if isinstance(plain, float) else {"$float": plain}


def _encode_array(value: Array) -> dict[str, Any]:
    return {"$array": encode_array(value)} if _is_held(value.dtype) else {"$repr": repr(value)}


def _encode_scalar(value: np.generic) -> dict[str, Any]:
    held = _is_held(value.dtype)
    return {"$scalar": encode_array(np.asarray(value))} if held else {"$repr": repr(value)}


def _is_held(dtype: np.dtype[Any]) -> bool:
    return dtype.kind == "U" or _name_of(dtype) != _TEXT


def _all(values: Any) -> list[Any]:
    return [encode_value(item) for item in values]


# The first kind that fits: a NumPy scalar may be a float.
_TAGGED: tuple[tuple[Any, str, Callable[[Any], Any]], ...] = (
    (np.ndarray, "", _encode_array),
    (np.generic, "", _encode_scalar),
    (float, "", _encode_number),
    (complex, "$complex", lambda z: [encode_float(z.real), encode_float(z.imag)]),
    (bytes, "$bytes", lambda b: base64.b64encode(b).decode()),
    (tuple, "$tuple", _all),
    (list, "", _all),
    (frozenset, "$frozenset", lambda s: _all(sorted(s, key=repr))),
    (set, "$set", lambda s: _all(sorted(s, key=repr))),
    (Mapping, "", _encode_dict),
    (slice, "$slice", lambda s: _all((s.start, s.stop, s.step))),
    (range, "$range", lambda r: [r.start, r.stop, r.step]),
    (type(...), "$ellipsis", lambda _: True),
    (np.dtype, "$dtype", lambda d: d.name),
    (Opaque, "$repr", lambda o: o.text),
)


def _items(plain: Any, at: str, count: int | None = None) -> list[Any]:
    if not isinstance(plain, list) or count not in (None, len(plain)):
        raise unfit(at, plain, "a list" if count is None else f"a list of {count}")
    return [decode_value(item, f"{at}[{k}]") for k, item in enumerate(plain)]


def _read_dict(plain: Any, at: str) -> dict[Any, Any]:
    pairs = [_items(pair, at, 2) for pair in plain] if isinstance(plain, list) else None
    if pairs is None:
        raise unfit(at, plain, "a list of pairs")
    found: dict[Any, Any] = _hashed(lambda: dict(pairs), at)
    return found


def _hashed(make: Callable[[], Any], at: str) -> Any:
    try:
        return make()
    except TypeError:
        raise DocumentError(f"{at} has a key that cannot be one.") from None


def _read_complex(plain: Any, at: str) -> complex:
    real, imaginary = (decode_float(x, at) for x in _pair(plain, at))
    return complex(real, imaginary)


def _pair(plain: Any, at: str) -> list[Any]:
    if not isinstance(plain, list) or len(plain) != 2:
        raise unfit(at, plain, "a list of two numbers")
    return plain


def _read_bytes(plain: Any, at: str) -> bytes:
    try:
        return base64.b64decode(plain, validate=True)
    except (TypeError, ValueError, binascii.Error):
        raise unfit(at, plain, "base64") from None


def _read_range(plain: Any, at: str) -> range:
    numbers = _items(plain, at, 3)
    if any(type(n) is not int for n in numbers) or numbers[2] == 0:
        raise unfit(at, plain, "start, stop and a step that is not 0")
    return range(*numbers)


def _read_dtype(plain: Any, at: str) -> np.dtype[Any]:
    if plain not in DTYPES:
        raise unfit(at, plain, "the name of a dtype")
    return named(plain)


def _read_scalar(plain: Any, at: str) -> Any:
    found = decode_array(plain, at)
    if found.shape:
        raise DocumentError(f"{at} has shape {found.shape}; a scalar has none.")
    return found[()]


def _read_text(plain: Any, at: str) -> Opaque:
    if not isinstance(plain, str):
        raise unfit(at, plain, "a string")
    return Opaque(plain)


_READERS: Mapping[str, Callable[[Any, str], Any]] = MappingProxyType(
    {
        "$array": decode_array,
        "$scalar": _read_scalar,
        "$float": decode_float,
        "$complex": _read_complex,
        "$bytes": _read_bytes,
        "$tuple": lambda plain, at: tuple(_items(plain, at)),
        "$frozenset": lambda plain, at: _hashed(lambda: frozenset(_items(plain, at)), at),
        "$set": lambda plain, at: _hashed(lambda: set(_items(plain, at)), at),
        "$dict": _read_dict,
        "$slice": lambda plain, at: slice(*_items(plain, at, 3)),
        "$range": _read_range,
        "$ellipsis": lambda plain, at: ...,
        "$dtype": _read_dtype,
        "$repr": _read_text,
    }
)
TAGS = tuple(_READERS)


def is_held(value: Any) -> bool:
    """Whether a value can be read back from a document; of some objects only the text is kept."""
    if isinstance(value, Mapping):
        return all(map(is_held, (*value.keys(), *value.values())))
    if type(value) in (tuple, list, set, frozenset):
        return all(map(is_held, value))
    encoded = encode_value(value)
    return not (isinstance(encoded, dict) and "$repr" in encoded)
