"""The panel below a failing `assert gradcheck.check(op)`."""

from __future__ import annotations

import re
from typing import Any

import pytest

from gradcheck.errors import GradientError
from gradcheck.reports.text.printable import visible
from gradcheck.results.result import Result


def add_panels(report: pytest.TestReport, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
    """Add the panel of each false result in a failed assertion."""
    add = getattr(report.longrepr, "addsection", None)
    if not report.failed or add is None:
        return
    if isinstance(excinfo.value, GradientError):
        _shorten_summary(report.longrepr)  # the text of a GradientError is the panel
    elif isinstance(excinfo.value, AssertionError):
        for result in _asserted(excinfo.traceback[-1]):
            add(f"gradcheck: {visible(result.op)}", str(result))


def _shorten_summary(shown: Any) -> None:
    """Begin the line of the summary with the verdict."""
    name, _, message = shown.reprcrash.message.partition(": ") if shown.reprcrash else ("", "", "")
    if name.endswith(GradientError.__qualname__):
        shown.reprcrash.message = " ".join(message.partition("\n")[0].split())


def _asserted(entry: Any) -> list[Result]:
    """The false results among the values of a failed assertion.

    pytest keeps the values of its parts in variables of its own; a value with a name stands in
    the statement by that name.
    """
    # Code that was made at run time has no source.
    statement = "" if entry.frame.code.fullsource is None else str(entry.statement)

    def is_part(name: str) -> bool:
        return name.startswith("@py_assert") or bool(
            re.search(rf"\b{re.escape(name)}\b", statement)
        )

    local = entry.frame.f_locals.items()
    results = [v for name, v in local if isinstance(v, Result) and not v and is_part(name)]
    return list({id(result): result for result in results}.values())
