"""Results in words: counts, notes, the footer of a run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from gradcheck.numeric.power import DELTA
from gradcheck.reports.text import numbers
from gradcheck.results.verdict import Verdict

if TYPE_CHECKING:
    from gradcheck.results.result import Result
    from gradcheck.spec.spec import OpSpec

OUTCOMES: Mapping[Verdict, tuple[str, str]] = {
    Verdict.PASS: ("passed", "passed"),
    Verdict.FAIL: ("failed", "failed"),
    Verdict.ERROR: ("error", "errors"),
    Verdict.CRASH: ("crashed", "crashed"),
    Verdict.TIMEOUT: ("timed out", "timed out"),
    Verdict.INCONCLUSIVE: ("inconclusive", "inconclusive"),
    Verdict.VACUOUS: ("vacuous", "vacuous"),
    Verdict.XFAIL: ("failed as expected", "failed as expected"),
    Verdict.XPASS: ("passed unexpectedly", "passed unexpectedly"),
    Verdict.SKIP: ("skipped", "skipped"),
}
"""What one op, and what several, did that got the verdict."""
WORTH_A_NOTE = 0.5  # share of rejected draws worth a note; arbitrary: fewer are no news


def counted(number: int, one: str, several: str) -> str:
    """Return "1 case" or "3 cases"."""
    return f"{number} {one if number == 1 else several}"


def outcome(results: Iterable[Result]) -> str:
    """Return "30 passed, 1 failed", without verdicts nobody got."""
    counts = Counter(result.verdict for result in results)
    return ", ".join(
        counted(counts[verdict], *words) for verdict, words in OUTCOMES.items() if counts[verdict]
    )


def notes(result: Result) -> list[str]:
    """Return what a reader should know about how a verdict was reached."""
    parts: list[str] = []
    if result.verdict in (Verdict.SKIP, Verdict.XFAIL) and result.reason:
        parts.append(result.reason)
    if result.failure is not None and result.verdict is not Verdict.XFAIL:
        parts.append(result.failure.headline)
    if result.kinks:
        parts.append(f"{counted(result.kinks, 'case', 'cases')} at kinks")
    if result.unusable:
        parts.append(_unusable(result.unusable))
    draws = result.cases + result.rejected
    if result.rejected and result.rejected >= WORTH_A_NOTE * draws:
        parts.append(f"{result.rejected} of {draws} draws rejected")
    return [*parts, *result.notes]


def signature(spec: OpSpec) -> str:
    """Return an op's signature, or what stands in its place."""
    if spec.signature is not None:
        return str(spec.signature)
    return "any shape" if spec.cases is None else "own cases"


def power(result: Result) -> str:
    """Return how likely a small error of one entry escapes."""
    if not result.probes or result.escape >= 1:
        return ""
    return (
        f"a single entry wrong by a relative {DELTA:.0e} escapes its case with probability "
        f"< {numbers.bar(result.escape)}"
    )


def effort(result: Result) -> str:
    """Say how often the forward was called."""
    return counted(result.calls, "forward call", "forward calls") if result.calls else ""


def _unusable(reasons: Mapping[str, int]) -> str:
    total = sum(reasons.values())
    if len(reasons) == 1:
        return f"{total} unusable: {next(iter(reasons))}"
    return f"{total} unusable: {', '.join(f'{n} {reason}' for reason, n in reasons.items())}"


def footer(results: tuple[Result, ...], *, planned: int, seconds: float) -> str:
    """Return "30 passed, 1 failed, 4 not run in 1.9 s"."""
    missing = planned - len(results)
    parts = [outcome(results), f"{missing} not run" if missing else ""]
    return f"{', '.join(p for p in parts if p) or 'nothing was run'} in {numbers.seconds(seconds)}"
