"""The report of a run as one HTML file, complete in itself.

Without JavaScript all of it can be read; sorting, filtering and copying need it. Equal
results give equal bytes.
"""

from __future__ import annotations

import base64
import hashlib
import math
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from gradcheck import __version__
from gradcheck.reports.html.curve_svg import curve_figure
from gradcheck.reports.html.heatmap import HeatMaps, heat_maps
from gradcheck.reports.html.markup import escaped, escaped_block
from gradcheck.reports.html.static_files import static
from gradcheck.reports.terminal.panel import called, case_values, drawn_as, method
from gradcheck.reports.text import numbers, words
from gradcheck.reports.text.printable import place
from gradcheck.results.verdict import WORST_FIRST, Verdict

if TYPE_CHECKING:
    from gradcheck.numeric.comparison import Comparison
    from gradcheck.reports.report import Report
    from gradcheck.results.failure import CaseReport, Failure
    from gradcheck.results.result import Result

_HEADS = (
    ("op", "text"),
    ("verdict", "number"),
    ("cases", "number"),
    ("worst margin", "number"),
    ("at", "text"),
    ("rel. error", "number"),
    ("time", "number"),
    ("notes", "text"),
)
_MANY = 20  # panels above which a browser lays out those in sight only; arbitrary below 100
_MARGIN = (
    '<p class="hint">The margin is what was tested: |analytic − reference| divided by the '
    "tolerance. 1 is the border.</p>"
)


def as_html(report: Report) -> str:
    """Return a run's report as a complete HTML document.

    A row per op; below, for each op that did not pass, what is wrong, on which case, with
    heat maps and the error-versus-step curve where a value is wrong.
    """
    style, script = static("curve.css") + static("report.css"), static("report.js")
    policy = (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; "
        "base-uri 'none'; form-action 'none'"
    )
    outcome = words.outcome(report.finished.results) or "nothing was run"
    return "\n".join(
        (
            '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            '<meta name="referrer" content="no-referrer">',
            f'<meta name="generator" content="gradcheck {__version__}">',
            f"<title>gradcheck: {escaped(outcome)}</title>",
            f"<style>{style}</style>\n</head>\n<body>",
            '<a class="skip" href="#ops">Skip to the ops</a>',
            _header(report, outcome),
            "<main>",
            _ops(report),
            *_panels(report),
            "</main>",
            f"<footer><p>Written by gradcheck {__version__}.</p></footer>",
            f"<script>{script}</script>\n</body>\n</html>\n",
        )
    )


def _hash(text: str) -> str:
    """The name of a text in a content security policy."""
    digest = hashlib.sha256(text.encode("utf-8")).digest()
    return f"sha256-{base64.b64encode(digest).decode('ascii')}"


def _header(report: Report, outcome: str) -> str:
    finished, settings = report.finished, report.settings
    missing = report.planned - len(finished.results)
    facts = [
        "interrupted" if finished.interrupted else "",
        f"{missing} not run" if missing else "",
        numbers.seconds(finished.seconds),
        f"seed {settings.seed}",
        f"{words.counted(settings.cases, 'case', 'cases')} each",
    ]
    return (
        '<header><div class="top"><p class="brand">gradcheck</p>'
        '<button type="button" id="theme" hidden></button></div>'
        f"<h1>{escaped(outcome)}</h1>{_share(report)}"
        f"<p>{escaped(' · '.join(filter(None, facts)))}</p></header>"
    )


def _share(report: Report) -> str:
    """A strip with the share of each kind of verdict."""
    counts = Counter(_mood(result.verdict) for result in report.finished.results)
    total = sum(counts.values())
    if not total:
        return ""
    start, pieces = 0.0, []
    for mood in ("bad", "doubt", "good"):
        width = 100 * counts[mood] / total
        pieces.append(f'<rect class="{mood}" x="{start:.2f}" width="{width:.2f}" height="4"/>')
        start += width
    return (
        '<svg class="share" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">'
        f"{''.join(pieces)}</svg>"
    )


def _mood(verdict: Verdict) -> str:
    return ("bad", "doubt", "good", "skipped")[verdict.rank]


def _badge(verdict: Verdict) -> str:
    return f'<span class="badge {_mood(verdict)}">{verdict}</span>'


def _ops(report: Report) -> str:
    results = report.results
    if not results:
        return '<section id="ops"><p>No op to show.</p></section>'
    heads = "".join(f'<th scope="col" data-by="{by}">{title}</th>' for title, by in _HEADS)
    rows = "\n".join(_row(report, result, n) for n, result in enumerate(results))
    return (
        '<section id="ops" aria-labelledby="ops-title"><h2 id="ops-title">Ops</h2>'
        f'{_tools(results)}<table class="ops"><thead><tr>{heads}</tr></thead>'
        f"<tbody>\n{rows}\n</tbody></table>{_MARGIN}</section>"
    )


def _tools(results: list[Result]) -> str:
    """Search and filters, hidden without JavaScript."""
    counts = Counter(result.verdict for result in results)
    boxes = "".join(
        f'<label class="chip"><input type="checkbox" value="{verdict}" checked>'
        f"{_badge(verdict)} {counts[verdict]}</label>"
        for verdict in WORST_FIRST
        if counts[verdict]
    )
    return (
        '<div id="tools" role="search" hidden><label>Search '
        '<input type="search" id="query" autocomplete="off" spellcheck="false"></label>'
        f"<fieldset><legend>Show</legend>{boxes}</fieldset>"
        '<p role="status" id="count"></p></div>'
    )


def _row(report: Report, result: Result, number: int) -> str:
    name = escaped(result.op)
    linked = f'<a href="#op{number}">{name}</a>' if result.verdict.is_open else name
    margin, error = (
        (write(value) if result.probes else "–")
        for write, value in (
            (numbers.margin, result.margin),
            (numbers.short, result.relative_error),
        )
    )
    notes = report.notes(result) or result.reason
    severity = WORST_FIRST.index(result.verdict)
    return (
        f'<tr id="row{number}"><th scope="row">{linked}</th>'
        f'<td data-key="{severity}">{_badge(result.verdict)}</td><td>{result.cases}</td>'
        f'<td data-key="{_key(result.margin)}">{margin}</td><td>{escaped(result.where, 60)}</td>'
        f'<td data-key="{_key(result.relative_error)}">{error}</td>'
        f'<td data-key="{_key(result.seconds)}">{numbers.seconds(result.seconds)}</td>'
        f"<td>{escaped(notes)}</td></tr>"
    )


def _key(value: float) -> str:
    """A number as JavaScript reads it; NaN sorts as the worst."""
    return f"{value:.6g}" if math.isfinite(value) else "Infinity"


def _panels(report: Report) -> Iterator[str]:
    shown = [(n, result) for n, result in enumerate(report.results) if result.verdict.is_open]
    if not shown:
        return
    many = ' class="many"' if len(shown) > _MANY else ""
    yield f'<section id="failures"{many} aria-labelledby="failures-title">'
    yield '<div class="top"><h2 id="failures-title">What did not pass</h2>'
    yield '<button type="button" id="fold" hidden>Fold all</button></div>'
    for number, result in shown:
        yield _panel(report, result, number)
    yield "</section>"


def _panel(report: Report, result: Result, number: int) -> str:
    failure = result.failure
    headline, inside = "", "".join(_facts(report, result))
    if failure is not None:
        headline = f"{escaped(failure.headline)}{_shapes(failure.case)}"
        inside = _beside(failure, inside, number) + _traceback(failure)
    return (
        f'<article id="op{number}" data-row="row{number}"><details open><summary>'
        f"{_badge(result.verdict)} <h3>{escaped(result.op)}</h3> "
        f'<span class="headline">{headline}</span></summary>{inside}</details></article>'
    )


def _beside(failure: Failure, facts: str, number: int) -> str:
    """Facts and curve side by side, with the maps below."""
    maps = list(heat_maps(failure))
    shown = _all_maps(maps, number)
    above, below = (shown, "") if all(each.narrow for each in maps) else ("", shown)
    curve = "" if failure.curve is None else curve_figure(failure.curve, number)
    return f'<div class="beside"><div>{facts}{above}</div>{curve}</div>{below}'


def _shapes(case: CaseReport | None) -> str:
    if case is None or not case.inputs:
        return ""
    shapes = ", ".join(f"{escaped(n)}: {numbers.shape(a)}" for n, a in case.inputs.items())
    return f' <span class="shapes">({shapes})</span>'


def _facts(report: Report, result: Result) -> Iterator[str]:
    failure = result.failure
    if failure is not None and failure.worst is not None:
        yield _entry(failure.worst)
    yield '<dl class="facts">'
    for label, value in _known(report, result):
        yield f"<div><dt>{label}</dt><dd>{value}</dd></div>"
    yield "</dl>"


def _known(report: Report, result: Result) -> Iterator[tuple[str, str]]:
    failure = result.failure
    if failure is None:
        if result.reason:
            yield "reason", escaped(result.reason, 2000)
    else:
        yield from _about(failure)
        if failure.case is not None:
            yield from _case(failure.case, called(failure, report.case_label(result)))
        if failure.location is not None:
            yield "defined at", f"<code>{escaped(place(failure.location))}</code>"
    for label, command in (
        ("reproduce", report.command_for(result.op)),
        ("this case", report.replay_for(result.op)),
    ):
        if command:
            yield label, f'<code class="copy">{escaped(command)}</code>'


def _about(failure: Failure) -> Iterator[tuple[str, str]]:
    if failure.looks_like:
        yield "looks like", f"<strong>{escaped(failure.looks_like, 2000)}</strong>"
    if failure.only_where:
        yield "only where", f"<strong>{escaped(failure.only_where, 2000)}</strong>"
    yield "found", escaped(failure.message, 2000)
    if failure.besides:
        yield "besides", f"<pre>{escaped_block(chr(10).join(failure.besides))}</pre>"
    if failure.broken:
        yield "property", escaped(failure.broken)
    if failure.raised is not None and failure.raised.location is not None:
        yield "raised at", f"<code>{escaped(place(failure.raised.location))}</code>"


def _case(case: CaseReport, label: str) -> Iterator[tuple[str, str]]:
    yield label, f"<pre>{escaped_block(chr(10).join(case_values(case)))}</pre>"
    if special := drawn_as(case):
        yield "drawn as", escaped(special)


def _entry(worst: Comparison) -> str:
    analytic, reference = numbers.compared(worst)
    return (
        '<div class="scroll" tabindex="0" role="group" aria-label="the wrong entry">'
        '<table class="entry"><thead><tr><th scope="col">entry</th><th scope="col">analytic</th>'
        '<th scope="col">reference</th><th scope="col">margin</th></tr></thead><tbody><tr>'
        f'<th scope="row">{escaped(worst.where)}</th><td class="wrong">{escaped(analytic)}</td>'
        f'<td class="right">{escaped(reference)}</td><td>{numbers.margin(worst.margin)}</td></tr>'
        f'</tbody></table></div><p class="method">{escaped(method(worst))}</p>'
    )


def _all_maps(maps: Sequence[HeatMaps], number: int) -> str:
    if not maps:
        return ""
    ask = ""
    if any(each.dense for each in maps):
        ask = (
            f'<input type="checkbox" class="ask" id="n{number}">'
            f'<label for="n{number}">Show the numbers in the cells</label>'
        )
    groups = "".join(
        f"<h4>∂L/∂{escaped(each.argument)} <small>{each.note}</small></h4>"
        f'<div class="maps">{each.html}</div>'
        for each in maps
    )
    return f'<div class="heatmaps">{ask}{groups}</div>'


def _traceback(failure: Failure) -> str:
    if failure.raised is None:
        return ""
    trace = escaped_block(failure.raised.traceback.rstrip(), 20_000)
    return f'<details class="trace"><summary>Traceback</summary><pre>{trace}</pre></details>'
