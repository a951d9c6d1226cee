"""The curve: a mark per step, all of them on the picture, and the numbers beside it."""

import math
import re
from dataclasses import replace

from gradcheck.numeric.curve import CurvePoint
from gradcheck.numeric.steps import STEPS
from gradcheck.reports.html.curve_svg import curve_figure


def test_a_curve_has_a_mark_per_step_and_the_numbers_beside(make_curve):
    curve = make_curve()
    figure = curve_figure(curve, 0)
    picture, _, rest = figure.partition("</svg>")
    assert picture.count('class="mark reference"') == len(STEPS)
    assert picture.count('class="mark analytic"') == len(STEPS)
    assert rest.count("<tr><td>") == len(STEPS)
    assert "truncation ∝ h²" in rest
    assert "error bar, 1e-10" in rest


def test_every_mark_lies_on_the_picture(make_curve):
    figure = curve_figure(make_curve(analytic=1e300, bar=1e-300), 0)
    for x, y in re.findall(r'c?x="([\d.e+-]+)" c?y="([\d.e+-]+)"', figure):
        assert 0 <= float(x) <= 460
        assert 0 <= float(y) <= 300


def test_an_analytic_value_that_is_not_finite_has_no_line(make_curve):
    figure = curve_figure(make_curve(analytic=math.nan), 0)
    assert "mark analytic" not in figure
    assert "nan" not in figure.partition("</svg>")[0]


def test_a_difference_of_zero_stands_on_the_lower_edge(make_curve):
    points = tuple(CurvePoint(step=h, difference=1.0, rounding=0.0) for h in STEPS)
    figure = curve_figure(replace(make_curve(), points=points), 0)
    assert "Marks on the lower edge: no difference at all." in figure
