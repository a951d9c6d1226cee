"""SARIF 2.1.0 for code scanning: a rule per kind of failure.

Only ops that did not pass have a result. One of which nothing is known is "open", which is
no alarm; under `--strict` it is a failure of level "warning".
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from gradcheck import __version__
from gradcheck.checks.properties.catalogue import property_of
from gradcheck.reports.terminal import lines
from gradcheck.reports.text import provenance
from gradcheck.reports.text.escaping import sarif_message
from gradcheck.reports.text.glossary import word_of
from gradcheck.reports.text.origins import below, root
from gradcheck.reports.text.printable import visible
from gradcheck.results.kind import Kind
from gradcheck.results.verdict import WORST_FIRST, Verdict

if TYPE_CHECKING:
    from gradcheck.reports.report import Report
    from gradcheck.results.result import Result
    from gradcheck.spec.binding import Location

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_ON_VERDICTS = tuple(verdict for verdict in WORST_FIRST if verdict.is_open)
"""Verdicts that an op can have without a failure of some kind; they are rules as well."""


def as_sarif(report: Report) -> str:
    """Return the report as a SARIF log."""
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [_run(report)]}
    return json.dumps(log, indent=2, ensure_ascii=False) + "\n"


def rule_id(result: Result) -> str:
    """Return the rule: the kind of failure, else the verdict."""
    return _slug(result.verdict if result.failure is None else result.failure.kind)


@cache
def rules() -> tuple[Mapping[str, Any], ...]:
    """Every rule there is; results refer to them by place."""
    return (*map(_kind_rule, Kind), *map(_verdict_rule, _ON_VERDICTS))


def _run(report: Report) -> dict[str, Any]:
    places = {rule["id"]: place for place, rule in enumerate(rules())}
    top = root()
    return {
        "tool": {
            "driver": {"name": "gradcheck", "semanticVersion": __version__, "rules": list(rules())}
        },
        "invocations": [_invocation(report)],
        "columnKind": "unicodeCodePoints",
        "results": [_result(report, result, places, top) for result in report.worst_first],
        "properties": dict(provenance.facts(report)),
    }


def _invocation(report: Report) -> dict[str, Any]:
    if not report.finished.interrupted:
        return {"executionSuccessful": True}
    notice = {"level": "warning", "message": {"text": sarif_message(report.footer)}}
    return {"executionSuccessful": False, "toolExecutionNotifications": [notice]}


def _result(report: Report, result: Result, places: Mapping[str, int], top: Path) -> dict[str, Any]:
    rule = rule_id(result)
    return {
        "ruleId": rule,
        "ruleIndex": places[rule],
        **_weight(result, strict=report.strict),
        "message": {"text": sarif_message(f"{visible(result.op)}: {lines.summary(result)}")},
        "locations": [_location(report, result, top)],
        "partialFingerprints": {"gradcheckFailure/v1": _fingerprint(result)},
        "properties": dict(_details(report, result)),
    }


def _weight(result: Result, *, strict: bool) -> dict[str, str]:
    if result.verdict.is_failure:
        return {"kind": "fail", "level": "error"}
    # §3.27.10: what is not of kind "fail" has no level
    return {"kind": "fail", "level": "warning"} if strict else {"kind": "open", "level": "none"}


def _location(report: Report, result: Result, top: Path) -> dict[str, Any]:
    origin = report.origins.get(result.op)
    name = f"{origin.module}.{result.op}" if origin is not None else result.op
    logical = {"name": visible(result.op), "fullyQualifiedName": visible(name), "kind": "function"}
    place: dict[str, Any] = {"logicalLocations": [logical]}
    location = report.location(result)
    if location is not None and (artifact := _artifact(location, top)):
        region = {"startLine": max(location.line, 1)}
        place["physicalLocation"] = {"artifactLocation": artifact, "region": region}
    return place


def _artifact(location: Location, top: Path) -> dict[str, str]:
    """A file relative to the repository, an absolute one, or none."""
    if (relative := below(location.file, top)) is not None:
        return {"uri": quote(relative, errors="replace"), "uriBaseId": "%SRCROOT%"}
    path = Path(location.file)
    if not path.is_absolute():
        return {}
    # Path.as_uri() raises for characters that no file system has, but a code object may
    return {"uri": f"file:///{quote(path.as_posix().lstrip('/'), '/:', errors='replace')}"}


def _fingerprint(result: Result) -> str:
    """A name of the failure that outlives cases and lines."""
    argument = (result.failure.argument if result.failure is not None else None) or ""
    parts = json.dumps([result.op, rule_id(result), argument])
    return hashlib.sha256(parts.encode()).hexdigest()[:32]


def _details(report: Report, result: Result) -> Iterator[tuple[str, Any]]:
    yield "verdict", str(result.verdict)
    yield "cases", result.cases
    if command := report.command_for(result.op):
        yield "reproduce", visible(command)
    if command := report.replay_for(result.op):
        yield "replay", visible(command)
    failure = result.failure
    if failure is not None and failure.looks_like:
        yield "looksLike", visible(failure.looks_like)
    if failure is not None and failure.besides:
        yield "besides", list(map(visible, failure.besides))


def _kind_rule(kind: Kind) -> dict[str, Any]:
    word = word_of("kind", kind)
    if not word.see:
        return _rule(kind, word.text, "error")
    text = property_of(word.see).text.strip()
    return _rule(kind, f"{text}\n\nSee 'gradcheck explain {word.see}'.", "error")


def _verdict_rule(verdict: Verdict) -> dict[str, Any]:
    word = word_of("verdict", verdict)
    level = "warning" if verdict.is_doubtful else "error"
    return _rule(verdict, f"{word.text}\n\n{word.advice}", level)


def _rule(key: str, text: str, level: str) -> dict[str, Any]:
    return {
        "id": _slug(key),
        "name": "".join(word.capitalize() for word in key.split()),
        "shortDescription": {"text": sarif_message(f"{key.capitalize()}.")},
        "fullDescription": {"text": sarif_message(_flowing(text).partition("\n")[0])},
        "help": {"text": sarif_message(_flowing(text))},
        "defaultConfiguration": {"level": level},
        "properties": {"tags": ["gradient"]},
    }


def _flowing(text: str) -> str:
    """Paragraphs of one line each."""
    return "\n\n".join(" ".join(part.split()) for part in text.split("\n\n"))


def _slug(key: str) -> str:
    return key.lower().replace(" ", "-")
