"""The report of an audit: scores, survivors, all mutants."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from gradcheck.audit.mutants.outcome import Fate
from gradcheck.reports.terminal.style import fact, grid, headed, unfolded, verdict_text
from gradcheck.reports.text import numbers, words
from gradcheck.reports.text.printable import visible

if TYPE_CHECKING:
    from rich.console import RenderableType

    from gradcheck.audit.audit import Audit, OpAudit
    from gradcheck.audit.mutants.mutant import Mutant
    from gradcheck.audit.mutants.outcome import MutantResult
    from gradcheck.results.settings import Settings

_STYLES = {Fate.KILLED: "green", Fate.SURVIVED: "bold red", Fate.EQUIVALENT: "dim"}


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditReport:
    """An audit to report about, and how much of it is wanted."""

    audit: Audit
    planned: int  # ops that it was to cover
    settings: Settings
    every_mutant: bool = False  # not the survivors only

    @property
    def footer(self) -> str:
        """Return "2 ops, 142 mutants: 110 killed, … · score 98.2 %"."""
        ops = self.audit.ops
        mutants = [mutant for op in ops for mutant in op.mutants]
        fates = [mutant.fate for mutant in mutants]
        counts = ", ".join(f"{fates.count(fate)} {fate}" for fate in Fate)
        untried = sum(op.untried for op in ops)
        parts = [
            "interrupted" if self.audit.interrupted else "",
            f"{words.counted(len(ops), 'op', 'ops')}, "
            f"{words.counted(len(mutants), 'mutant', 'mutants')}: {counts}",
            f"score {percent(self.audit.score)}",
            f"{self.planned - len(ops)} ops not audited" if self.planned > len(ops) else "",
            f"{untried} mutants not tried" if untried else "",
            f"seed {self.settings.seed}",
            f"{words.counted(self.settings.cases, 'case', 'cases')} each",
            numbers.seconds(self.audit.seconds),
        ]
        return " · ".join(part for part in parts if part)


def percent(score: float | None) -> str:
    """Write a score, rounded down: 99.98 is not "100 %"."""
    return "–" if score is None else f"{math.floor(10 * score) / 10:g} %"


def as_table(report: AuditReport, _width: int) -> Iterator[RenderableType]:
    """A row per op, then what survived in each, and the footer."""
    if report.audit.ops:
        yield _scores(report.audit.ops)
        yield Text("")
    for op in report.audit.ops:
        yield from _blocks(op, every_mutant=report.every_mutant)
    yield _footer(report)


def as_lines(report: AuditReport, _width: int) -> Iterator[RenderableType]:
    """A line per op, a line per survivor, and the footer."""
    for op in report.audit.ops:
        yield unfolded(visible(f"{percent(op.score)} {op.op}: {_told(op)}"))
        for mutant in op.mutants:
            if report.every_mutant or mutant.fate is Fate.SURVIVED:
                text = f"{_what(mutant)}; {_why(mutant)}"
                yield unfolded(visible(f"{mutant.fate} {op.op} {mutant.mutant}: {text}"))
    yield _footer(report)


def mutants_table(mutants: Sequence[Mutant]) -> Table:
    """One row per mutant: its name and what it does."""
    table = headed("mutant", "what is wrong", kept=("mutant",))
    for mutant in mutants:
        subject = "the vjp" if mutant.breaks == "the vjp" else _gradient("x")
        table.add_row(Text(mutant.name, "bold"), Text(f"{subject} {mutant.description}"))
    return table


def _scores(ops: Sequence[OpAudit]) -> Table:
    table = grid()
    table.show_header = True
    for title in ("op", "score", "killed", "survived", "equivalent", "time"):
        table.add_column(
            Text(title, "dim"), justify="left" if title == "op" else "right", no_wrap=True
        )
    for op in ops:
        table.add_row(Text(visible(op.op), "bold"), *_cells(op), numbers.seconds(op.seconds))
    return table


def _cells(op: OpAudit) -> list[Text]:
    if not op.auditable:
        return [verdict_text(op.verdict), *(Text("–") for _ in Fate)]
    counts = {fate: len(op.of(fate)) for fate in Fate}
    style = "bold red" if counts[Fate.SURVIVED] else "green"
    return [Text(percent(op.score), style), *(Text(str(n)) for n in counts.values())]


def _blocks(op: OpAudit, *, every_mutant: bool) -> Iterator[RenderableType]:
    if not op.auditable:
        yield _title(verdict_text(op.verdict), op.op, "cannot be audited")
        yield Text("")
        yield fact("reason", op.reason or "only a gradient that passes can be broken on purpose")
        yield Text("")
    for mutant in op.of(Fate.SURVIVED):
        yield _title(Text("SURVIVED", "bold red"), op.op, mutant.mutant)
        yield Text("")
        yield fact("what is wrong", _what(mutant))
        yield fact("why it passed", mutant.reason)
        if mutant.hint:
            yield fact("to find it", mutant.hint)
        yield Text("")
    if every_mutant and op.mutants:
        yield Text(f"All mutants of {visible(op.op)}", "bold")
        yield Text("")
        yield _fates(op)
        yield Text("")


def _title(word: Text, op: str, about: str) -> Text:
    return Text.assemble(word, " ", (visible(op), "bold"), f"   {about}")


def _fates(op: OpAudit) -> Table:
    table = headed("mutant", "in", "fate", "why", kept=("mutant", "in", "fate"))
    for mutant in op.mutants:
        table.add_row(
            Text(mutant.mutant, "bold"),
            Text(visible(_gradient(mutant.target))),
            Text(mutant.fate, _STYLES[mutant.fate]),
            Text(visible(_why(mutant))),
        )
    return table


def _footer(report: AuditReport) -> Text:
    survived = any(op.of(Fate.SURVIVED) for op in report.audit.ops)
    failed = any(not op.auditable for op in report.audit.ops)
    return Text(report.footer, "bold red" if survived or failed else "bold green")


def _told(op: OpAudit) -> str:
    if not op.auditable:
        return f"cannot be audited, {op.verdict}. {op.reason}"
    return ", ".join(f"{len(op.of(fate))} {fate}" for fate in Fate)


def _what(mutant: MutantResult) -> str:
    return f"{_gradient(mutant.target)} {mutant.description}"


def _gradient(name: str) -> str:
    return f"∂L/∂{name}" if name else "the vjp"


def _why(mutant: MutantResult) -> str:
    return f"{mutant.reason} (case {mutant.cases})" if mutant.fate is Fate.KILLED else mutant.reason
