"""Values of no declared type, such as params, as JSON and back.

What JSON has no word for is an object with one key that starts with "$".
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np

from gradcheck.ndarrays.dtypes import named
from gradcheck.ndarrays.types import Array
from gradcheck.results.documents.array_data import (
    DTYPES,
    TEXT,
    decode_array,
    decode_float,
    encode_array,
    encode_float,
    name_of,
)
from gradcheck.results.documents.document_errors import DocumentError, unfit, unknown


@dataclass(frozen=True, slots=True)
class Opaque:
    """The text of a value that a document cannot hold."""

    text: str

    def __repr__(self) -> str:
        return self.text


def encode_value(value: Any) -> Any:
    """Any value of a param; an unknown object becomes `Opaque`, its text."""
    if value is None or type(value) in (bool, str, int):
        return value
    for kinds, tag, encode in _TAGGED:
        if isinstance(value, kinds) and not _has_another_type(value):
            return {tag: encode(value)} if tag else encode(value)
    return {"$repr": repr(value)}


def _has_another_type(value: Any) -> bool:
    """Whether a number or sequence is more, as a named tuple."""
    plain_types = (float, np.float64, tuple, list)
    return isinstance(value, plain_types) and type(value) not in plain_types


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
    """A mapping as an object if its keys are words, else pairs."""
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
    return dtype.kind == "U" or name_of(dtype) != TEXT


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
    mapping: dict[Any, Any] = _hashed(lambda: dict(pairs), at)
    return mapping


def _hashed(make: Callable[[], Any], at: str) -> Any:
    try:
        return make()
    except TypeError:
        raise DocumentError(f"{at} has a key that cannot be one.") from None


def _read_complex(plain: Any, at: str) -> complex:
    if not isinstance(plain, list) or len(plain) != 2:
        raise unfit(at, plain, "a list of two numbers")
    return complex(*(decode_float(x, at) for x in plain))


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
    array = decode_array(plain, at)
    if array.shape:
        raise DocumentError(f"{at} has shape {array.shape}; a scalar has none.")
    return array[()]


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
    """Whether a value, not only its text, can be read back."""
    if isinstance(value, Mapping):
        return all(map(is_held, (*value.keys(), *value.values())))
    if type(value) in (tuple, list, set, frozenset):
        return all(map(is_held, value))
    encoded = encode_value(value)
    return not (isinstance(encoded, dict) and "$repr" in encoded)
