"""One line per op, for grep, editors and logs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gradcheck.reports.text import numbers, words
from gradcheck.reports.text.printable import place, visible
from gradcheck.results.verdict import Verdict

if TYPE_CHECKING:
    from gradcheck.results.failure import Failure
    from gradcheck.results.result import Result


def line(result: Result) -> str:
    """Return "FAIL matmul: ∂L/∂b is wrong, b[1,0] is … (ops.py:9)"."""
    failure = result.failure
    where = f" ({place(failure.location)})" if failure is not None and failure.location else ""
    return visible(f"{result.verdict} {result.op}: {summary(result)}") + where


def summary(result: Result) -> str:
    """Return "∂L/∂b is wrong, b[1,0] is 0.0, not 1.0 ± 2e-10"."""
    failure = result.failure
    if failure is None:
        return _otherwise(result)
    expected = f"{result.reason}; " if result.verdict is Verdict.XFAIL else ""
    return f"{expected}{_failure(failure)}"


def _failure(failure: Failure) -> str:
    parts = [_what(failure)]
    parts += [f"looks like {failure.looks_like}"] if failure.looks_like else []
    parts += [f"only where {failure.only_where}"] if failure.only_where else []
    parts += [f"besides, {problem}" for problem in failure.besides]
    return "; ".join([*(part.rstrip(".") for part in parts[:-1]), parts[-1]])


def _what(failure: Failure) -> str:
    if failure.raised is not None:
        return failure.message
    if failure.worst is None:
        return f"{failure.headline}. {failure.message}"
    analytic, reference = numbers.compared(failure.worst)
    return f"{failure.headline}, {failure.worst.where} is {analytic}, not {reference}"


def _otherwise(result: Result) -> str:
    if result.reason:
        return result.reason
    parts = [words.counted(result.cases, "case", "cases")]
    if result.probes:
        parts.append(f"worst margin {numbers.margin(result.margin)}")
    return ", ".join([*parts, *words.notes(result)])
