"""Facts about a run: what results follow from, and what is missing."""

from dataclasses import replace

import numpy as np
import pytest

from gradcheck.reports.text import provenance


def test_versions_are_those_that_run():
    assert provenance.versions()["numpy"] == np.__version__
    assert list(provenance.versions()) == ["gradcheck", "python", "numpy", "hypothesis", "platform"]


def test_what_is_as_usual_is_not_said(sample):
    assert provenance.facts(sample()) == {
        "seed": "7", "cases": "100", "gradcheck": "1.2.3", "numpy": "2.0.0",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("wanted", "name", "text"),
    [
        ({"strict": True}, "strict", "yes"),
        ({"planned": 9}, "ops not run", "5"),
        ({"interrupted": True}, "interrupted", "yes"),
    ],
)
def test_what_is_special_is_said(sample, wanted, name, text):
    assert provenance.facts(sample(**wanted))[name] == text


def test_dtypes_and_properties_on_request_are_listed(sample):
    report = sample()
    settings = replace(report.settings, dtypes=("float32", "float64"), also=("tails",))
    told = provenance.facts(replace(report, settings=settings))
    assert (told["dtypes"], told["also"]) == ("float32, float64", "tails")
