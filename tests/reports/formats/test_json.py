"""JSON: one document, or the same a line per result."""

import json

from gradcheck.reports.formats.json import as_json, as_jsonl


def test_the_document_has_every_result(sample):
    document = json.loads(as_json(sample()))
    assert [result["op"] for result in document["results"]][:2] == ["exp", "matmul"]
    assert document["results"][1]["verdict"] == "FAIL"


def test_filters_of_the_screen_leave_it_complete(sample):
    document = json.loads(as_json(sample(failures_only=True)))
    assert len(document["results"]) == 4


def test_lines_hold_the_same_as_the_document(sample):
    run, *results = map(json.loads, as_jsonl(sample()).splitlines())
    document = json.loads(as_json(sample()))
    assert [line.pop("type") for line in (run, *results)] == ["run", *["result"] * 4]
    assert results == document.pop("results")
    for changing in ("started", "environment"):
        run.pop(changing, None)
        document.pop(changing, None)
    assert run == document


def test_a_run_without_results_is_one_line(sample):
    assert len(as_jsonl(sample(results=())).splitlines()) == 1
