"""Heat maps: the numbers of an argument, as many as have room, and their shades."""

import math
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradcheck.numeric.curve import CurvePoint
from gradcheck.numeric.steps import STEPS
from gradcheck.reports.html.heatmap import heat_maps
from gradcheck.reports.html.page import as_html


def maps_of(result):
    """The cells of analytic, reference and difference of the first argument: class and text."""
    found = next(heat_maps(result.failure))
    tables = re.findall(r"<table.*?</table>", found.html, flags=re.DOTALL)
    cells = re.compile(r'<td class="([^"]*)"(?: title="[^"]*")?>([^<]*)</td>')
    return found, [cells.findall(table) for table in tables]


def test_maps_hold_the_numbers_and_their_signs(compare, failing):
    values = np.zeros((2, 2))
    pairs = ((1.0, 1.0), (-4.0, 4.0), (0.0, 0.0), (2.0, 2.0))
    some = [compare(f"x[{i // 2},{i % 2}]", *pair) for i, pair in enumerate(pairs)]
    _, (analytic, reference, difference) = maps_of(failing(values, values, some, where=1))
    assert analytic == [("p2", "1"), ("n8 w", "-4"), ("z", "0"), ("p4", "2")]
    assert reference == [("p2", "1"), ("p8 w", "4"), ("z", "0"), ("p4", "2")]
    assert difference == [("z", "0"), ("n8 w", "-8"), ("z", "0"), ("z", "0")]


def test_numbers_that_disagree_never_look_equal(compare, failing):
    some = [compare("x[0]", 1.0000002, 1.0), compare("x[1]", 1.0, 1.0 + 1e-9)]
    _, (analytic, reference, _) = maps_of(failing(np.zeros(2), np.zeros(2), some))
    assert [text for _, text in analytic] == ["1.0000002", "1"]
    assert [text for _, text in reference] == ["1", "1"]


def test_nan_and_infinities_are_shown_as_such(compare, failing):
    pairs = (math.nan, math.inf, -math.inf, 1.0)
    some = [compare(f"x[{i}]", value, 1.0) for i, value in enumerate(pairs)]
    _, (analytic, _, difference) = maps_of(failing(np.zeros(4), np.array(pairs), some))
    assert analytic == [("nan w", "nan"), ("inf", "inf"), ("inf neg", "-inf"), ("p8", "1")]
    assert difference[:3] == analytic[:3]


def test_what_was_not_compared_has_no_reference(compare, failing):
    some = [compare("x[1]", 3.0, 1.0), compare("x[2]", 1.0, 0.0, problem="forward jumps")]
    gradient = np.array([2.0, 3.0, 1.0])
    _, (analytic, reference, _) = maps_of(failing(np.zeros(3), gradient, some))
    assert [text for _, text in analytic] == ["2", "3", "1"]
    assert reference == [("u", "–"), ("p3 w", "1"), ("u", "–")]


def test_at_a_kink_the_difference_is_how_far_outside(compare, failing):
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
def test_any_shape_becomes_rows_and_says_how(compare, shape, note, count, failing):
    places = [f"x[{','.join(map(str, index))}]" if index else "x" for index in np.ndindex(shape)]
    some = [compare(where, 1.0 * k, 0.0) for k, where in enumerate(places, start=1)]
    result = failing(np.zeros(shape), np.zeros(shape), some, where=-1)
    found, tables = maps_of(result)
    assert found.note == note
    assert [len(cells) for cells in tables] == [count] * 3
    assert ("p8 w", f"{len(places)}") in tables[0]  # the worst entry is in the window


def test_complex_numbers_have_two_columns(compare, failing):
    some = [compare(f"x[{i}].{part}", 1.0, 0.0) for i in range(2) for part in ("real", "imag")]
    found, tables = maps_of(failing(np.zeros(2, complex), np.zeros(2, complex), some))
    assert found.note == "shape 2; real and imaginary parts side by side"
    assert [len(cells) for cells in tables] == [4] * 3
    assert "<th scope=col>re</th><th scope=col>im</th>" in found.html


@given(
    pairs=st.lists(
        st.tuples(st.floats(), st.floats(allow_nan=False, allow_infinity=False)), min_size=1
    ),
    bar=st.floats(0, allow_infinity=False),
    step=st.sampled_from(STEPS),
)
def test_no_number_is_too_large_or_too_small(
    compare, failing, report_of, make_curve, *, pairs, bar, step
):
    some = [compare(f"x[{i}]", *pair, bar=bar) for i, pair in enumerate(pairs)]
    analytic, low = pairs[0]
    points = (
        CurvePoint(step=step, difference=pairs[-1][1], rounding=bar),
        CurvePoint(step=step / 4, difference=low, rounding=0.0),
    )
    curve = make_curve(analytic=analytic, low=low, high=low, bar=bar, chosen=step, points=points)
    gradient = np.array([analytic for analytic, _ in pairs])
    result = failing(np.zeros(len(pairs)), gradient, some, curve=curve)
    page = as_html(report_of(result))
    for coordinate in re.findall(r' c?[xy][12]?="([^"]*)"', page):
        assert 0 <= float(coordinate) <= 460
    for shade, _ in (cell for table in maps_of(result)[1] for cell in table):
        assert re.fullmatch(r"([np][1-8]|z|u|nan|inf( neg)?)( w)?", shade)


def test_a_huge_argument_costs_no_more_than_is_shown(compare, failing):
    values = np.broadcast_to(0.0, (2**20, 2**20))  # a dictionary of its entries would not fit
    result = failing(values, values, [compare("x[1000000,7]", 1.0, 0.0)])
    found, _ = maps_of(result)
    assert found.note.startswith("shape 1048576×1048576; 160 of 1099511627776 numbers shown")


def test_a_failure_without_numbers_has_no_maps(misshapen):
    assert list(heat_maps(misshapen.failure)) == []
