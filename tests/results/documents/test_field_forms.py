"""Forms of single types: written, read back, refused with their place, described."""

from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pytest

from gradcheck.results.documents import DocumentError
from gradcheck.results.documents.codec import form_of
from gradcheck.results.documents.field_forms import a_list, an_object
from tests.messages import message_of


class Size(StrEnum):
    SMALL = "small"


FORMS = [
    (str, "a", "a", {"type": "string"}),
    (int, 3, 3, {"type": "integer"}),
    (bool, True, True, {"type": "boolean"}),
    (float, float("inf"), "inf", {"$ref": "#/$defs/number"}),
    (Path, Path("a/b"), "a/b", {"type": "string"}),
    (int | None, None, None, {"anyOf": [{"type": "integer"}, {"type": "null"}]}),
    (tuple[int, ...], (1, 2), [1, 2], {"type": "array", "items": {"type": "integer"}}),
    (Literal["a", "b"], "b", "b", {"enum": ["a", "b"]}),
    (Size, Size.SMALL, "small", {"enum": ["small"]}),
    (
        Mapping[str, int],
        {"a": 1},
        {"a": 1},
        {"type": "object", "additionalProperties": {"type": "integer"}},
    ),
]


@pytest.mark.parametrize(("hint", "value", "plain", "schema"), FORMS, ids=str)
def test_each_type_has_a_form(hint, value, plain, schema):
    form = form_of(hint)
    assert form.write(value) == plain
    assert form.read(plain, "x") == value
    assert type(form.read(plain, "x")) is type(value)
    assert form.schema({}) == schema


def test_an_array_has_a_form():
    form = form_of(np.ndarray[Any, np.dtype[Any]])
    back = form.read(form.write([1.0, 2.0]), "x")
    assert back.tolist() == [1.0, 2.0]
    definitions: dict[str, Any] = {}
    assert form.schema(definitions) == {"$ref": "#/$defs/array"}
    assert set(definitions) == {"number", "array"}


def test_keys_that_are_no_names_become_pairs():
    form = form_of(Mapping[tuple[str, int], float])
    plain = [[["a", 1], 2.0]]
    assert form.write({("a", 1): 2.0}) == plain
    assert form.read(plain, "x") == {("a", 1): 2.0}
    pair = form.schema({})["items"]
    assert (pair["minItems"], pair["maxItems"]) == (2, 2)


REFUSED = [
    (tuple[int, ...], [1, "2"], "x[1] should be a whole number; it is '2'."),
    (tuple[int, str], [1], "x should be a list of 2; it is a list."),
    (Mapping[str, int], {"a": 1.5}, "x.a should be a whole number; it is 1.5."),
    (Literal["a", "b"], "c", "x should be 'a' or 'b'; it is 'c'."),
    (Size, 1, "x should be one of the words small; it is 1."),
    (Size, "smal", "x has 'smal'; known are small. Did you mean 'small'?"),
    (Path, None, "x should be a path; it is None."),
]


@pytest.mark.parametrize(("hint", "plain", "message"), REFUSED)
def test_refused(hint, plain, message):
    assert message_of(DocumentError, form_of(hint).read, plain, "x") == message


def test_a_long_key_is_cut():
    message = message_of(DocumentError, form_of(Mapping[str, int]).read, {"k" * 1000: ""}, "x")
    assert message == f"x.{'k' * 60} should be a whole number; it is ''."


def test_lists_and_objects_are_told_apart():
    assert a_list([1], "x") == [1]
    assert an_object({"a": 1}, "x") == {"a": 1}
    assert message_of(DocumentError, a_list, {}, "x") == "x should be a list; it is an object."
    assert message_of(DocumentError, an_object, [], "x") == "x should be an object; it is a list."
