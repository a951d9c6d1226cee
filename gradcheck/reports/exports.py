"""Formats of report files, by name, and their renderers."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gradcheck.reports.report import Report


@dataclass(frozen=True, slots=True)
class Format:
    """A format of report files."""

    name: str  # of --report
    renderer: str  # "package.module:function", from a `Report` to text; imported on demand
    file: str  # where it is written by default
    description: str  # a few words for the help

    def render(self, report: Report) -> str:
        """Return the whole report as text."""
        module, _, function = self.renderer.partition(":")
        text: str = getattr(importlib.import_module(module), function)(report)
        return text


_FORMATS = (
    ("json", "formats.json:as_json", "gradcheck.json", "everything, as one document"),
    ("jsonl", "formats.json:as_jsonl", "gradcheck.jsonl", "the same, a line per op"),
    ("junit", "formats.junit:as_junit", "gradcheck-junit.xml", "JUnit XML, for CI servers"),
    ("markdown", "formats.markdown:as_markdown", "gradcheck.md", "a summary for a forge"),
    ("html", "html.page:as_html", "gradcheck.html", "one page for a browser"),
    ("sarif", "formats.sarif:as_sarif", "gradcheck.sarif", "SARIF 2.1.0, for code scanning"),
)
FORMATS: Mapping[str, Format] = {
    name: Format(name, f"gradcheck.reports.{renderer}", file, description)
    for name, renderer, file, description in _FORMATS
}
