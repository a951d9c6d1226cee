"""Forms: how values of one type are written, read and described."""

from __future__ import annotations

from collections.abc import Callable, Mapping, MutableMapping
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from gradcheck.results.documents.array_data import (
    DTYPES,
    decode_array,
    decode_float,
    encode_array,
    encode_float,
)
from gradcheck.results.documents.document_errors import unfit, unknown
from gradcheck.results.documents.values import decode_value, encode_value

Schema = dict[str, Any]
Definitions = MutableMapping[str, Schema]
_KEY_SHOWN = 60  # characters of a key in a message; arbitrary: most of a line


class Form(Protocol):
    """How values of one type stand in a document."""

    def write(self, value: Any, /) -> Any:
        """Turn a value into plain data."""

    def read(self, plain: Any, at: str, /) -> Any:
        """Turn plain data into a value; messages call its place `at`."""

    def schema(self, definitions: Definitions, /) -> Schema:
        """Describe the plain data as JSON Schema, records among `definitions`."""


@dataclass(frozen=True)
class LeafForm:
    """The form of a simple type; `named` are schemas to refer to."""

    write: Callable[[Any], Any]
    read: Callable[[Any, str], Any]
    description: Schema
    named: Mapping[str, Schema] = field(default_factory=dict)

    def schema(self, definitions: Definitions) -> Schema:
        definitions.update(self.named)
        return self.description


@dataclass(frozen=True)
class OptionalForm:
    inner: Form

    def write(self, value: Any) -> Any:
        return None if value is None else self.inner.write(value)

    def read(self, plain: Any, at: str) -> Any:
        return None if plain is None else self.inner.read(plain, at)

    def schema(self, definitions: Definitions) -> Schema:
        return {"anyOf": [self.inner.schema(definitions), {"type": "null"}]}


@dataclass(frozen=True)
class ListForm:
    item: Form

    def write(self, value: Any) -> Any:
        return [self.item.write(item) for item in value]

    def read(self, plain: Any, at: str) -> Any:
        return tuple(self.item.read(item, f"{at}[{k}]") for k, item in enumerate(a_list(plain, at)))

    def schema(self, definitions: Definitions) -> Schema:
        return {"type": "array", "items": self.item.schema(definitions)}


@dataclass(frozen=True)
class TupleForm:
    items: tuple[Form, ...]

    def write(self, value: Any) -> Any:
        return [form.write(item) for form, item in zip(self.items, value, strict=True)]

    def read(self, plain: Any, at: str) -> Any:
        items = a_list(plain, at)
        if len(items) != len(self.items):
            raise unfit(at, plain, f"a list of {len(self.items)}")
        pairs = enumerate(zip(self.items, items, strict=True))
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
class TableForm:
    """A mapping from names."""

    value: Form

    def write(self, value: Any) -> Any:
        return {str(key): self.value.write(item) for key, item in value.items()}

    def read(self, plain: Any, at: str) -> Any:
        return {
            k: self.value.read(v, f"{at}.{k[:_KEY_SHOWN]}") for k, v in an_object(plain, at).items()
        }

    def schema(self, definitions: Definitions) -> Schema:
        return {"type": "object", "additionalProperties": self.value.schema(definitions)}


@dataclass(frozen=True)
class PairsForm:
    """A mapping from other keys than names, as pairs."""

    key: Form
    value: Form

    def write(self, value: Any) -> Any:
        return [[self.key.write(k), self.value.write(v)] for k, v in value.items()]

    def read(self, plain: Any, at: str) -> Any:
        pair = TupleForm((self.key, self.value))
        return dict(pair.read(item, f"{at}[{k}]") for k, item in enumerate(a_list(plain, at)))

    def schema(self, definitions: Definitions) -> Schema:
        return {"type": "array", "items": TupleForm((self.key, self.value)).schema(definitions)}


def a_list(plain: Any, at: str) -> list[Any]:
    if not isinstance(plain, list):
        raise unfit(at, plain, "a list")
    return plain


def an_object(plain: Any, at: str) -> dict[str, Any]:
    if not isinstance(plain, dict):
        raise unfit(at, plain, "an object")
    return plain


def plain_form(kind: type, meaning: str, word: str) -> LeafForm:
    """The form of a JSON type; subclasses are refused."""

    def read(plain: Any, at: str) -> Any:
        if type(plain) is not kind:
            raise unfit(at, plain, meaning)
        return plain

    return LeafForm(kind, read, {"type": word})


def choice_form(words: tuple[str, ...]) -> LeafForm:
    """One of some words."""

    def read(plain: Any, at: str) -> Any:
        if plain not in words:
            raise unfit(at, plain, " or ".join(map(repr, words)))
        return plain

    return LeafForm(lambda word: word, read, {"enum": list(words)})


def member_form(enumeration: type[Enum]) -> LeafForm:
    """A member of an enumeration of words."""
    words = [member.value for member in enumeration]

    def read(plain: Any, at: str) -> Any:
        if not isinstance(plain, str):
            raise unfit(at, plain, f"one of the words {', '.join(words)}")
        if plain not in words:
            raise unknown(at, plain, words)
        return enumeration(plain)

    return LeafForm(lambda member: member.value, read, {"enum": words})


def _read_path(plain: Any, at: str) -> Path:
    if not isinstance(plain, str):
        raise unfit(at, plain, "a path")
    return Path(plain)


_NUMBER = {
    "description": "A double; a string where JSON has no number for it.",
    "anyOf": [
        {"type": "number"},
        {"enum": ["nan", "inf", "-inf"]},
        {"type": "string", "pattern": "^nan:[0-9a-f]{16}$"},
    ],
}
_ENTRIES = [{"$ref": "#/$defs/number"}, {"type": "boolean"}, {"type": "string"}]
_ARRAY = {
    "description": "Numbers in C order; a complex one is two, one of longdouble a string.",
    "type": "object",
    "properties": {
        "dtype": {"enum": list(DTYPES)},
        "shape": {"type": "array", "items": {"type": "integer", "minimum": 0}},
        "data": {"type": "array", "items": {"anyOf": _ENTRIES}},
    },
    "required": ["dtype", "shape", "data"],
    "additionalProperties": False,
}
_TAGGED = {"description": "A value; one that JSON lacks is tagged, {'$tuple': [1, 2]}."}

FLOAT = LeafForm(
    lambda x: encode_float(float(x)), decode_float, {"$ref": "#/$defs/number"}, {"number": _NUMBER}
)
ARRAY = LeafForm(
    lambda x: encode_array(np.asarray(x)),
    decode_array,
    {"$ref": "#/$defs/array"},
    {"number": _NUMBER, "array": _ARRAY},
)
SIMPLE: Mapping[Any, Form] = {
    str: plain_form(str, "a string", "string"),
    int: plain_form(int, "a whole number", "integer"),
    bool: plain_form(bool, "true or false", "boolean"),
    float: FLOAT,
    Path: LeafForm(str, _read_path, {"type": "string"}),
    Any: LeafForm(encode_value, decode_value, _TAGGED),  # no declared type: any param
}
