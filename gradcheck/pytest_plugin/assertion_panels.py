"""The panel below an `assert gradcheck.check(op)` that does not hold."""

from __future__ import annotations

import re
from typing import Any

import pytest

from gradcheck.errors import GradientError
from gradcheck.reports.text.printable import visible
from gradcheck.results.result import Result


def add_panels(report: pytest.TestReport, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
    """Add a section to a failed test for each result that its last assertion was about."""
    add = getattr(report.longrepr, "addsection", None)
    if not report.failed or add is None:
        return
    if not isinstance(excinfo.value, AssertionError) or isinstance(excinfo.value, GradientError):
        return  # the text of a GradientError is the panel
    for result in _asserted(excinfo.traceback[-1]):
        add(f"gradcheck: {visible(result.op)}", str(result))


def _asserted(entry: Any) -> list[Result]:
    """The results which are not true among the values that a failed assertion was made of.

    pytest keeps values of parts of an assertion in variables of its own; one that has a name
    already stands in the statement.
    """
    # Code that was made at run time has no source.
    statement = "" if entry.frame.code.fullsource is None else str(entry.statement)

    def meant(name: str) -> bool:
        return name.startswith("@py_assert") or bool(
            re.search(rf"\b{re.escape(name)}\b", statement)
        )

    held = entry.frame.f_locals.items()
    found = [v for name, v in held if isinstance(v, Result) and not v and meant(name)]
    return list({id(result): result for result in found}.values())
