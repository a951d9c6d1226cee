"""The JSON Schema that is published is the one that the program has."""

import json

import pytest
from jsonschema import Draft202012Validator

from gradcheck.run.history.saved_run import VERSION, schema
from tests.root import ROOT

FILE = ROOT / "docs" / "schemas" / f"gradcheck-run-{VERSION}.schema.json"
if not (ROOT / "docs").is_dir():
    pytest.skip("not a source checkout", allow_module_level=True)


def test_the_published_schema_is_that_of_the_program():
    """To publish a changed one: json.dumps(schema(), indent=2) and a line break."""
    assert FILE.read_text(encoding="utf-8") == json.dumps(schema(), indent=2) + "\n"


def test_the_published_schema_is_one():
    Draft202012Validator.check_schema(json.loads(FILE.read_text(encoding="utf-8")))
