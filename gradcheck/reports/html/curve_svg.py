"""The error-versus-step curve as SVG: log-log, coloured by a style sheet."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gradcheck.reports.html.markup import escaped

if TYPE_CHECKING:
    from gradcheck.numeric.curve import Curve

WIDTH, HEIGHT = 460, 300  # arbitrary: half of a page beside the facts
_LEFT, _RIGHT, _TOP, _BOTTOM = 58, 18, 12, 46  # room for labels of 12 pixels
# Decades on the scale of errors; arbitrary: fewer make noise look steep, more are not readable.
_DECADES, _DEEPEST = 5, 24
_LARGEST = 308  # derived: the largest power of ten of a float64
_MARK = 3.2  # half the width of a mark; arbitrary: any from 2 to 5 can be told apart


@dataclass(frozen=True, slots=True)
class _Plane:
    left: int
    right: int
    low: int
    high: int

    def x(self, step: float) -> float:
        share = (math.log10(step) - self.left) / (self.right - self.left)
        return _LEFT + share * (WIDTH - _LEFT - _RIGHT)

    def y(self, error: float) -> float:
        level = math.log10(error) if error > 0 else -math.inf
        share = (min(max(level, self.low), self.high) - self.low) / (self.high - self.low)
        return HEIGHT - _BOTTOM - share * (HEIGHT - _TOP - _BOTTOM)


def curve_figure(curve: Curve, number: int) -> str:
    """Return a figure: picture, key and table; `number` makes its ids unique."""
    return (
        f'<figure class="curve"><svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'aria-labelledby="c{number}"><title id="c{number}">Error of the central difference by '
        f"{escaped(curve.where)} over the step</title>{drawing(curve)}</svg>"
        f"<figcaption>{_caption(curve)}</figcaption>{_table(curve)}</figure>"
    )


def _plane(curve: Curve) -> _Plane:
    steps = [point.step for point in curve.points]
    errors = [*curve.from_analytic, *curve.from_reference, curve.bar]
    seen = [e for e in errors if 0 < e < math.inf] or [1.0]
    high = min(math.ceil(math.log10(max(seen)) + 0.05), _LARGEST)
    low = max(math.floor(math.log10(min(seen)) - 0.05), high - _DEEPEST)
    low = min(low, _LARGEST - _DECADES)
    left, right = math.floor(math.log10(min(steps))), math.ceil(math.log10(max(steps)))
    return _Plane(left, max(right, left + 1), low, min(max(high, low + _DECADES), _LARGEST))


def drawing(curve: Curve) -> str:
    """Return the inside of a picture of `WIDTH` × `HEIGHT`."""
    return "".join(_drawing(curve, _plane(curve)))


def _drawing(curve: Curve, plane: _Plane) -> Iterator[str]:
    yield from _axes(plane)
    if 0 < curve.bar < math.inf:
        top = plane.y(curve.bar)
        yield (
            f'<rect class="bar" x="{_LEFT}" y="{top:.1f}" width="{WIDTH - _LEFT - _RIGHT}" '
            f'height="{HEIGHT - _BOTTOM - top:.1f}"/>'
        )
    if 10.0**plane.left <= curve.chosen <= 10.0**plane.right:
        x = plane.x(curve.chosen)
        bottom = HEIGHT - _BOTTOM
        yield f'<line class="chosen" x1="{x:.1f}" x2="{x:.1f}" y1="{_TOP}" y2="{bottom}"/>'
    rounding = [(p.step, p.rounding) for p in curve.points if p.rounding > 0]
    yield _line("rounding", _within(rounding, plane), plane)
    if curve.truncation:
        falling = [(p.step, curve.truncation * p.step**2) for p in curve.points]
        yield _line("truncation", _within(falling, plane), plane)
    for kind, errors in (("analytic", curve.from_analytic), ("reference", curve.from_reference)):
        finite = [(p.step, e) for p, e in zip(curve.points, errors, strict=True) if e < math.inf]
        yield _line(kind, [pair for pair in finite if pair[1] > 0], plane)
        yield from (_mark(kind, plane.x(step), plane.y(error)) for step, error in finite)


def _axes(plane: _Plane) -> Iterator[str]:
    bottom, right = HEIGHT - _BOTTOM, WIDTH - _RIGHT
    for power in _ticks(plane.left, plane.right, 6):
        x = plane.x(10.0**power)
        yield f'<line class="grid" x1="{x:.1f}" x2="{x:.1f}" y1="{_TOP}" y2="{bottom}"/>'
        yield f'<text x="{x:.1f}" y="{bottom + 16}" text-anchor="middle">{_power(power)}</text>'
    for power in _ticks(plane.low, plane.high, 7):
        y = plane.y(10.0**power)
        yield f'<line class="grid" x1="{_LEFT}" x2="{right}" y1="{y:.1f}" y2="{y:.1f}"/>'
        yield f'<text x="{_LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{_power(power)}</text>'
    yield f'<path class="axis" d="M{_LEFT} {_TOP}V{bottom}H{right}"/>'
    yield _text("step h, in units of max(1, |x|)", (_LEFT + right) / 2, HEIGHT - 8)
    yield _text("error", 14, (_TOP + bottom) / 2, turned=True)


def _text(words: str, x: float, y: float, *, turned: bool = False) -> str:
    turn = " rotate(-90)" if turned else ""
    return f'<text transform="translate({x:.1f} {y:.1f}){turn}" text-anchor="middle">{words}</text>'


def _ticks(low: int, high: int, most: int) -> range:
    """Whole numbers at equal distances, about `most` of them."""
    apart = max(1, math.ceil((high - low) / most))
    return range(-(-low // apart) * apart, high + 1, apart)


def _power(power: int) -> str:
    return f'10<tspan dy="-5" class="power">{"−" if power < 0 else ""}{abs(power)}</tspan>'


def _within(pairs: Sequence[tuple[float, float]], plane: _Plane) -> list[tuple[float, float]]:
    low, high = 10.0**plane.low, 10.0**plane.high
    return [(step, error) for step, error in pairs if low <= error <= high]


def _line(kind: str, pairs: Iterable[tuple[float, float]], plane: _Plane) -> str:
    corners = " ".join(f"{plane.x(step):.1f},{plane.y(error):.1f}" for step, error in pairs)
    return f'<polyline class="{kind}" points="{corners}"/>' if corners else ""


def _mark(kind: str, x: float, y: float) -> str:
    if kind == "reference":
        return f'<circle class="mark reference" cx="{x:.1f}" cy="{y:.1f}" r="{_MARK}"/>'
    side = 2 * _MARK
    return (
        f'<rect class="mark analytic" x="{x - _MARK:.1f}" y="{y - _MARK:.1f}" '
        f'width="{side}" height="{side}"/>'
    )


def key(curve: Curve) -> list[tuple[str, str]]:
    """Return each kind of line in the picture, with its words."""
    entries = [("reference", "from the reference"), ("rounding", "rounding, at most")]
    if math.isfinite(curve.analytic):
        entries.insert(0, ("analytic", "from the analytic value"))
    if curve.truncation:
        entries.append(("truncation", "truncation ∝ h²"))
    if 0 < curve.bar < math.inf:
        entries.append(("bar", f"error bar, {curve.bar:.0e}"))
    if curve.chosen:
        entries.append(("chosen", f"step of the reference, {curve.chosen:.1e}"))
    return entries


def summary(curve: Curve) -> str:
    """Return the sentences below a picture."""
    exact = any(error == 0 for error in (*curve.from_analytic, *curve.from_reference))
    extrapolated = " The reference is extrapolated from several." if curve.chosen else ""
    on_the_floor = " Marks on the lower edge: no difference at all." if exact else ""
    return (
        f"How far the central difference by {curve.where} is off, by step."
        f"{extrapolated}{on_the_floor}"
    )


def _caption(curve: Curve) -> str:
    items = "".join(f"<li>{_sample(kind)} {words}</li>" for kind, words in key(curve))
    return f'<p>{escaped(summary(curve), 1000)}</p><ul class="key">{items}</ul>'


def _sample(kind: str) -> str:
    return (
        '<svg class="sample" viewBox="0 0 24 12" width="24" height="12" aria-hidden="true">'
        f"{sample(kind)}</svg>"
    )


def sample(kind: str) -> str:
    """A piece of a line with its mark, of 24 × 12."""
    if kind == "bar":
        return '<rect class="bar" x="0" y="1" width="24" height="10"/>'
    if kind == "chosen":
        return '<line class="chosen" x1="12" x2="12" y1="0" y2="12"/>'
    mark = _mark(kind, 12, 6) if kind in ("analytic", "reference") else ""
    return f'<polyline class="{kind}" points="0,6 24,6"/>{mark}'


def _table(curve: Curve) -> str:
    rows = "".join(
        f"<tr><td>{p.step:.2e}</td><td>{p.difference:.10g}</td><td>{a:.2e}</td><td>{r:.2e}</td></tr>"
        for p, a, r in zip(curve.points, curve.from_analytic, curve.from_reference, strict=True)
    )
    return (
        '<details class="numbers"><summary>The curve in numbers</summary>'
        '<div class="scroll" tabindex="0" role="group" aria-label="the curve in numbers">'
        "<table><thead><tr><th scope=col>step</th><th scope=col>central difference</th>"
        "<th scope=col>from analytic</th><th scope=col>from reference</th></tr></thead>"
        f"<tbody>{rows}</tbody></table></div></details>"
    )
