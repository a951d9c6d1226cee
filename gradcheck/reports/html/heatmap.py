"""Heat maps of one argument, as HTML tables of numbers.

The table is the picture: every cell holds its number, and a class for its colour. Where
there are many columns the style sheet hides the numbers until they are asked for.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gradcheck.ndarrays.types import Array
from gradcheck.numeric.argument import Argument
from gradcheck.numeric.notation import apart
from gradcheck.reports.html.markup import escaped

if TYPE_CHECKING:
    from gradcheck.numeric.comparison import Comparison
    from gradcheck.results.failure import CaseReport, Failure

MOST_ROWS, MOST_COLUMNS = 10, 16  # arbitrary: three maps beside each other fit a screen
WRAPPED = 10  # entries in a row of a vector, so that indices can be counted in tens
LEVELS = 8  # steps of colour on either side of zero, as the style sheet has them
READABLE = 6  # columns up to which three maps with their numbers fit a page of 76 rem
_NARROW = 2  # columns up to which three maps fit beside the curve
_IN_ALL = MOST_ROWS * MOST_COLUMNS  # cells of all arguments of an op


@dataclass(frozen=True, slots=True)
class Window:
    """The visible part of an argument, as rows and columns."""

    argument: Argument
    width: int  # of a whole row
    size: int  # numbers in all
    rows: range
    columns: range

    @classmethod
    def around(cls, argument: Argument, index: int) -> Window:
        """Return all of an argument, or the part around an entry."""
        axes = _axes(argument)
        size, width = math.prod(axes), axes[-1] if axes else 1
        if len(axes) == 1:
            width = min(width, WRAPPED)
        row, column = divmod(index, width)
        rows = _near(row, -(-size // width), MOST_ROWS)
        return cls(argument, width, size, rows, _near(column, width, MOST_COLUMNS))

    def places(self, row: int) -> list[int]:
        """Places of a row in the flat vector."""
        every = (row * self.width + column for column in self.columns)
        return [place for place in every if place < self.size]

    @property
    def shown(self) -> int:
        return sum(len(self.places(row)) for row in self.rows)

    @property
    def dense(self) -> bool:
        return len(self.columns) > READABLE

    def row_title(self, row: int) -> str:
        """The index of the leading axes, or of the first entry."""
        if self._wrapped:
            return str(row * self.width)
        lead = _axes(self.argument)[:-1]
        return ",".join(map(str, np.unravel_index(row, lead))) if lead else ""

    def column_title(self, column: int) -> str:
        if self.argument.is_complex:
            return ("re", "im")[column]
        return f"+{column}" if self._wrapped else str(column) if self.argument.shape else ""

    @property
    def note(self) -> str:
        """How the shape became rows and columns, and what is left out."""
        shape = "×".join(map(str, self.argument.shape))
        parts = [f"shape {shape}" if shape else "a scalar"]
        if self.argument.is_complex:
            parts.append("real and imaginary parts side by side")
        elif self._wrapped:
            parts.append(f"rows of {self.width}")
        elif len(self.argument.shape) > 2:
            parts.append("one row for each index of the leading axes")
        left = self.size - self.shown
        if left:
            parts.append(f"{self.shown} of {self.size} numbers shown, {left} left out")
        return "; ".join(parts)

    @property
    def _wrapped(self) -> bool:
        return len(self.argument.shape) == 1 and self.size > self.width


@dataclass(frozen=True, slots=True, kw_only=True)
class HeatMaps:
    """The maps of one argument."""

    argument: str
    html: str  # analytic, reference and difference
    note: str  # how the shape became rows and columns
    dense: bool  # the numbers are hidden
    narrow: bool  # the three fit beside the curve


@dataclass(frozen=True, slots=True)
class _Cell:
    value: float | None
    text: str


_UNKNOWN = _Cell(None, "–")


def heat_maps(failure: Failure) -> Iterator[HeatMaps]:
    """Yield the maps of arguments with wrong values, as room allows."""
    case, shown = failure.case, failure.worst
    if case is None or shown is None:
        return
    names = [failure.argument, *(c.argument for c in case.comparisons if not c.agrees)]
    room = _IN_ALL
    for name in dict.fromkeys(filter(None, names)):
        argument, compared = _compared(case, name)
        if not compared:
            continue
        worst = argument.index_of(shown.where) if name == shown.argument else None
        if worst is None:
            worst = max(compared, key=lambda i: (not compared[i].agrees, compared[i].distance))
        window = Window.around(argument, worst)
        if window.shown > room:
            continue
        room -= window.shown
        inside = {
            i: compared[i] for row in window.rows for i in window.places(row) if i in compared
        }
        maps = _maps(window, _analytic(case, window, inside), inside, worst)
        yield HeatMaps(
            argument=name,
            html=maps,
            note=window.note,
            dense=window.dense,
            narrow=len(window.columns) <= _NARROW,
        )


def _compared(case: CaseReport, name: str) -> tuple[Argument, dict[int, Comparison]]:
    """An argument and its comparisons by place in its flat vector."""
    values = case.inputs.get(name, np.empty(0))
    argument = Argument(name, values.shape, values.dtype.kind == "c")
    own = (c for c in case.comparisons if c.argument == name and c.rule == "vjp")
    placed = ((argument.index_of(c.where), c) for c in own)
    return argument, {index: c for index, c in placed if index is not None}


def _analytic(
    case: CaseReport, window: Window, compared: Mapping[int, Comparison]
) -> dict[int, float]:
    """The analytic derivatives as compared, else as returned.

    They differ where a domain moves several entries at once.
    """
    argument = window.argument
    returned = case.gradients.get(argument.name)
    known: dict[int, float] = {}
    if returned is not None and returned.shape == argument.shape:
        known = {i: _number(returned, i) for row in window.rows for i in window.places(row)}
    return known | {index: c.analytic for index, c in compared.items()}


def _number(array: Array, place: int) -> float:
    """A number of the flat vector, without a copy of the whole."""
    if array.dtype.kind != "c":
        return float(array.flat[place])
    entry = array.flat[place // 2]
    return float(entry.imag if place % 2 else entry.real)


def _maps(
    window: Window,
    analytic: Mapping[int, float],
    compared: Mapping[int, Comparison],
    worst: int,
) -> str:
    """Three tables; the first two share a scale."""
    values = {i: _Cell(v, _digits(v, compared.get(i))[0]) for i, v in analytic.items()}
    references = {i: _reference(c) for i, c in compared.items()}
    differences = {i: _difference(c) for i, c in compared.items()}
    both = max(_largest(values), _largest(references))
    parts = [
        _map(title, window, cells, scale=scale, worst=worst)
        for title, cells, scale in (
            ("analytic", values, both),
            ("reference", references, both),
            ("difference", differences, _largest(differences)),
        )
    ]
    return "".join(parts)


def _map(
    title: str,
    window: Window,
    cells: Mapping[int, _Cell],
    *,
    scale: float,
    worst: int,
) -> str:
    name = window.argument.name
    heads = "".join(f"<th scope=col>{window.column_title(c)}</th>" for c in window.columns)
    rows = []
    for row in window.rows:
        inside = "".join(
            _td(cells.get(i, _UNKNOWN), scale, i == worst, _titled(window, i))
            for i in window.places(row)
        )
        rows.append(f"<tr><th scope=row>{window.row_title(row)}</th>{inside}</tr>")
    dense = " dense" if window.dense else ""
    return (
        f'<div class="map"><div class="scroll" tabindex="0" role="group" '
        f'aria-label="{title} of {escaped(name)}">'
        f'<table class="heat{dense}"><caption>{title}</caption>'
        f"<thead><tr><td></td>{heads}</tr></thead><tbody>{''.join(rows)}</tbody></table></div>"
        f"{_legend(scale)}</div>"
    )


def _td(cell: _Cell, scale: float, is_worst: bool, label: str) -> str:
    shade = f"{_shade(cell.value, scale)}{' w' if is_worst else ''}"
    title = f' title="{label} {cell.text}"' if label else ""
    return f'<td class="{shade}"{title}>{cell.text}</td>'


def _titled(window: Window, index: int) -> str:
    """The tooltip of a cell that does not show its number."""
    return escaped(window.argument.label(index)) if window.dense else ""


def _shade(value: float | None, scale: float) -> str:
    """The class of a cell, n8 … p8, or of no number."""
    if value is None:
        return "u"
    if not math.isfinite(value):
        return "nan" if math.isnan(value) else "inf" if value > 0 else "inf neg"
    level = round(LEVELS * (abs(value) / scale)) if scale else 0
    return f"{'p' if value > 0 else 'n'}{level}" if level else "z"


def _legend(scale: float) -> str:
    if not scale:
        return '<p class="legend">all zero</p>'
    swatches = "".join(f'<i class="{c}"></i>' for c in ("n8", "n4", "z", "p4", "p8"))
    return f'<p class="legend">−{scale:.3g} <span>{swatches}</span> {scale:.3g}</p>'


def _reference(comparison: Comparison) -> _Cell:
    reference = comparison.reference
    if reference.problem or not math.isfinite(reference.value):
        return _UNKNOWN
    return _Cell(reference.value, "…".join(_digits(comparison.analytic, comparison)[1:]))


def _digits(analytic: float, comparison: Comparison | None) -> tuple[str, ...]:
    """An analytic value and its reference, told apart where they disagree."""
    if comparison is None or not math.isfinite(comparison.reference.value):
        return (f"{analytic:.6g}",)
    ends = dict.fromkeys((comparison.reference.low, comparison.reference.high))
    if comparison.agrees:
        return (f"{analytic:.6g}", *dict.fromkeys(f"{end:.6g}" for end in ends))
    return apart(analytic, *ends, digits=6)


def _difference(comparison: Comparison) -> _Cell:
    """Analytic minus reference; beside an interval, how far outside it."""
    reference, analytic = comparison.reference, comparison.analytic
    if reference.problem or not math.isfinite(reference.value):
        return _UNKNOWN
    if not math.isfinite(analytic):
        return _Cell(analytic, f"{analytic:g}")
    off = comparison.distance if analytic > reference.high else -comparison.distance
    return _Cell(off, f"{off + 0.0:.3g}")


def _largest(cells: Mapping[int, _Cell]) -> float:
    known = (abs(c.value) for c in cells.values() if c.value is not None)
    return max((value for value in known if math.isfinite(value)), default=0.0)


def _axes(argument: Argument) -> tuple[int, ...]:
    """The axes of the flat vector; real and imaginary parts come last."""
    return (*argument.shape, 2) if argument.is_complex else argument.shape


def _near(place: int, size: int, most: int) -> range:
    """At most `most` places around one of them."""
    start = max(min(place - most // 2, size - most), 0)
    return range(start, min(start + most, size))
