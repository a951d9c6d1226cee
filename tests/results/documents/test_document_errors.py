"""Messages about documents show as much of a value as a line holds."""

import pytest

from gradcheck.errors import GradcheckError, OutputError
from gradcheck.results.documents.document_errors import (
    DocumentError,
    NotWrittenError,
    excerpt,
    unfit,
    unknown,
)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("a", "'a'"),
        (1.5, "1.5"),
        (None, "None"),
        ({"a": 1}, "an object"),
        ([1], "a list"),
        (object(), "object"),
        ("x" * 58, f"'{'x' * 58}'"),
        ("x" * 59, f"'{'x' * 59}…"),
    ],
)
def test_excerpt(value, text):
    assert excerpt(value) == text


def test_a_value_that_does_not_fit():
    assert str(unfit("it.x", [1], "a string")) == "it.x should be a string; it is a list."


def test_a_name_that_means_nothing():
    assert str(unknown("it", "colur", ["colour", "size"])) == (
        "it has 'colur'; known are colour and size. Did you mean 'colour'?"
    )
    assert str(unknown("it", "z" * 99, [])) == f"it has '{'z' * 60}…'; known are nothing."


def test_what_cannot_be_written_is_an_error_of_documents_and_of_output():
    assert issubclass(NotWrittenError, DocumentError)
    assert issubclass(NotWrittenError, OutputError)
    assert issubclass(DocumentError, GradcheckError)
