"""A run as a document: it fits the published schema, and comes back exactly."""

import json

import jsonschema
import numpy as np
import pytest

import gradcheck as gc
from gradcheck.ndarrays.dtypes import BFLOAT16
from gradcheck.results.documents import DocumentError, from_plain
from gradcheck.results.settings import Settings
from gradcheck.run.engine import run
from gradcheck.run.history.saved_run import Conditions, RunDocument, schema


def op(name, forward, vjp, **given):
    return gc.op("(...)->(...)", name=name, **given)(forward).vjp(vjp)


def boom(g):
    raise ValueError("[bold]no[/bold]\x00\ud800")


SPECS = {
    "right": op("right", np.sin, lambda g, x: g * np.cos(x)),
    "wrong": op("wrong", np.sin, lambda g, x: 2 * g * np.cos(x)),
    "complex": op("complex", np.square, lambda g, x: g * x, dtypes=("complex128",)),
    "raises": op("raises", np.sin, boom),
    "shape": op("shape", np.sin, lambda g, x: g[..., None]),
    "mask": op(
        "mask",
        lambda x, at: x * 2,
        lambda g, at: 3 * g,
        params={"at": gc.axis_of("x")},
    ),
    BFLOAT16: op(BFLOAT16, np.sin, lambda g, x: 2 * g * np.cos(x), dtypes=(BFLOAT16,)),
    "undrawable": op("undrawable", np.sin, lambda g, x: g, assume=lambda x: 1 / 0),
}


@pytest.fixture(scope="module", params=SPECS)
def document(request):
    if request.param == BFLOAT16:
        pytest.importorskip("ml_dtypes")
    settings = Settings(cases=15, coverage=True, last_case=True)
    return RunDocument.of(run([SPECS[request.param]], settings, lambda _: None), settings, 1)


def test_it_fits_the_schema(document):
    jsonschema.Draft202012Validator(schema()).validate(json.loads(document.text()))


def test_it_comes_back_exactly(document, tmp_path):
    path = tmp_path / "run.json"
    path.write_text(document.text(), encoding="utf-8")
    back = RunDocument.load(path)
    assert back.text() == document.text()
    assert (back.conditions, back.environment) == (document.conditions, document.environment)
    assert back.results[0].verdict is document.results[0].verdict


def test_the_schema_is_one():
    jsonschema.Draft202012Validator.check_schema(schema())
    assert schema()["$id"].endswith("gradcheck-run-1.json")


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("results", 0, "verdict"), "GOOD"),
        (("results", 0, "extra"), 1),
        (("conditions", "cases"), "5"),
        (("environment",), None),
        (("format",), "gradcheck-failure"),
    ],
)
def test_what_the_schema_refuses_is_not_read(document, path, value):
    plain = json.loads(document.text())
    inner = plain
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = value
    assert not jsonschema.Draft202012Validator(schema()).is_valid(plain)
    with pytest.raises(DocumentError):
        from_plain(RunDocument, plain, "it")


def test_conditions_are_those_of_the_settings():
    settings = Settings(cases=7, seed=3, dtypes=("float32",), also=("tails",), max_time=2.0)
    found = Conditions.of(settings)
    assert (found.cases, found.seed, found.dtypes, found.also, found.max_time) == (
        7,
        3,
        ("float32",),
        ("tails",),
        2.0,
    )
