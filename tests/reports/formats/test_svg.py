"""The curve as a file: complete in itself, in light and dark, and readable as text."""

import math
import re
import xml.etree.ElementTree as ET
from dataclasses import replace

import pytest

from gradcheck.numeric.curve import Curve, CurvePoint
from gradcheck.reports.formats.svg import as_svg

SVG = "{http://www.w3.org/2000/svg}"
STEPS = [10.0**-k for k in range(1, 9)]
RIGHT = Curve(
    where="x[0]",
    analytic=3.0,
    low=3.0,
    high=3.0,
    bar=1e-9,
    chosen=1e-3,
    points=tuple(
        CurvePoint(step=h, difference=3 + h**2 + 1e-15 / h, rounding=2e-16 / h) for h in STEPS
    ),
)


def parsed(picture):
    return ET.fromstring(picture)  # noqa: S314 - our own text


def drawn_words(picture):
    return ["".join(e.itertext()) for e in parsed(picture).iter(f"{SVG}text")]


def test_it_fetches_nothing_and_holds_no_script():
    picture = as_svg(RIGHT, "cube")
    assert "url(" not in picture
    assert "href" not in picture
    assert "<script" not in picture
    assert re.findall(r"https?://\S+?(?=\")", picture) == ["http://www.w3.org/2000/svg"]


def test_every_colour_is_written_out_for_light_and_for_dark():
    style = parsed(as_svg(RIGHT, "cube")).findtext(f"{SVG}style")
    light, dark = style.split("@media (prefers-color-scheme: dark)")
    for rules in (light, dark):
        assert re.search(r"\.page { fill: #\w{6}; }", rules)
        assert re.search(r"polyline\.analytic { stroke: #\w{6}; }", rules)
    assert set(re.findall("#[0-9a-f]{6}", light)).isdisjoint(re.findall("#[0-9a-f]{6}", dark))
    assert "var(" not in style
    assert "light-dark" not in style
    assert style.count("{") == style.count("}")


def test_a_background_lies_below_all_else():
    shapes = [e for e in parsed(as_svg(RIGHT, "cube")) if e.tag in (f"{SVG}rect", f"{SVG}g")]
    assert shapes[0].get("class") == "page"
    size = parsed(as_svg(RIGHT, "cube")).get("viewBox").split()[2:]
    assert [shapes[0].get("width"), shapes[0].get("height")] == size


def test_title_axes_and_key_are_drawn():
    words = drawn_words(as_svg(RIGHT, "cube"))
    assert words[0] == "cube: derivative by x[0]"
    assert {"step h, in units of max(1, |x|)", "error"} <= set(words)
    assert {"from the analytic value", "from the reference", "error bar, 1e-09"} <= set(words)


def test_all_of_the_key_lies_within_the_picture():
    root = parsed(as_svg(RIGHT, "cube"))
    height = float(root.get("viewBox").split()[3])
    places = [g.get("transform") for g in root.iter(f"{SVG}g")][1:]
    assert len(places) == 6
    lowest = max(float(re.search(r" (\d+)\)", place)[1]) for place in places)
    assert lowest + 12 <= height


def test_a_screen_reader_is_told_the_numbers():
    root = parsed(as_svg(RIGHT, "cube"))
    assert root.get("role") == "img"
    ids = {e.get("id"): e.text for e in root.iter() if e.get("id")}
    assert root.get("aria-labelledby").split() == list(ids)
    assert ids["title"] == "cube: derivative by x[0]"
    assert ids["about"].startswith("How far the central difference by x[0] is off, by step.")
    assert ids["about"].count("from reference") == len(STEPS)


def test_a_value_that_is_not_finite_has_no_line():
    words = drawn_words(as_svg(replace(RIGHT, analytic=math.nan), "cube"))
    assert "from the analytic value" not in words
    assert "from the reference" in words


@pytest.mark.parametrize("name", ["</svg>&\x1b[31m\ud800", '"><script>', "x" * 1000])
def test_whatever_the_name_it_is_one_document(name):
    picture = as_svg(replace(RIGHT, where=name), name)
    assert picture.isprintable() or set(picture) >= {"\n"}
    root = parsed(picture)
    assert "\x1b" not in picture
    assert not list(root.iter(f"{SVG}script"))
    assert len(drawn_words(picture)[0]) <= 80
