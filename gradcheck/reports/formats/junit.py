"""JUnit XML for CI servers: one suite, one test case per op.

Errors are ops that could not be checked (ERROR, CRASH, TIMEOUT); failures are wrong
gradients. What is doubtful counts as skipped, under `--strict` as failed.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Literal
from xml.etree import ElementTree as ET

from gradcheck.reports.terminal import lines
from gradcheck.reports.text import provenance
from gradcheck.reports.text.escaping import shortened, xml_attribute, xml_text
from gradcheck.reports.text.origins import below, root
from gradcheck.results.verdict import Verdict

if TYPE_CHECKING:
    from pathlib import Path

    from gradcheck.reports.report import Report
    from gradcheck.results.result import Result

Outcome = Literal["passed", "failure", "error", "skipped"]
_ERRORS = frozenset({Verdict.ERROR, Verdict.CRASH, Verdict.TIMEOUT})
_LONGEST_MESSAGE = 1000  # characters; arbitrary: servers show one or two lines


def as_junit(report: Report) -> str:
    """Return the report as an XML document."""
    results = report.finished.results
    counts = Counter(outcome(result.verdict, strict=report.strict) for result in results)
    total = {
        "tests": str(len(results)),
        "failures": str(counts["failure"]),
        "errors": str(counts["error"]),
        "skipped": str(counts["skipped"]),
        "time": f"{report.finished.seconds:.3f}",
    }
    suites = ET.Element("testsuites", {"name": "gradcheck", **total})
    suite = ET.SubElement(suites, "testsuite", {"name": "gradcheck", **total})
    properties = ET.SubElement(suite, "properties")
    for name, value in provenance.facts(report).items():
        attributes = {"name": name, "value": xml_attribute(value)}
        ET.SubElement(properties, "property", attributes)
    top = root()
    for result in results:
        _add_case(suite, report, result, top)
    ET.indent(suites)
    written: str = ET.tostring(suites, encoding="unicode")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{written}\n'


def outcome(verdict: Verdict, *, strict: bool) -> Outcome:
    """Return the JUnit name of a verdict."""
    if verdict is Verdict.PASS:
        return "passed"
    if verdict in _ERRORS:
        return "error"
    if verdict.fails(strict=strict):
        return "failure"
    return "skipped"


def _add_case(suite: ET.Element, report: Report, result: Result, top: Path) -> None:
    origin = report.origins.get(result.op)
    attributes = {
        "classname": xml_attribute(origin.module) if origin is not None else "gradcheck",
        "name": xml_attribute(result.op),
        "time": f"{result.seconds:.3f}",
    }
    location = report.location(result)
    if location is not None:
        attributes["file"] = xml_attribute(below(location.file, top) or location.file)
        attributes["line"] = str(location.line)
    case = ET.SubElement(suite, "testcase", attributes)
    name = outcome(result.verdict, strict=report.strict)
    if name != "passed":
        message = shortened(lines.summary(result), _LONGEST_MESSAGE)
        element = ET.SubElement(case, name, {"message": xml_attribute(message)})
        if name != "skipped":
            element.set("type", _type(result))
            element.text = xml_text(_text(report, result))
    if result.notes:
        ET.SubElement(case, "system-out").text = xml_text("\n".join(result.notes))


def _type(result: Result) -> str:
    failure = result.failure
    if failure is None:
        return str(result.verdict)
    return xml_attribute(failure.raised.type if failure.raised is not None else failure.kind)


def _text(report: Report, result: Result) -> str:
    panel = report.text(result)
    failure = result.failure
    if failure is None or failure.raised is None:
        return panel
    return f"{panel}\n\n{failure.raised.traceback.rstrip()}"
