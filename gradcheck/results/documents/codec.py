"""Dataclasses as documents.

The form of each field follows from its type hint, so that a field that is added is in the
document, is checked when it is read, and stands in the schema.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

import numpy as np

from gradcheck.errors import GradcheckError
from gradcheck.results.documents import field_forms as forms
from gradcheck.results.documents.document_errors import DocumentError, unknown
from gradcheck.results.documents.field_forms import Definitions, Form, Schema, an_object

R = TypeVar("R")
_MESSAGE_SHOWN = 200  # characters of an inner error; arbitrary: two lines or three


def to_plain(record: Any) -> dict[str, Any]:
    """A dataclass as dicts, lists, strings and finite numbers."""
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
    """The form of a dataclass, or of the type of a field.

    Raises:
        TypeError: for a type that no document has.
    """
    return _form_of(hint)


@cache
def _form_of(hint: Any) -> Form:
    if get_origin(hint) is not None:
        return _composed(get_origin(hint), get_args(hint))
    if hint in forms.SIMPLE:
        return forms.SIMPLE[hint]
    if isinstance(hint, type) and issubclass(hint, Enum):
        return forms.member_form(hint)
    if isinstance(hint, type) and is_dataclass(hint):
        return RecordForm(hint)
    raise TypeError(f"no document holds values of type {hint}")


def _composed(origin: Any, arguments: tuple[Any, ...]) -> Form:
    """The form of a type that has others as its arguments."""
    if origin in (Union, UnionType):
        (inner,) = (a for a in arguments if a is not NoneType)
        return forms.OptionalForm(form_of(inner))
    if origin is tuple:
        if arguments[1:] == (...,):
            return forms.ListForm(form_of(arguments[0]))
        return forms.TupleForm(tuple(map(form_of, arguments)))
    if origin is Literal:
        return forms.choice_form(arguments)
    if origin is np.ndarray:
        return forms.ARRAY
    if isinstance(origin, type) and issubclass(origin, Mapping):
        key, value = map(form_of, arguments)
        return forms.TableForm(value) if arguments[0] is str else forms.PairsForm(key, value)
    raise TypeError(f"no document holds values of type {origin}")


@dataclass(frozen=True)
class RecordForm:
    """A dataclass: an object with a key per field."""

    kind: type

    def write(self, value: Any) -> Any:
        written = _fields(self.kind) | _derived(self.kind)
        return {name: form.write(getattr(value, name)) for name, form in written.items()}

    def read(self, plain: Any, at: str) -> Any:
        known, derived = _fields(self.kind), _derived(self.kind)
        items = an_object(plain, at)
        for key in items:
            if key not in known and key not in derived:
                raise unknown(at, key, known)
        missing = [name for name in _required(self.kind) if name not in items]
        if missing:
            raise DocumentError(f"{at} lacks {missing[0]!r}.")
        values = {k: known[k].read(v, f"{at}.{k}") for k, v in items.items() if k in known}
        try:
            return self.kind(**values)
        except (GradcheckError, ValueError, TypeError) as error:
            message = str(error)[:_MESSAGE_SHOWN].rstrip(".")
            raise DocumentError(f"{at} does not fit together: {message}.") from None

    def schema(self, definitions: Definitions) -> Schema:
        name = self.kind.__name__.lstrip("_")
        if name not in definitions:
            definitions[name] = {}  # a record may hold others of its kind
            every = _fields(self.kind) | _derived(self.kind)
            definitions[name] = {
                "description": (self.kind.__doc__ or name).partition("\n")[0],
                "type": "object",
                "properties": {key: form.schema(definitions) for key, form in every.items()},
                "required": _required(self.kind),
                "additionalProperties": False,
            }
        return {"$ref": f"#/$defs/{name}"}


@cache
def _fields(kind: type) -> dict[str, Form]:
    """The form of each field."""
    hints = get_type_hints(kind, vars(sys.modules[kind.__module__]))
    written = (field for field in fields(kind) if field.metadata.get("document", True))
    return {field.name: form_of(hints[field.name]) for field in written}


@cache
def _derived(kind: type) -> dict[str, Form]:
    """Properties that are written too, for whoever reads the document."""
    names: tuple[str, ...] = getattr(kind, "DERIVED", ())
    hints = {name: get_type_hints(getattr(kind, name).fget)["return"] for name in names}
    return {name: form_of(hint) for name, hint in hints.items()}


def _required(kind: type) -> list[str]:
    return [f.name for f in fields(kind) if f.default is MISSING and f.default_factory is MISSING]
