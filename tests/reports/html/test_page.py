"""The HTML report: one file that needs nothing else, tells all there is and believes no text."""

import base64
import hashlib
import math
import re
from dataclasses import replace
from html.parser import HTMLParser
from importlib.resources import files

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradcheck.numeric.curve import Curve, CurvePoint
from gradcheck.numeric.steps import STEPS
from gradcheck.reports.html.heatmap import heat_maps
from gradcheck.reports.html.page import as_html
from gradcheck.reports.report import Report
from gradcheck.results.events import RunFinished
from gradcheck.results.failure import CaseReport, Failure
from gradcheck.results.kind import Kind
from gradcheck.results.result import PINNED, Result
from gradcheck.results.settings import Settings
from gradcheck.results.verdict import Verdict

VOID = {"meta", "input"}
CSS = files("gradcheck.reports").joinpath("static/report.css").read_text(encoding="utf-8")


class Page(HTMLParser):
    """A page taken apart: its tags with their attributes, its text, and whether it is balanced."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.words, self.open = [], [], []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] not in {"style", "script"}:
            self.words.append(data)

    @property
    def text(self):
        return " ".join(" ".join(self.words).split())

    def all(self, tag):
        return [attributes for name, attributes in self.tags if name == tag]


def report_of(*results, **given):
    return Report(
        finished=RunFinished(results, 3.21, False),
        planned=len(results),
        settings=Settings(seed=7),
        command_for=lambda op: f"gradcheck run {op} --seed 7",
        **given,
    )


def failing(values, gradient, comparisons, *, name="x", where=0, curve=None):
    case = CaseReport(
        inputs={name: values}, gradients={name: gradient}, comparisons=tuple(comparisons)
    )
    failure = Failure(
        kind=Kind.VALUE,
        headline=f"∂L/∂{name} is wrong",
        message="",
        argument=name,
        case=case,
        worst=comparisons[where],
        curve=curve,
    )
    return Result(op="f", verdict=Verdict.FAIL, failure=failure)


def maps_of(result):
    """The cells of analytic, reference and difference of the first argument: class and text."""
    found = next(heat_maps(result.failure))
    tables = re.findall(r"<table.*?</table>", found.html, flags=re.DOTALL)
    cells = re.compile(r'<td class="([^"]*)"(?: title="[^"]*")?>([^<]*)</td>')
    return found, [cells.findall(table) for table in tables]


# --- what a case is called


@pytest.mark.parametrize(
    ("notes", "shrink", "kind", "label"),
    [
        ((), True, Kind.VALUE, "smallest case"),
        ((), False, Kind.VALUE, "failing case"),
        ((PINNED,), True, Kind.VALUE, "pinned case"),
        ((), True, Kind.CRASH, "last case"),
    ],
)
def test_a_case_is_called_what_it_is_called_on_the_terminal(wrong, notes, shrink, kind, label):
    result = replace(wrong, notes=notes, failure=replace(wrong.failure, kind=kind))
    report = replace(report_of(result), settings=Settings(shrink=shrink))
    assert f"<dt>{label}</dt>" in as_html(report)
    assert f"  {label} " in report.text(result)


# --- one file


def test_nothing_is_fetched_and_the_policy_would_not_allow_it(results):
    page = Page(as_html(report_of(*results)))
    for _, attributes in page.tags:
        assert not {"src", "srcset", "style", "action"} & set(attributes)
        assert attributes.get("href", "#").startswith("#")
    assert not re.search(r"url\(|@import|@font-face", CSS)
    (policy,) = [m["content"] for m in page.all("meta") if "http-equiv" in m]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


def test_the_policy_knows_exactly_the_script_and_style_of_the_page(results):
    page = as_html(report_of(*results))
    for tag in ("script", "style"):
        (inside,) = re.findall(f"<{tag}>(.*?)</{tag}>", page, flags=re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(inside.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in page


def test_equal_results_give_equal_bytes(results):
    assert as_html(report_of(*results)) == as_html(report_of(*results))


def test_links_and_labels_lead_somewhere(results):
    page = Page(as_html(report_of(*results)))
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    for link in page.all("a"):
        assert link["href"][1:] in ids
    for attributes in page.all("label"):
        assert attributes.get("for", ids[0]) in ids


def test_an_empty_run_is_a_page_too():
    page = Page(as_html(report_of()))
    assert "nothing was run" in page.text
    assert page.all("table") == []


# --- all there is


def test_every_op_has_a_row_and_what_did_not_pass_a_panel(results):
    page = Page(as_html(report_of(*results)))
    assert len([a for a in page.all("tr") if "id" in a]) == len(results)
    assert len(page.all("article")) == sum(not result for result in results)
    assert page.text.count("2 passed, 2 failed, 1 error, 1 inconclusive, 1 vacuous") == 2


@pytest.mark.parametrize("verdict", Verdict)
def test_every_verdict_has_a_row_and_those_to_look_at_a_panel(verdict):
    finished = RunFinished((Result(op="it", verdict=verdict, reason="because"),), 1.0)
    page = as_html(Report(finished=finished, planned=1, settings=Settings()))
    assert f">{verdict}</span>" in page
    assert ('id="op0"' in page) == verdict.is_open


def test_a_panel_tells_what_the_terminal_tells(wrong, misshapen, raised, doubtful):
    wrong = replace(
        wrong,
        failure=replace(wrong.failure, looks_like="the transpose", only_where="n > 3"),
    )
    text = Page(as_html(report_of(wrong, misshapen, raised, doubtful))).text
    for words in (
        "∂L/∂b is wrong (a: 1×2, b: 2×2)",
        "b[1,0] 0.000000 1.000000 ± 2e-10",
        "looks like the transpose",
        "only where n > 3",
        "smallest case a = [[0., 1.]] b = zeros((2, 2)) g = [[1., 0.]]".replace(
            "zeros((2, 2))", "[[0., 0.], [0., 0.]]"
        ),
        "defined at /somewhere/else/my_ops.py:14",
        "reproduce gradcheck run matmul --seed 7",
        "drawn as float32, Fortran layout",
        "Traceback",
        "forward jumps within any usable step.",
    ):
        assert words in text


def test_what_was_not_run_is_counted(passed):
    report = replace(report_of(passed), planned=4)
    assert "3 not run" in Page(as_html(report)).text


def test_only_failures_are_shown_where_only_they_are_wanted(passed, wrong):
    page = Page(as_html(report_of(passed, wrong, failures_only=True)))
    assert len([a for a in page.all("tr") if "id" in a]) == 1
    assert "1 passed, 1 failed" in page.text


def test_an_op_takes_little_of_the_file(passed, compare):
    values = np.arange(40.0 * 50).reshape(40, 50)
    some = [compare(f"x[{i // 50},{i % 50}]", 1.0 / (i + 3), 1.0) for i in range(2000)]
    wrong = failing(values, values, some, curve=_curve())
    empty = len(as_html(report_of()).encode())
    assert len(as_html(report_of(passed)).encode()) - empty < 2_000
    assert len(as_html(report_of(wrong)).encode()) - empty < 45_000


# --- text that wants to be markup


def test_no_text_of_an_op_becomes_markup(hostile):
    page = Page(as_html(report_of(hostile)))
    assert len(page.all("script")) == len(page.all("style")) == len(page.all("title")) - 1 == 1
    assert page.all("img") == []
    for _, attributes in page.tags:
        assert not [name for name in attributes if name.startswith("on")]
    assert "<img src=x onerror=hacked=1>" in page.text


def test_control_characters_are_shown_and_not_sent(hostile):
    page = as_html(report_of(hostile))
    assert not set(page) & {"\x1b", "\x00", "\u202e"}
    assert "\\x1b" in page
    assert "\\u202e" in page


def test_a_lone_surrogate_can_be_written():
    result = Result(op="f\ud800", verdict=Verdict.PASS)
    assert b"f\\ud800" in as_html(report_of(result)).encode()


def test_a_long_name_is_cut_and_what_is_left_out_counted():
    page = as_html(report_of(Result(op="f" * 1_000_000, verdict=Verdict.VACUOUS)))
    assert "… (999700 more characters)" in page
    assert len(page) < 60_000


# --- heat maps


def test_maps_hold_the_numbers_and_their_signs(compare):
    values = np.zeros((2, 2))
    pairs = ((1.0, 1.0), (-4.0, 4.0), (0.0, 0.0), (2.0, 2.0))
    some = [compare(f"x[{i // 2},{i % 2}]", *pair) for i, pair in enumerate(pairs)]
    _, (analytic, reference, difference) = maps_of(failing(values, values, some, where=1))
    assert analytic == [("p2", "1"), ("n8 w", "-4"), ("z", "0"), ("p4", "2")]
    assert reference == [("p2", "1"), ("p8 w", "4"), ("z", "0"), ("p4", "2")]
    assert difference == [("z", "0"), ("n8 w", "-8"), ("z", "0"), ("z", "0")]


def test_nan_and_infinities_are_shown_as_such(compare):
    pairs = (math.nan, math.inf, -math.inf, 1.0)
    some = [compare(f"x[{i}]", value, 1.0) for i, value in enumerate(pairs)]
    _, (analytic, _, difference) = maps_of(failing(np.zeros(4), np.array(pairs), some))
    assert analytic == [("nan w", "nan"), ("inf", "inf"), ("inf neg", "-inf"), ("p8", "1")]
    assert difference[:3] == analytic[:3]


def test_what_was_not_compared_has_no_reference(compare):
    some = [compare("x[1]", 3.0, 1.0), compare("x[2]", 1.0, 0.0, problem="forward jumps")]
    gradient = np.array([2.0, 3.0, 1.0])
    _, (analytic, reference, _) = maps_of(failing(np.zeros(3), gradient, some))
    assert [text for _, text in analytic] == ["2", "3", "1"]
    assert reference == [("u", "–"), ("p3 w", "1"), ("u", "–")]


def test_at_a_kink_the_difference_is_how_far_outside(compare):
    some = [compare("x[0]", 0.5, 0.0, 1.0), compare("x[1]", 3.0, 0.0, 1.0)]
    result = failing(np.zeros(2), np.zeros(2), some, where=1)
    _, (_, reference, difference) = maps_of(result)
    assert [text for _, text in reference] == ["0…1", "0…1"]
    assert [text for _, text in difference] == ["0", "2"]


@pytest.mark.parametrize(
    ("shape", "note", "count"),
    [
        ((), "a scalar", 1),
        ((3,), "shape 3", 3),
        ((25,), "shape 25; rows of 10", 25),
        ((2, 3), "shape 2×3", 6),
        ((2, 3, 4), "shape 2×3×4; one row for each index of the leading axes", 24),
        ((300,), "shape 300; rows of 10; 100 of 300 numbers shown, 200 left out", 100),
        ((30, 40), "shape 30×40; 160 of 1200 numbers shown, 1040 left out", 160),
    ],
)
def test_any_shape_becomes_rows_and_says_how(compare, shape, note, count):
    places = [f"x[{','.join(map(str, index))}]" if index else "x" for index in np.ndindex(shape)]
    some = [compare(where, 1.0 * k, 0.0) for k, where in enumerate(places, start=1)]
    result = failing(np.zeros(shape), np.zeros(shape), some, where=-1)
    found, tables = maps_of(result)
    assert found.note == note
    assert [len(cells) for cells in tables] == [count] * 3
    assert ("p8 w", f"{len(places)}") in tables[0]  # the worst entry is in the window


def test_complex_numbers_have_two_columns(compare):
    some = [compare(f"x[{i}].{part}", 1.0, 0.0) for i in range(2) for part in ("real", "imag")]
    found, tables = maps_of(failing(np.zeros(2, complex), np.zeros(2, complex), some))
    assert found.note == "shape 2; real and imaginary parts side by side"
    assert [len(cells) for cells in tables] == [4] * 3
    assert "<th scope=col>re</th><th scope=col>im</th>" in found.html


@given(
    st.lists(st.tuples(st.floats(), st.floats(allow_nan=False, allow_infinity=False)), min_size=1),
    st.floats(0, allow_infinity=False),
    st.sampled_from(STEPS),
)
def test_no_number_is_too_large_or_too_small(compare, pairs, bar, step):
    some = [compare(f"x[{i}]", *pair, bar=bar) for i, pair in enumerate(pairs)]
    analytic, low = pairs[0]
    points = (
        CurvePoint(step=step, difference=pairs[-1][1], rounding=bar),
        CurvePoint(step=step / 4, difference=low, rounding=0.0),
    )
    curve = _curve(analytic=analytic, low=low, high=low, bar=bar, chosen=step, points=points)
    gradient = np.array([analytic for analytic, _ in pairs])
    result = failing(np.zeros(len(pairs)), gradient, some, curve=curve)
    page = as_html(report_of(result))
    for coordinate in re.findall(r' c?[xy][12]?="([^"]*)"', page):
        assert 0 <= float(coordinate) <= 460
    for shade, _ in (cell for table in maps_of(result)[1] for cell in table):
        assert re.fullmatch(r"([np][1-8]|z|u|nan|inf( neg)?)( w)?", shade)


def test_a_huge_argument_costs_no_more_than_is_shown(compare):
    values = np.broadcast_to(0.0, (2**20, 2**20))  # a dictionary of its entries would not fit
    result = failing(values, values, [compare("x[1000000,7]", 1.0, 0.0)])
    found, _ = maps_of(result)
    assert found.note.startswith("shape 1048576×1048576; 160 of 1099511627776 numbers shown")


def test_a_failure_without_numbers_has_no_maps(misshapen):
    assert list(heat_maps(misshapen.failure)) == []


# --- the curve


def _curve(**given):
    points = tuple(
        CurvePoint(step=h, difference=1 + h * h + 1e-17 / h, rounding=4e-16 / h) for h in STEPS
    )
    told = {"analytic": 1.5, "low": 1.0, "high": 1.0, "bar": 1e-10, "chosen": STEPS[5]}
    return Curve(where="x[0]", **{"points": points, **told, **given})


def _figure(compare, curve):
    some = [compare("x[0]", 1.5, 1.0)]
    page = as_html(report_of(failing(np.zeros(1), np.zeros(1), some, curve=curve)))
    (figure,) = re.findall(r"<figure.*?</figure>", page, flags=re.DOTALL)
    return figure


def test_a_curve_has_a_mark_per_step_and_the_numbers_beside(compare):
    curve = _curve()
    figure = _figure(compare, curve)
    picture, _, rest = figure.partition("</svg>")
    assert picture.count('class="mark reference"') == len(STEPS)
    assert picture.count('class="mark analytic"') == len(STEPS)
    assert rest.count("<tr><td>") == len(STEPS)
    assert "truncation ∝ h²" in rest
    assert "error bar, 1e-10" in rest


def test_every_mark_lies_on_the_picture(compare):
    figure = _figure(compare, _curve(analytic=1e300, bar=1e-300))
    for x, y in re.findall(r'c?x="([\d.e+-]+)" c?y="([\d.e+-]+)"', figure):
        assert 0 <= float(x) <= 460
        assert 0 <= float(y) <= 300


def test_an_analytic_value_that_is_not_finite_has_no_line(compare):
    figure = _figure(compare, _curve(analytic=math.nan))
    assert "mark analytic" not in figure
    assert "nan" not in figure.partition("</svg>")[0]


def test_a_difference_of_zero_stands_on_the_lower_edge(compare):
    points = tuple(CurvePoint(step=h, difference=1.0, rounding=0.0) for h in STEPS)
    figure = _figure(compare, replace(_curve(), points=points))
    assert "Marks on the lower edge: no difference at all." in figure


# --- colours


def _luminance(colour):
    """Relative luminance, by WCAG 2.2."""
    digits = colour[1:] if len(colour) == 7 else "".join(2 * c for c in colour[1:])
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one, other):
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


VARIABLES = {
    name: pair for name, *pair in re.findall(r"--([\w-]+): light-dark\((#\w+), (#\w+)\)", CSS)
}
SHADES = re.findall(
    r"^\.([npz]\d?|nan, \.inf) ?\{ ?background: ?light-dark\((#\w+), ?(#\w+)\); ?"
    r"color: ?light-dark\((#\w+), ?(#\w+)\)",
    CSS,
    flags=re.MULTILINE,
)


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(
    ("text", "ground", "least"),
    [
        *(
            (text, ground, 4.5)
            for text in ("text", "dim", "link", "bad", "good", "doubt")
            for ground in ("page", "card")
        ),
        *((mood, f"{mood}-fill", 4.5) for mood in ("bad", "good", "doubt")),
        *(
            (line, ground, 3)
            for line in ("analytic", "reference", "rounding")
            for ground in ("page", "bar")
        ),
        ("control", "page", 3),
        ("focus", "page", 3),
    ],
)
def test_contrast_is_what_wcag_aa_asks_for(text, ground, least, scheme):
    assert _contrast(VARIABLES[text][scheme], VARIABLES[ground][scheme]) >= least


def test_numbers_can_be_read_on_every_shade():
    assert len(SHADES) == 18
    for _, light, dark, on_light, on_dark in SHADES:
        assert _contrast(light, on_light) >= 4.5
        assert _contrast(dark, on_dark) >= 4.5
