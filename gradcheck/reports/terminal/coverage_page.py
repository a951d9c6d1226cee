"""The draws of a run, op by op: a summary, or everything."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING

from rich.text import Text

from gradcheck.cases.conditions import Trait, in_order
from gradcheck.reports.terminal.style import INDENT, LABEL_WIDTH
from gradcheck.reports.text import words
from gradcheck.reports.text.printable import visible

if TYPE_CHECKING:
    from rich.console import RenderableType

    from gradcheck.cases.coverage import Coverage

NEVER = "never came"
NOTHING = "nothing of what could"
FEW = 5  # traits that a summary names as missing; arbitrary: two lines of them
LEAST = 30  # columns below which rows are not folded; arbitrary: about one trait
_GLUE = "\N{NO-BREAK SPACE}"
# Groups in the order in which they are shown, as they are called there.
TITLES: Mapping[str, str] = MappingProxyType(
    {
        "rank": "ranks",
        "broadcast": "broadcast",
        "batch": "batch",
        "size": "sizes",
        "axis": "sizes of axes",
        "entries": "entries",
        "shape": "shapes",
        "value": "values",
        "matrix": "matrices",
        "index": "indices",
        "mask": "masks",
        "param": "params",
        "dtype": "dtypes",
        "layout": "layouts",
        "cotangent": "cotangents",
    }
)
_SIZES = ("0", "1", "> 8", "> 1024", "> 65536")
# What a summary shows of each group, in rows; an empty tuple stands for all of it.
SUMMARY: Mapping[str, Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "shapes": {
            "rank": ("0-D", "1-D", "2-D", "3-D", "4-D", "5-D"),
            "broadcast": (),
            "size": _SIZES,
            "axis": _SIZES,
        },
        "values": {
            "value": (
                *("zero", "zero row", "ties", "near ties", "negative", "< 1e-06"),
                *("≥ 20", "≥ 710", "≥ 1e+100", "−∞", "near an edge", "equal"),
            ),
            "index": ("repeated", "out of order", "negative"),
            "mask": (),
        },
        "calls": {
            "param": ("not default", "None", "True", "negative", "several", "cyclic"),
            "dtype": (),
            "layout": ("not C", "read-only", "scalar"),
            "cotangent": ("zeros", "one-hot", "stride 0", "not C"),
        },
    }
)


def summary(op: str, coverage: Coverage, width: int) -> Iterator[RenderableType]:
    """Yield a few lines about one op: cases per trait, any argument."""
    yield from _heading(op, coverage, width)
    sized = any(group == "size" for group, _ in coverage.anywhere)
    for label, groups in SUMMARY.items():
        parts = []
        for group, chosen in groups.items():
            counts = {
                value: count
                for value in chosen or _values(coverage, group)
                if (count := coverage.anywhere.get((group, value), 0))
            }
            tells = set(counts.values()) - {coverage.cases}
            if tells and not (sized and group == "axis"):
                title = TITLES[group]
                parts.append(_counted("" if title == label else title, counts))
        if parts:
            yield _row(label, "; ".join(parts), width)
    yield _never(coverage.missing, FEW, width)


def full(op: str, coverage: Coverage, width: int) -> Iterator[RenderableType]:
    """Yield everything about one op: cases per trait and argument."""
    yield from _heading(op, coverage, width)
    rows: dict[str, dict[str, dict[str, int]]] = {group: {} for group in TITLES}
    for trait in sorted({**dict.fromkeys(coverage.possible, 0), **coverage.counts}, key=in_order):
        counts = rows[trait.group].setdefault(trait.subject, {})
        counts[trait.value] = coverage.counts.get(trait, 0)
    for group, subjects in rows.items():
        label = TITLES[group]
        for subject, counts in subjects.items():
            yield _row(label, _counted(subject, counts), width)
            label = ""
    yield _never(coverage.missing, len(coverage.missing), width)


def line(op: str, coverage: Coverage) -> str:
    """Return "COVERAGE exp: 100 cases; never came: |x| reaches 1e+100"."""
    phrases = _phrases(coverage.missing, len(coverage.missing))
    parts = [words.counted(coverage.cases, "case", "cases"), f"{NEVER}: {phrases}"]
    rejected = _rejected(coverage)
    if rejected:
        parts.insert(1, f"rejected {rejected}")
    return visible(f"COVERAGE {op}: {'; '.join(parts)}")


def _heading(op: str, coverage: Coverage, width: int) -> Iterator[RenderableType]:
    drawn = words.counted(coverage.cases, "case", "cases")
    if coverage.repeats:
        drawn += f", {coverage.repeats} of them with the inputs of another"
    yield Text.assemble((visible(op), "bold"), f"   {drawn}")
    rejected = _rejected(coverage)
    if rejected:
        yield _row("rejected", rejected, width)


def _rejected(coverage: Coverage) -> str:
    """Return "5 of 105 draws (5%): assume ×5", or nothing."""
    rejected = sum(coverage.rejected.values())
    reasons = ", ".join(f"{reason} ×{n}" for reason, n in coverage.rejected.items())
    if not rejected:
        return ""
    return f"{rejected} of {coverage.draws} draws ({rejected / coverage.draws:.0%}): {reasons}"


def _values(coverage: Coverage, group: str) -> list[str]:
    came = [Trait(group, "", value) for g, value in coverage.anywhere if g == group]
    return [trait.value for trait in sorted(came, key=in_order)]


def _counted(title: str, counts: Mapping[str, int]) -> str:
    """Return "x: zero ×12 · ties ×30", which breaks behind dots only."""
    items = (_glued(f"{value} ×{count}") for value, count in counts.items())
    return _glued(f"{title}: ") * bool(title) + f"{_GLUE}· ".join(items)


def _glued(text: str) -> str:
    return text.replace(" ", _GLUE)


def _never(missing: Sequence[Trait], most: int, width: int) -> RenderableType:
    return _row(NEVER, _phrases(missing, most), width, style="yellow" if missing else "")


def _phrases(missing: Sequence[Trait], most: int) -> str:
    """Phrases, each once: "|x| reaches 710 (also y), b is 0-D"."""
    alike: dict[tuple[str, str], list[Trait]] = {}
    for trait in missing:
        alike.setdefault((trait.group, trait.value), []).append(trait)
    phrases = [
        f"{first} (also {', '.join(trait.subject for trait in rest)})" if rest else str(first)
        for first, *rest in alike.values()
    ]
    left = len(phrases) - most
    return "; ".join([*phrases[:most], *([f"and {left} more"] if left > 0 else [])]) or NOTHING


def _row(label: str, text: str, width: int, *, style: str = "") -> Text:
    begin = " " * (INDENT + LABEL_WIDTH)
    folded = textwrap.wrap(
        _GLUE.join(map(visible, text.split(_GLUE))),
        max(width - len(begin), LEAST),
        break_long_words=False,
        break_on_hyphens=False,
    )
    first, *rest = (part.replace(_GLUE, " ") for part in folded)
    return Text.assemble(
        " " * INDENT,
        (f"{label:<{LABEL_WIDTH}}", style or "dim"),
        "\n".join([first, *(f"{begin}{part}" for part in rest)]),
        no_wrap=True,
        overflow="ignore",
    )
