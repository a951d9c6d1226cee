"""A dataclass in a document: written, read, refused, described."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, Literal

import pytest

from gradcheck.results.documents import DocumentError, from_plain, to_plain
from gradcheck.results.documents.codec import form_of


class Colour(StrEnum):
    RED = "red"
    GREEN = "green"


@dataclass(frozen=True)
class Inner:
    x: float
    label: str = ""


@dataclass(frozen=True)
class Outer:
    count: int
    kind: Literal["outer"] = "outer"
    colour: Colour = Colour.RED
    inner: Inner | None = None
    several: tuple[Inner, ...] = ()
    pair: tuple[str, int] = ("a", 1)
    table: Mapping[str, float] = field(default_factory=dict)
    keyed: Mapping[tuple[str, str], int] = field(default_factory=dict)
    path: Path = Path()
    flag: bool = False
    anything: Any = None

    DERIVED = ("twice",)

    @property
    def twice(self) -> int:
        return 2 * self.count


FULL = Outer(
    count=3,
    colour=Colour.GREEN,
    inner=Inner(float("inf"), "i"),
    several=(Inner(0.1), Inner(-0.0)),
    pair=("b", 2),
    table={"a": float("-inf")},
    keyed={("a", "b"): 1},
    path=Path("a/b"),
    flag=True,
    anything=(1, None),
)


def test_a_record_comes_back_as_it_was():
    plain = json.loads(json.dumps(to_plain(FULL), allow_nan=False))
    assert from_plain(Outer, plain, "it") == FULL
    assert plain["twice"] == 6


def test_what_has_a_default_may_be_missing():
    assert from_plain(Outer, {"count": 1}, "it") == Outer(count=1)


@pytest.mark.parametrize(
    ("plain", "message"),
    [
        ([], "it should be an object; it is a list."),
        ({}, "it lacks 'count'."),
        ({"count": 1, "colur": "red"}, "it has 'colur'; known are .* Did you mean 'colour'?"),
        ({"count": "1"}, "it.count should be a whole number; it is '1'."),
        ({"count": True}, "it.count should be a whole number; it is True."),
        ({"count": 1.0}, "it.count should be a whole number; it is 1.0."),
        ({"count": 1, "kind": "inner"}, "it.kind should be 'outer'; it is 'inner'."),
        ({"count": 1, "colour": "rd"}, "it.colour has 'rd'; known are .* Did you mean 'red'?"),
        ({"count": 1, "colour": None}, "it.colour should be one of the words red, green"),
        ({"count": 1, "inner": {"x": "1"}}, "it.inner.x should be a number, 'nan'"),
        ({"count": 1, "several": {}}, "it.several should be a list; it is an object."),
        ({"count": 1, "several": [{"x": 1}, {}]}, r"it.several\[1\] lacks 'x'."),
        ({"count": 1, "pair": ["a"]}, "it.pair should be a list of 2; it is a list."),
        ({"count": 1, "keyed": [[["a", "b"]]]}, r"it.keyed\[0\] should be a list of 2"),
        ({"count": 1, "table": {"a": None}}, "it.table.a should be a number"),
        ({"count": 1, "path": 1}, "it.path should be a path; it is 1."),
        ({"count": 1, "flag": 1}, "it.flag should be true or false; it is 1."),
    ],
)
def test_what_does_not_fit_is_refused_with_its_place(plain, message):
    with pytest.raises(DocumentError, match=message):
        from_plain(Outer, plain, "it")


def test_a_long_value_is_not_told_to_its_end():
    with pytest.raises(DocumentError) as caught:
        from_plain(Outer, {"count": "x" * 10**6}, "it")
    assert len(str(caught.value)) < 200
    with pytest.raises(DocumentError) as caught:
        from_plain(Outer, {"count": 1, "x" * 10**6: 1}, "it")
    assert len(str(caught.value)) < 400


def test_a_type_that_no_document_has_is_an_error_of_the_program():
    with pytest.raises(TypeError, match="no document holds values of type"):
        form_of(set[int])


def test_the_schema_names_every_field_and_what_is_required():
    definitions: dict[str, Any] = {}
    assert form_of(Outer).schema(definitions) == {"$ref": "#/$defs/Outer"}
    outer = definitions["Outer"]
    assert set(outer["properties"]) == {*Outer.__dataclass_fields__, "twice"}
    assert outer["required"] == ["count"]
    assert outer["properties"]["colour"] == {"enum": ["red", "green"]}
    assert definitions["Inner"]["required"] == ["x"]
