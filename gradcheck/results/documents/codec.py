"""The form that a type has in a document: how it is written, read and described.

A form follows from the type hint, so that a field that is added to a dataclass is in the
document, is checked when it is read, and stands in the schema.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, MutableMapping
from dataclasses import MISSING, Field, dataclass, fields, is_dataclass
from enum import Enum
from functools import cache
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Literal, Protocol, TypeVar, Union, get_args, get_origin, get_type_hints

import numpy as np

from gradcheck.errors import GradcheckError
from gradcheck.results.documents.document_errors import DocumentError, unfit, unknown
from gradcheck.results.documents.values import (
    DTYPES,
    decode_array,
    decode_float,
    decode_value,
    encode_array,
    encode_float,
    encode_value,
)

R = TypeVar("R")
Schema = dict[str, Any]
Definitions = MutableMapping[str, Schema]
_SAID = 200  # characters of an error that is told within another
_NAMED = 60  # characters of a key that a message shows


class Form(Protocol):
    """How values of one type stand in a document."""

    def write(self, value: Any) -> Any:
        """Turn a value into plain data."""

    def read(self, plain: Any, at: str) -> Any:
        """Turn plain data into a value; `at` says in messages where it stands."""

    def schema(self, definitions: Definitions, /) -> Schema:
        """Describe the plain data in the words of JSON Schema, records among `definitions`."""


def to_plain(record: Any) -> dict[str, Any]:
    """A dataclass as plain data: dicts, lists, strings, numbers, all of them finite."""
    plain: dict[str, Any] = form_of(type(record)).write(record)
    return plain


def from_plain(kind: type[R], plain: Any, at: str) -> R:
    """The dataclass that plain data was made of.

    Args:
        kind: the dataclass.
        plain: what `to_plain` returned, or JSON made of it.
        at: what messages call the whole of it.

    Raises:
        DocumentError: if it is not such data.
    """
    try:
        record: R = form_of(kind).read(plain, at)
    except RecursionError:
        raise DocumentError(f"{at} is nested too deeply.") from None
    return record


def form_of(hint: Any) -> Form:
    """The form of a type: a dataclass, or what may stand in a field of one.

    Raises:
        TypeError: for a type that no document has.
    """
    return _form_of(hint)


@cache
def _form_of(hint: Any) -> Form:
    if get_origin(hint) is not None:
        return _composed(get_origin(hint), get_args(hint))
    if hint in _SIMPLE:
        return _SIMPLE[hint]
    if isinstance(hint, type) and issubclass(hint, Enum):
        return _Member(hint)
    if isinstance(hint, type) and is_dataclass(hint):
        return _Record(hint)
    raise TypeError(f"no document holds values of type {hint}")


def _composed(origin: Any, arguments: tuple[Any, ...]) -> Form:
    """The form of a type that has others as its arguments."""
    if origin in (Union, UnionType):
        (inner,) = (a for a in arguments if a is not NoneType)
        return _Optional(form_of(inner))
    if origin is tuple:
        several = arguments[1:] == (...,)
        return (
            _Several(form_of(arguments[0])) if several else _Fixed(tuple(map(form_of, arguments)))
        )
    if origin is Literal:
        return _Choice(arguments)
    if origin is np.ndarray:
        return _Array()
    if isinstance(origin, type) and issubclass(origin, Mapping):
        key, value = arguments
        return _Table(form_of(value)) if key is str else _Pairs(form_of(key), form_of(value))
    raise TypeError(f"no document holds values of type {origin}")


@dataclass(frozen=True)
class _Plain:
    """What JSON has a word for: of one of these types, exactly."""

    kinds: tuple[type, ...]
    said: str
    word: str

    def write(self, value: Any) -> Any:
        return self.kinds[0](value)

    def read(self, plain: Any, at: str) -> Any:
        if type(plain) not in self.kinds:
            raise unfit(at, plain, self.said)
        return plain

    def schema(self, _definitions: Definitions) -> Schema:
        return {"type": self.word}


@dataclass(frozen=True)
class _Float:
    def write(self, value: Any) -> Any:
        return encode_float(float(value))

    def read(self, plain: Any, at: str) -> float:
        return decode_float(plain, at)

    def schema(self, definitions: Definitions) -> Schema:
        definitions["number"] = {
            "description": "A double; a string where JSON has no number for it.",
            "anyOf": [
                {"type": "number"},
                {"enum": ["nan", "inf", "-inf"]},
                {"type": "string", "pattern": "^nan:[0-9a-f]{16}$"},
            ],
        }
        return {"$ref": "#/$defs/number"}


@dataclass(frozen=True)
class _Path:
    def write(self, value: Path) -> str:
        return str(value)

    def read(self, plain: Any, at: str) -> Path:
        if not isinstance(plain, str):
            raise unfit(at, plain, "a path")
        return Path(plain)

    def schema(self, _definitions: Definitions) -> Schema:
        return {"type": "string"}


@dataclass(frozen=True)
class _Value:
    """Of no declared type: whatever a param may be."""

    def write(self, value: Any) -> Any:
        return encode_value(value)

    def read(self, plain: Any, at: str) -> Any:
        return decode_value(plain, at)

    def schema(self, _definitions: Definitions) -> Schema:
        return {"description": "A value; one that JSON lacks is tagged, {'$tuple': [1, 2]}."}


@dataclass(frozen=True)
class _Array:
    def write(self, value: Any) -> Any:
        return encode_array(np.asarray(value))

    def read(self, plain: Any, at: str) -> Any:
        return decode_array(plain, at)

    def schema(self, definitions: Definitions) -> Schema:
        number = _Float().schema(definitions)
        definitions["array"] = {
            "description": "Numbers in C order; a complex one is two, one of longdouble a string.",
            "type": "object",
            "properties": {
                "dtype": {"enum": list(DTYPES)},
                "shape": {"type": "array", "items": {"type": "integer", "minimum": 0}},
                "data": {
                    "type": "array",
                    "items": {"anyOf": [number, {"type": "boolean"}, {"type": "string"}]},
                },
            },
            "required": ["dtype", "shape", "data"],
            "additionalProperties": False,
        }
        return {"$ref": "#/$defs/array"}


@dataclass(frozen=True)
class _Optional:
    inner: Form

    def write(self, value: Any) -> Any:
        return None if value is None else self.inner.write(value)

    def read(self, plain: Any, at: str) -> Any:
        return None if plain is None else self.inner.read(plain, at)

    def schema(self, definitions: Definitions) -> Schema:
        return {"anyOf": [self.inner.schema(definitions), {"type": "null"}]}


@dataclass(frozen=True)
class _Several:
    item: Form

    def write(self, value: Any) -> Any:
        return [self.item.write(item) for item in value]

    def read(self, plain: Any, at: str) -> Any:
        return tuple(
            self.item.read(item, f"{at}[{k}]") for k, item in enumerate(_a_list(plain, at))
        )

    def schema(self, definitions: Definitions) -> Schema:
        return {"type": "array", "items": self.item.schema(definitions)}


@dataclass(frozen=True)
class _Fixed:
    items: tuple[Form, ...]

    def write(self, value: Any) -> Any:
        return [form.write(item) for form, item in zip(self.items, value, strict=True)]

    def read(self, plain: Any, at: str) -> Any:
        given = _a_list(plain, at)
        if len(given) != len(self.items):
            raise unfit(at, plain, f"a list of {len(self.items)}")
        pairs = enumerate(zip(self.items, given, strict=True))
        return tuple(form.read(item, f"{at}[{k}]") for k, (form, item) in pairs)

    def schema(self, definitions: Definitions) -> Schema:
        count = len(self.items)
        return {
            "type": "array",
            "prefixItems": [form.schema(definitions) for form in self.items],
            "minItems": count,
            "maxItems": count,
        }


@dataclass(frozen=True)
class _Table:
    """A mapping from names."""

    value: Form

    def write(self, value: Any) -> Any:
        return {str(key): self.value.write(item) for key, item in value.items()}

    def read(self, plain: Any, at: str) -> Any:
        return {
            k: self.value.read(v, f"{at}.{k[:_NAMED]}") for k, v in _an_object(plain, at).items()
        }

    def schema(self, definitions: Definitions) -> Schema:
        return {"type": "object", "additionalProperties": self.value.schema(definitions)}


@dataclass(frozen=True)
class _Pairs:
    """A mapping from what is no name: a list of keys with their values."""

    key: Form
    value: Form

    def write(self, value: Any) -> Any:
        return [[self.key.write(k), self.value.write(v)] for k, v in value.items()]

    def read(self, plain: Any, at: str) -> Any:
        pair = _Fixed((self.key, self.value))
        return dict(pair.read(item, f"{at}[{k}]") for k, item in enumerate(_a_list(plain, at)))

    def schema(self, definitions: Definitions) -> Schema:
        return {"type": "array", "items": _Fixed((self.key, self.value)).schema(definitions)}


@dataclass(frozen=True)
class _Choice:
    """One of some words."""

    words: tuple[str, ...]

    def write(self, value: Any) -> Any:
        return value

    def read(self, plain: Any, at: str) -> Any:
        if plain not in self.words:
            raise unfit(at, plain, " or ".join(map(repr, self.words)))
        return plain

    def schema(self, _definitions: Definitions) -> Schema:
        return {"enum": list(self.words)}


@dataclass(frozen=True)
class _Member:
    """A member of an enumeration of words."""

    enumeration: type[Enum]

    def write(self, value: Any) -> Any:
        return value.value

    def read(self, plain: Any, at: str) -> Any:
        words = [member.value for member in self.enumeration]
        if not isinstance(plain, str):
            raise unfit(at, plain, f"one of the words {', '.join(words)}")
        if plain not in words:
            raise unknown(at, plain, words)
        return self.enumeration(plain)

    def schema(self, _definitions: Definitions) -> Schema:
        return {"enum": [member.value for member in self.enumeration]}


@dataclass(frozen=True)
class _Record:
    """A dataclass: an object with a key per field."""

    kind: type

    def write(self, value: Any) -> Any:
        plain = {name: form.write(getattr(value, name)) for name, form in _forms(self.kind).items()}
        derived = _derived(self.kind)
        return plain | {name: form.write(getattr(value, name)) for name, form in derived.items()}

    def read(self, plain: Any, at: str) -> Any:
        forms, derived = _forms(self.kind), _derived(self.kind)
        given = _an_object(plain, at)
        for key in given:
            if key not in forms and key not in derived:
                raise unknown(at, key, forms)
        missing = [f.name for f in fields(self.kind) if _required(f) and f.name not in given]
        if missing:
            raise DocumentError(f"{at} lacks {missing[0]!r}.")
        values = {k: forms[k].read(v, f"{at}.{k}") for k, v in given.items() if k in forms}
        try:
            return self.kind(**values)
        except (GradcheckError, ValueError, TypeError) as error:
            said = str(error)[:_SAID].rstrip(".")
            raise DocumentError(f"{at} does not fit together: {said}.") from None

    def schema(self, definitions: Definitions) -> Schema:
        name = self.kind.__name__.lstrip("_")
        if name not in definitions:
            definitions[name] = {}  # a record may hold others of its kind
            every = {**_forms(self.kind), **_derived(self.kind)}
            definitions[name] = {
                "description": (self.kind.__doc__ or name).partition("\n")[0],
                "type": "object",
                "properties": {key: form.schema(definitions) for key, form in every.items()},
                "required": [f.name for f in fields(self.kind) if _required(f)],
                "additionalProperties": False,
            }
        return {"$ref": f"#/$defs/{name}"}


@cache
def _forms(kind: type) -> dict[str, Form]:
    """The form of each field."""
    hints = get_type_hints(kind, vars(sys.modules[kind.__module__]))
    written = (field for field in fields(kind) if field.metadata.get("document", True))
    return {field.name: form_of(hints[field.name]) for field in written}


@cache
def _derived(kind: type) -> dict[str, Form]:
    """Properties that are written for whoever reads the document, and follow from the fields."""
    names: tuple[str, ...] = getattr(kind, "DERIVED", ())
    hints = {name: get_type_hints(getattr(kind, name).fget)["return"] for name in names}
    return {name: form_of(hint) for name, hint in hints.items()}


def _required(field: Field[Any]) -> bool:
    return field.default is MISSING and field.default_factory is MISSING


def _a_list(plain: Any, at: str) -> list[Any]:
    if not isinstance(plain, list):
        raise unfit(at, plain, "a list")
    return plain


def _an_object(plain: Any, at: str) -> dict[str, Any]:
    if not isinstance(plain, dict):
        raise unfit(at, plain, "an object")
    return plain


_SIMPLE: dict[Any, Form] = {
    str: _Plain((str,), "a string", "string"),
    int: _Plain((int,), "a whole number", "integer"),
    bool: _Plain((bool,), "true or false", "boolean"),
    float: _Float(),
    Path: _Path(),
    Any: _Value(),
}
