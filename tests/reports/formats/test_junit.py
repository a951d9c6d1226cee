"""JUnit XML, read back by a program that others use to read it."""

from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from junitparser import Error, Failure, JUnitXml, Skipped

from gradcheck.reports.formats.junit import as_junit
from gradcheck.reports.text.printable import block, visible
from gradcheck.results.result import Result
from gradcheck.results.verdict import Verdict
from tests.reports.odd_text import names, report_about, texts


def read(report):
    """The one suite of a report, as junitparser sees it."""
    (suite,) = JUnitXml.fromstring(as_junit(report).encode())
    return suite


def outcomes(report):
    return {case.name: [type(said) for said in case.result] for case in read(report)}


def test_a_run(sample, snapshot):
    assert as_junit(sample()) == snapshot


def test_verdicts_have_the_outcome_that_ci_expects(sample):
    assert outcomes(sample()) == {
        "exp": [],
        "matmul": [Failure],
        "norm[/]": [Error],
        "staircase_with_a_very_long_name": [Skipped],
    }


def test_strict_makes_what_is_doubtful_a_failure(sample):
    assert outcomes(sample(strict=True))["staircase_with_a_very_long_name"] == [Failure]


@pytest.mark.parametrize(
    ("verdict", "kind"),
    [
        (Verdict.CRASH, [Error]),
        (Verdict.TIMEOUT, [Error]),
        (Verdict.VACUOUS, [Skipped]),
        (Verdict.XFAIL, [Skipped]),
        (Verdict.XPASS, [Failure]),
        (Verdict.PASS, []),
    ],
)
def test_a_verdict_without_a_failure(sample, verdict, kind):
    report = sample(results=(Result(op="f", verdict=verdict, reason="because"),))
    assert outcomes(report) == {"f": kind}


@pytest.mark.parametrize("strict", [False, True])
def test_the_counts_are_those_of_the_cases(sample, strict):
    suite = read(sample(strict=strict))
    kinds = [type(said) for case in suite for said in case.result]
    assert (suite.tests, suite.failures, suite.errors, suite.skipped) == (
        4,
        kinds.count(Failure),
        kinds.count(Error),
        kinds.count(Skipped),
    )


def test_a_failure_holds_the_panel_and_how_to_see_it_again(sample):
    said = next(case for case in read(sample()) if case.name == "matmul").result[0]
    assert said.message.startswith("∂L/∂b is wrong, b[1,0] is 0.000000")
    assert said.type == "wrong value"
    assert "smallest case   a = [[0., 1.]]" in said.text
    assert "gradcheck run matmul --seed 7" in said.text


def test_an_error_holds_the_traceback(sample):
    said = next(case for case in read(sample()) if case.name == "norm[/]").result[0]
    assert said.type == "ValueError"
    assert "Traceback (most recent call last):" in said.text


def test_a_case_says_where_the_gradient_is(sample):
    cases = {case.name: case._elem.attrib for case in read(sample())}
    assert (cases["exp"]["classname"], cases["exp"]["file"]) == ("my_ops", "my_ops.py")
    assert (cases["matmul"]["file"], cases["matmul"]["line"]) == ("my_ops.py", "14")
    assert cases["staircase_with_a_very_long_name"]["file"] == "/usr/steps.py"


def test_properties_say_what_the_results_follow_from(sample):
    report = sample(interrupted=True, planned=9, strict=True)
    settings = replace(report.settings, dtypes=("float32",), also=("tails",))
    properties = {p.name: p.value for p in read(replace(report, settings=settings)).properties()}
    assert properties == {
        "seed": "7",
        "cases": "100",
        "dtypes": "float32",
        "also": "tails",
        "strict": "yes",
        "ops not run": "5",
        "interrupted": "yes",
        "gradcheck": "1.2.3",
        "numpy": "2.0.0",
    }


def test_what_is_filtered_on_the_screen_is_in_the_file(sample):
    assert len(outcomes(sample(failures_only=True))) == 4


@given(texts)
def test_whatever_an_op_says_the_document_has_the_text(text):
    written = as_junit(report_about(text))
    root = ET.fromstring(written)  # noqa: S314 - our own
    assert [case.get("name") for case in root.iter("testcase")] == names(text)
    assert {case.get("classname") for case in root.iter("testcase")} == {visible(text)}
    assert root.find(".//error").get("message").startswith(visible(text).rstrip("."))
    assert block(f"Trace\n{text}".rstrip()) in root.find(".//error").text
    (suite,) = JUnitXml.fromstring(written.encode())
    assert [case.name for case in suite] == names(text)


def test_every_problem_is_told(sample, several):
    root = ET.fromstring(as_junit(sample(results=(several,))))  # noqa: S314 - our own
    failure = root.find(".//failure")
    assert "besides, ∂L/∂a has the wrong dtype" in failure.get("message")
    assert "  besides         ∂L/∂a has the wrong dtype." in failure.text
