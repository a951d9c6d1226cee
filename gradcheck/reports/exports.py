"""The formats of report files: their names, and who writes them.

A renderer takes the `Report` of a run and returns the whole text of a file. It is named by
module and function, and imported when a report of that format is asked for.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gradcheck.reports.report import Report


@dataclass(frozen=True, slots=True)
class Format:
    """A format of report files.

    Attributes:
        name: what `--report` calls it.
        renderer: "package.module:function", from a `Report` to text.
        file: where it is written if nothing else is said.
        description: what it is, in a few words.
    """

    name: str
    renderer: str
    file: str
    description: str

    def render(self, report: Report) -> str:
        """Return the whole report as text."""
        module, _, function = self.renderer.partition(":")
        text: str = getattr(importlib.import_module(module), function)(report)
        return text


_HOME = "gradcheck.reports"
_ALL = (
    Format(
        "json", f"{_HOME}.formats.json:as_json", "gradcheck.json", "everything, as one document"
    ),
    Format("jsonl", f"{_HOME}.formats.json:as_jsonl", "gradcheck.jsonl", "the same, a line per op"),
    Format(
        "junit",
        f"{_HOME}.formats.junit:as_junit",
        "gradcheck-junit.xml",
        "JUnit XML, for CI servers",
    ),
    Format(
        "markdown", f"{_HOME}.formats.markdown:as_markdown", "gradcheck.md", "a summary for a forge"
    ),
    Format("html", f"{_HOME}.html.page:as_html", "gradcheck.html", "one page for a browser"),
    Format(
        "sarif",
        f"{_HOME}.formats.sarif:as_sarif",
        "gradcheck.sarif",
        "SARIF 2.1.0, for code scanning",
    ),
)
FORMATS: Mapping[str, Format] = {form.name: form for form in _ALL}
