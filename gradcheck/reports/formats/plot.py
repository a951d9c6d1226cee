"""The error-versus-step curve as a picture in a file, drawn by matplotlib (extra `plot`)."""

from __future__ import annotations

import importlib.util
import io
import math
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

from gradcheck.errors import GradcheckError
from gradcheck.reports.text.printable import visible
from gradcheck.results.atomic import write

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from gradcheck.numeric.curve import Curve

FORMATS = (".svg", ".png")
_LONGEST = 70  # characters of a name in the title
_DECADES = 5  # on the scale of errors, at least
_INCHES = (7.0, 4.6)
_RED, _BLUE, _GREY, _GREEN = "#b3261e", "#0b57b0", "#6a737f", "#2e8b50"
# Nothing that differs from one moment or machine to the next goes into the file.
_METADATA: dict[str, dict[str, str | None]] = {
    ".svg": {"Date": None, "Creator": "gradcheck"},
    ".png": {"Software": "gradcheck"},
}


class PlotError(GradcheckError):
    """A picture cannot be drawn, or not be written."""


def check_drawable(path: Path) -> None:
    """See that a picture can be drawn, and in the format that a file name asks for.

    Raises:
        PlotError: for another format, a folder that does not exist, or without matplotlib.
    """
    if path.suffix.lower() not in FORMATS:
        raise PlotError(
            f"{str(path)!r} names no format that can be drawn: end it in {' or '.join(FORMATS)}."
        )
    if not path.parent.is_dir():
        raise PlotError(f"There is no folder {str(path.parent)!r} to write {path.name!r} to.")
    if importlib.util.find_spec("matplotlib") is None:
        raise PlotError(
            "Plots need matplotlib, which is not installed: pip install 'gradcheck[plot]'."
        )


def draw(curve: Curve, op: str, path: Path) -> None:
    """Write the picture of a curve; a file of that name is replaced.

    Raises:
        PlotError: if the file cannot be written.
    """
    import matplotlib as mpl
    from matplotlib.figure import Figure

    picture = io.BytesIO()
    with mpl.rc_context({**mpl.rcParamsDefault, "svg.hashsalt": "gradcheck"}):
        figure = Figure(figsize=_INCHES, layout="constrained")
        axes = figure.subplots()
        _plot(curve, axes)
        axes.set_title(_title(curve, op), parse_math=False)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a glyph of an op's name that the font lacks
            suffix = path.suffix.lower()
            figure.savefig(picture, format=suffix[1:], dpi=150, metadata=_METADATA[suffix])
    try:
        write(path, picture.getvalue())
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise PlotError(f"{str(path)!r} cannot be written: {why}.") from error


def _plot(curve: Curve, axes: Axes) -> None:
    steps = [point.step for point in curve.points]
    axes.set(xscale="log", yscale="log", xlabel="step h, in units of max(1, |x|)", ylabel="error")
    low, high = _limits(curve)
    axes.set_ylim(low, high)
    if 0 < curve.bar < math.inf:
        axes.axhspan(low, curve.bar, color=_GREEN, alpha=0.18, lw=0, label="error bar")
    if min(steps) <= curve.chosen <= max(steps):
        chosen = f"step of the reference, {curve.chosen:.1e}"
        axes.axvline(curve.chosen, color=_GREEN, ls=(0, (3, 3)), lw=1.2, label=chosen)
    rounding = [point.rounding for point in curve.points]
    axes.plot(steps, rounding, color=_GREY, ls="--", lw=1.1, label="rounding, at most")
    if curve.truncation:
        falling = [curve.truncation * step**2 for step in steps]
        axes.plot(steps, falling, color=_GREY, ls=":", lw=1.4, label="truncation ∝ h²")
    # A difference of zero has no place on the scale: it is shown on the lower edge.
    for errors, color, mark, size, what in (
        (curve.from_analytic, _RED, "s", 7, "|central difference − analytic|"),
        (curve.from_reference, _BLUE, "o", 4, "|central difference − reference|"),
    ):
        if all(math.isfinite(error) for error in errors):
            none = "; 0 on the lower edge" if 0 in errors else ""
            (line,) = axes.plot(steps, [max(error, low) for error in errors], color=color, lw=1.3)
            line.set(marker=mark, markersize=size, markerfacecolor="none", clip_on=False)
            line.set_label(f"{what}{none}")
    axes.grid(visible=True, which="major", color="#d5dae1", lw=0.6)
    axes.legend(loc="best", fontsize="small", framealpha=0.9)


def _limits(curve: Curve) -> tuple[float, float]:
    """Whole decades around all errors and the bar."""
    every = [*curve.from_analytic, *curve.from_reference, curve.bar]
    seen = [error for error in every if 0 < error < math.inf] or [1.0]
    low, high = math.floor(math.log10(min(seen))), math.ceil(math.log10(max(seen)))
    low = min(max(low, -300), 300 - _DECADES)
    return 10.0**low, 10.0 ** min(max(high, low + _DECADES), 300)


def _title(curve: Curve, op: str) -> str:
    name = visible(op if len(op) <= _LONGEST else f"{op[:_LONGEST]}…")
    return f"{name}: derivative by {visible(curve.where)}"
