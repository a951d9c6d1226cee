"""The panel of a result: wrong entry, smallest case, place, commands."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from rich.text import Text

from gradcheck.reports.terminal.style import fact, grid, indented, verdict_text, whole
from gradcheck.reports.text import numbers, words
from gradcheck.reports.text.printable import place, visible

if TYPE_CHECKING:
    from rich.console import RenderableType

    from gradcheck.numeric.comparison import Comparison
    from gradcheck.results.failure import CaseReport, Failure
    from gradcheck.results.result import Result

LINE = 64  # derived: columns beside a label on a terminal of 80; longer values stand apart


def panel(
    result: Result, *, command: str = "", replay: str = "", case_label: str = "smallest case"
) -> Iterator[RenderableType]:
    """Yield what there is to say about one result.

    Args:
        result: of any verdict; one that passed takes a single line.
        command: checks the op again on the same cases, if there is such a command.
        replay: runs this very case again, if it is stored.
        case_label: what the failing case is called.
    """
    yield title(result)
    yield from body(result, case_label=case_label)
    if result.failure is None:
        return
    if command:
        yield whole("reproduce", command)
    if replay:
        yield whole("this case", replay)


def body(result: Result, *, case_label: str) -> Iterator[RenderableType]:
    """Yield the panel below its title."""
    failure = result.failure
    if failure is None:
        if result.reason:
            yield Text("")
            yield fact("reason", result.reason)
        return
    yield Text("")
    yield from _what(failure)
    yield from _mistake(failure)
    yield from (fact("besides", visible(problem)) for problem in failure.besides)
    if failure.case is not None:
        yield from _case(failure.case, called(failure, case_label))
    if failure.location is not None:
        yield whole("defined at", place(failure.location))


def title(result: Result) -> Text:
    """Return the first line: verdict, op, headline or margin."""
    line = Text.assemble(verdict_text(result.verdict), " ", (visible(result.op), "bold"))
    for part in _title_parts(result):
        line.append(f"   {visible(part)}")
    return line


def _title_parts(result: Result) -> Iterator[str]:
    failure = result.failure
    if failure is not None:
        yield failure.headline
        if failure.case is not None and failure.case.inputs:
            shapes = (f"{n}: {numbers.shape(a)}" for n, a in failure.case.inputs.items())
            yield f"({', '.join(shapes)})"
        return
    if result.cases:
        yield words.counted(result.cases, "case", "cases")
    if result and result.probes:
        at = f" at {result.where}" if result.where else ""
        yield f"worst margin {numbers.margin(result.margin)}{at}"
    if result:
        yield from words.notes(result)


def _what(failure: Failure) -> Iterator[RenderableType]:
    """The exception, or the numbers, or else a sentence."""
    if failure.raised is not None:
        yield fact("raised", f"{failure.raised.type}: {failure.raised.message}")
        if failure.raised.location is not None:
            yield whole("at", place(failure.raised.location))
        if failure.hint:
            yield fact("hint", failure.hint)
    elif failure.worst is None:
        yield indented(Text(visible(failure.message)))
        yield Text("")
    if failure.worst is not None:
        yield _entry(failure.worst)
        yield Text("")


def _mistake(failure: Failure) -> Iterator[RenderableType]:
    for label, known in (("looks like", failure.looks_like), ("only where", failure.only_where)):
        if known:
            yield fact(label, known)


def _entry(worst: Comparison) -> RenderableType:
    analytic, reference = numbers.compared(worst)
    table = grid()
    table.add_column(Text("entry", "dim"), overflow="fold")
    for heading in ("analytic", "reference"):
        table.add_column(Text(heading, "dim"), no_wrap=True)
    table.add_column("", overflow="fold")
    table.show_header = True
    table.add_row(
        Text(visible(worst.where)),
        Text(analytic, "red"),
        Text(reference, "green"),
        Text(method(worst)),
    )
    return indented(table)


def method(comparison: Comparison) -> str:
    """How the reference was obtained: "central differences, h = 4.9e-04"."""
    reference = comparison.reference
    step = f", h = {reference.step:.1e}" if reference.step else ""
    return visible(f"{reference.method}{step}{', at a kink' if reference.kink else ''}")


def _case(case: CaseReport, label: str) -> Iterator[RenderableType]:
    yield fact(label, _joined(case_values(case)))
    if special := drawn_as(case):
        yield fact("drawn as", special)


def called(failure: Failure, label: str) -> str:
    """The label of a failing case; one that crashed was not reduced."""
    return "last case" if failure.kind.ends_the_process else label


def drawn_as(case: CaseReport) -> str:
    """Return "float32, Fortran layout", or nothing for what is usual."""
    special = [case.dtype] if case.dtype != "float64" else []
    special += [f"{case.layout} layout"] if case.layout != "C" else []
    layout = case.cotangent.layout
    special += [f"cotangent in {layout} layout"] if layout != "C" and case.cotangents else []
    return ", ".join(special)


def case_values(case: CaseReport) -> list[str]:
    """Return "a = [[0., 1.]]" for each value of a case."""
    values = [f"{name} = {numbers.array(value)}" for name, value in case.inputs.items()]
    values += [f"{name} = {numbers.plain(value)}" for name, value in case.params.items()]
    several = len(case.cotangents) > 1
    for place_, g in enumerate(case.cotangents):
        name = f"g[{place_}]" if several else "g"
        values.append(f"{name} = {'None' if g is None else numbers.array(g)}")
    return values


def _joined(values: list[str]) -> str:
    line = "   ".join(values)
    return line if len(line) <= LINE else "\n".join(values)
