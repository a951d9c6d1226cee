"""The pages of `gradcheck explain`: properties and verdicts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from rich.text import Text

from gradcheck.reports.terminal.style import fact, headed, heading, indented, verdict_text, whole
from gradcheck.results.verdict import Verdict
from gradcheck.spec.property_names import ESSENTIAL

if TYPE_CHECKING:
    from rich.console import RenderableType

    from gradcheck.checks.properties.property import Property, When

CHECKED: Mapping[When, tuple[str, str]] = MappingProxyType(
    {
        "always": ("each case", "with each case"),
        "in turn": ("in turn", "with a share of the cases: the properties take turns"),
        "on request": (
            "on request",
            "on request only: --also {name}, or also=('{name}',) in a spec",
        ),
        "per run": ("each run", "once per op, on all cases together"),
    }
)
"""When a property is checked: in a table, and in a sentence."""
MEANINGS: Mapping[Verdict, tuple[str, str]] = MappingProxyType(
    {
        Verdict.PASS: (
            "Every derivative that was compared agrees with its numeric reference, and every "
            "property that was checked holds.",
            "Nothing. -v says how small an error would have shown, and --coverage which inputs "
            "were drawn.",
        ),
        Verdict.FAIL: (
            "A derivative is off by many times the error bar of its reference, or a property "
            "does not hold.",
            "Look at the smallest case, which the report shows; 'gradcheck show OP' prints the "
            "formula.",
        ),
        Verdict.INCONCLUSIVE: (
            "Most cases had no reference to compare with: the forward jumps, is noisy, overflows, "
            "or leaves its domain within any usable step. Nothing is known about the gradient. It "
            "fails under --strict only.",
            "Read the reason in the notes. A narrower domain keeps away from overflow and jumps; "
            "a forward that iterates should stop later; one that computes in float32 inside "
            "should compute in the dtype of its inputs.",
        ),
        Verdict.ERROR: (
            "The forward or the vjp raised, or the spec draws no case: the gradient could not be "
            "compared.",
            "-v shows the traceback. If the op is not meant to take such inputs, say so in the "
            "spec: domains=, dims=, dtypes= or layouts=.",
        ),
        Verdict.CRASH: (
            "The process that ran the op ended without an answer, as compiled code can make it.",
            "Look at its last case, which the report shows; 'gradcheck replay ID' runs it again, "
            "in a process of its own.",
        ),
        Verdict.TIMEOUT: (
            "The op did not come back in its time, and the worker process that ran it was ended.",
            "Allow it more time, or narrow its sizes by dims=.",
        ),
        Verdict.VACUOUS: (
            "Nothing was really tested: no case was drawn, none had an entry to compare, or every "
            "derivative that was compared is zero. It fails under --strict only.",
            "See with --coverage what was drawn and what was rejected; then widen assume=, the "
            "domains or dims=.",
        ),
        Verdict.XFAIL: (
            "The op failed, and the configuration says that it is expected to.",
            "Nothing, until it is mended.",
        ),
        Verdict.XPASS: (
            "The op passed, though the configuration says that it is expected to fail.",
            'Take xfail out of its table [op."NAME"].',
        ),
        Verdict.SKIP: (
            "The op was not checked, because the configuration says so; it neither passes nor "
            "fails.",
            'Nothing, or take skip out of its table [op."NAME"].',
        ),
    }
)
"""What a verdict means, and what to do about it."""


def properties_table(properties: Iterable[Property]) -> RenderableType:
    """One row per property: name, when it is checked, summary."""
    table = headed("property", "checked", "what holds", kept=("property", "checked"))
    for each in properties:
        table.add_row(Text(each.name, "bold"), Text(CHECKED[each.when][0]), Text(each.summary))
    return table


def property_page(explained: Property) -> Iterator[RenderableType]:
    """Yield the text of a property and how to leave it out."""
    name = explained.name
    yield heading(name)
    for paragraph in explained.text.strip().split("\n\n"):
        yield Text("")
        yield indented(Text(" ".join(paragraph.split())))
    yield Text("")
    yield fact("checked", CHECKED[explained.when][1].format(name=name))
    if name in ESSENTIAL:
        yield fact("leave out", "not possible: without it nothing could be compared")
    elif explained.when != "on request":
        yield whole("leave out", f'gc.op(..., skip={{"{name}": "the reason, in words"}})')


def verdict_page(verdict: Verdict) -> Iterator[RenderableType]:
    """Yield the meaning of a verdict and an advice."""
    meaning, advice = MEANINGS[verdict]
    yield verdict_text(verdict)
    yield Text("")
    yield indented(Text(meaning))
    yield Text("")
    yield fact("what to do", advice)
