"""SARIF, validated against the schema of the standard."""

import json
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given

from gradcheck.reports.formats.sarif import as_sarif, rule_id, rules
from gradcheck.reports.text.origins import OpOrigin
from gradcheck.reports.text.printable import block, visible
from gradcheck.results.failure import Failure
from gradcheck.results.kind import Kind
from gradcheck.results.result import Result
from gradcheck.results.verdict import Verdict
from gradcheck.spec.binding import Location
from tests.reports.odd_text import report_about, texts, unprintable
from tests.root import ROOT

SCHEMA = ROOT / "tests" / "data" / "sarif-2.1.0-rtm.5.json"


@pytest.fixture(scope="module")
def validate():
    schema = json.loads(SCHEMA.read_text())
    jsonschema.Draft4Validator.check_schema(schema)
    return jsonschema.Draft4Validator(schema).validate


def run_of(report):
    (run,) = json.loads(as_sarif(report))["runs"]
    return run


def results_of(report):
    return {r["locations"][0]["logicalLocations"][0]["name"]: r for r in run_of(report)["results"]}


@pytest.mark.parametrize("strict", [False, True])
@pytest.mark.parametrize("interrupted", [False, True])
def test_it_follows_the_schema(sample, validate, strict, interrupted):
    validate(json.loads(as_sarif(sample(strict=strict, interrupted=interrupted, planned=9))))


def test_the_schema_would_notice(sample, validate):
    log = json.loads(as_sarif(sample()))
    log["runs"][0]["results"][0]["level"] = "fatal"
    with pytest.raises(jsonschema.ValidationError):
        validate(log)


def test_a_run_without_results_follows_the_schema(sample, validate):
    validate(json.loads(as_sarif(sample(results=()))))


def test_a_run(sample, snapshot):
    run = run_of(sample())
    del run["tool"]["driver"]["rules"]
    assert json.dumps(run, indent=1, ensure_ascii=False) == snapshot


def test_every_kind_and_verdict_without_one_is_a_rule_that_helps(sample, validate):
    results = [
        Result(
            op=kind,
            verdict=kind.verdict,
            failure=Failure(kind=kind, headline="it is wrong", message="It is wrong."),
        )
        for kind in Kind
    ]
    results += [Result(op=v, verdict=v) for v in Verdict if v.is_failure or v.is_doubtful]
    report = sample(results=tuple(results), planned=len(results))
    validate(json.loads(as_sarif(report)))
    found = run_of(report)
    known = found["tool"]["driver"]["rules"]
    assert len(found["results"]) == len(results)
    for result in found["results"]:
        rule = known[result["ruleIndex"]]
        assert rule["id"] == result["ruleId"]
        assert len(rule["help"]["text"]) > len(rule["shortDescription"]["text"])


def test_rules_have_names_of_their_own():
    assert len({rule["id"] for rule in rules()}) == len(rules())


def test_what_passed_is_no_result(sample):
    assert "exp" not in results_of(sample())


def test_what_is_doubtful_is_no_alarm_unless_strict(sample):
    name = "staircase_with_a_very_long_name"
    lenient, strict = results_of(sample())[name], results_of(sample(strict=True))[name]
    assert (lenient["kind"], lenient["level"]) == ("open", "none")
    assert (strict["kind"], strict["level"]) == ("fail", "warning")


def test_files_are_relative_to_the_repository_and_encoded(sample, wrong, monkeypatch, tmp_path):
    (tmp_path / ".git").mkdir()
    (tmp_path / "sub").mkdir()
    monkeypatch.chdir(tmp_path / "sub")
    places = {
        tmp_path / "my ops" / "ä:b.py": {
            "uri": "my%20ops/%C3%A4%3Ab.py",
            "uriBaseId": "%SRCROOT%",
        },
        Path("/usr/lib/x y.py"): {"uri": "file:///usr/lib/x%20y.py"},
    }
    report = sample()
    monkeypatch.delenv("GITHUB_WORKSPACE")
    for file, expected in places.items():
        result = replace(wrong, failure=replace(wrong.failure, location=Location(str(file), 3)))
        found = results_of(replace(report, finished=replace(report.finished, results=(result,))))
        (location,) = found["matmul"]["locations"]
        assert location["physicalLocation"] == {
            "artifactLocation": expected,
            "region": {"startLine": 3},
        }


def test_code_that_is_in_no_file_has_a_name_only(sample, doubtful, validate):
    origins = {doubtful.op: OpOrigin("__main__", Location("<stdin>", 1))}
    report = replace(sample(), origins=origins)
    validate(json.loads(as_sarif(report)))
    (location,) = results_of(report)[doubtful.op]["locations"]
    assert location["logicalLocations"][0]["fullyQualifiedName"] == f"__main__.{doubtful.op}"
    assert "physicalLocation" not in location


def test_a_fingerprint_is_of_the_failure_and_not_of_the_run(sample, wrong):
    def fingerprint(result):
        return results_of(sample(results=(result,)))[result.op]["partialFingerprints"]

    failure = wrong.failure
    moved = replace(failure, location=Location("/else.py", 99), message="other", case=None)
    assert fingerprint(replace(wrong, margin=1e3, failure=moved)) == fingerprint(wrong)
    for other in (
        replace(wrong, op="f"),
        replace(wrong, failure=replace(failure, argument="a")),
        replace(wrong, failure=replace(failure, kind=Kind.JVP)),
    ):
        assert fingerprint(other) != fingerprint(wrong)


def test_a_rule_is_the_kind_or_the_verdict(wrong, doubtful):
    assert rule_id(wrong) == "wrong-value"
    assert rule_id(doubtful) == "inconclusive"


@given(texts)
def test_whatever_an_op_says_the_log_has_the_text(text):
    written = as_sarif(report_about(text))
    assert written.encode()
    results = json.loads(written)["runs"][0]["results"]
    said = [result["message"]["text"] for result in results]
    apart = block(f"{visible(text)}2: {text}").replace("](", "] (")
    assert said[1].replace("{{", "{").replace("}}", "}") == apart
    for message in said:
        assert "{" not in message.replace("{{", "")
        assert "](" not in message
        assert not any(unprintable(c) for c in message if c != "\n")


def test_every_problem_is_in_the_message_and_by_itself(sample, several):
    (result,) = json.loads(as_sarif(sample(results=(several,))))["runs"][0]["results"]
    assert "besides, ∂L/∂a has the wrong dtype" in result["message"]["text"]
    assert len(result["properties"]["besides"]) == 2
    assert result["properties"]["besides"][1].startswith("the vjp changed a. It wrote into a\\x1b")
