"""The error-versus-step curve as an SVG file of its own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from gradcheck.reports.html.curve_svg import HEIGHT, WIDTH, drawing, key, sample, summary
from gradcheck.reports.html.markup import escaped
from gradcheck.reports.html.static_files import static
from gradcheck.reports.text.escaping import shortened

if TYPE_CHECKING:
    from gradcheck.numeric.curve import Curve

_TOP = 30  # pixels above the curve, for a title of 14
_ROW = 19  # pixels from one line of the key to the next, of letters of 12
_COLUMNS = (24, 218)  # where the key's columns begin; "step of the reference, 2.4e-04" fits
_LONGEST = 54  # derived: as many letters of 14 pixels fit into the width
_COLOUR = re.compile(r"--([\w-]+): light-dark\((#\w+), (#\w+)\);")
_FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif'
_OWN = """\
.curve { font: 12px FONT; }
.curve .name { font-size: 14px; font-weight: 600; }
.page { fill: var(--page); }
.curve .name, .curve .words { fill: var(--text); }
""".replace("FONT", _FONT)


def as_svg(curve: Curve, op: str) -> str:
    """Return an op's curve as a document that needs nothing else."""
    title = escaped(f"{op}: derivative by {curve.where}")
    name = escaped(shortened(f"{op}: derivative by {curve.where}", _LONGEST))
    entries = list(_key(curve))
    height = _TOP + HEIGHT + _ROW * (1 + len(entries) // 2)
    return "\n".join(
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" class="curve" viewBox="0 0 {WIDTH} {height}" '
            f'width="{2 * WIDTH}" height="{2 * height}" role="img" aria-labelledby="title about">',
            f'<title id="title">{title}</title>',
            f'<desc id="about">{escaped(_spoken(curve), 10_000)}</desc>',
            f"<style>\n{_style()}</style>",
            f'<rect class="page" width="{WIDTH}" height="{height}"/>',
            f'<text class="name" x="{WIDTH / 2}" y="22" text-anchor="middle">{name}</text>',
            f'<g transform="translate(0 {_TOP})">{drawing(curve)}</g>',
            *entries,
            "</svg>\n",
        )
    )


def _key(curve: Curve) -> Iterator[str]:
    """Samples of the lines with their words, in two columns."""
    for place, (kind, words) in enumerate(key(curve)):
        x, y = _COLUMNS[place % 2], _TOP + HEIGHT + _ROW * (place // 2)
        yield f'<g transform="translate({x} {y})">{sample(kind)}{_words(words)}</g>'


def _words(words: str) -> str:
    return f'<text class="words" x="32" y="10">{words}</text>'


def _spoken(curve: Curve) -> str:
    """The picture in words and numbers, for screen readers."""
    lines = "; ".join(words for _, words in key(curve))
    errors = zip(curve.points, curve.from_analytic, curve.from_reference, strict=True)
    numbers = "; ".join(
        f"step {p.step:.2e}, from analytic {a:.2e}, from reference {r:.2e}" for p, a, r in errors
    )
    return f"{summary(curve)} On it: {lines}. In numbers: {numbers}."


def _style() -> str:
    """The rules of the HTML report in light and dark colours."""
    light, dark = {}, {}
    for name, *colours in _COLOUR.findall(static("report.css")):
        light[name], dark[name] = colours
    rules = re.sub(r"/\*.*?\*/\n", "", static("curve.css")) + _OWN
    return (
        f"{_coloured(rules, light)}@media (prefers-color-scheme: dark) {{\n"
        f"{_coloured(rules, dark)}}}\n"
    )


def _coloured(rules: str, colours: dict[str, str]) -> str:
    """Rules with their colours written out: not every viewer knows variables."""
    return re.sub(r"var\(--([\w-]+)\)", lambda name: colours[name[1]], rules)
