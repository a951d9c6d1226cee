"""A run as JSON: one document, or a line per result."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from gradcheck.results.documents import to_plain
from gradcheck.results.documents.files import dumped
from gradcheck.run.history.saved_run import RunDocument

if TYPE_CHECKING:
    from gradcheck.reports.report import Report


def as_json(report: Report) -> str:
    """The whole run as one document, see `gradcheck.run.history.saved_run`."""
    return _document(report).text()


def as_jsonl(report: Report) -> str:
    """The document without results on the first line, then the results."""
    return "".join(_lines(_document(report)))


def _document(report: Report) -> RunDocument:
    return RunDocument.of(report.finished, report.settings, report.planned, report.shard)


def _lines(document: RunDocument) -> Iterator[str]:
    run = to_plain(replace(document, results=()))
    del run["results"]
    yield dumped({"type": "run", **run})
    for result in document.results:
        yield dumped({"type": "result", **to_plain(result)})
