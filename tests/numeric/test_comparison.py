"""References and comparisons: distances, margins, and derivatives per unit of an entry."""

import math
from dataclasses import replace

import pytest

from gradcheck.numeric.argument import Place
from gradcheck.numeric.comparison import Comparison, Doubt, Obstacle, Reference, per_unit
from gradcheck.results.documents.codec import from_plain, to_plain

KINK = Reference(low=-1.0, high=3.0, bar=0.5, method="by hand", step=0.25)
COMPARED = Comparison(
    where="x[2]",
    argument="x",
    analytic=6.0,
    reference=replace(KINK, high=-1.0),
    tolerance=2.0,
    size=6.0,
    place=Place(0, 2),
)


@pytest.mark.parametrize(("value", "distance"), [(-1.5, 0.5), (-1, 0), (2, 0), (3, 0), (5, 2)])
def test_a_kink_is_an_interval_of_right_values(value, distance):
    assert KINK.kink
    assert KINK.distance(value) == distance


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_no_value_that_is_not_finite_is_near(value):
    assert KINK.distance(value) == math.inf


def test_a_bar_is_at_least_the_smallest_normal_number_times_the_reach():
    sharp = replace(KINK, bar=0.0)
    assert sharp.floored(4.0).bar == pytest.approx(4 * 2.0**-1022)
    assert KINK.floored(4.0) == KINK
    assert replace(sharp, problem=Obstacle.JUMPS).floored(4.0).bar == 0


def test_a_margin_is_a_distance_in_tolerances():
    assert COMPARED.margin == 3.5
    assert not COMPARED.agrees
    assert replace(COMPARED, analytic=-1.0).margin == 0
    assert replace(COMPARED, tolerance=0.0).margin == math.inf


def test_an_error_counts_as_proven_only_beyond_the_bar():
    assert COMPARED.proven_error == pytest.approx(7 / 6)
    assert replace(COMPARED, reference=replace(KINK, high=-1, quick=True)).proven_error == 0
    assert replace(COMPARED, reference=replace(KINK, high=-1, bar=8.0)).proven_error == 0


def test_no_slack_is_known_without_a_reference():
    unusable = replace(COMPARED, reference=replace(KINK, problem=Obstacle.NOISY))
    assert unusable.slack == math.inf
    assert replace(COMPARED, reference=KINK).slack == 2.0 + 4.0


def test_all_of_a_comparison_is_scaled_to_the_unit_of_an_entry():
    scaled = per_unit(COMPARED, 4.0)
    assert (scaled.analytic, scaled.reference.low, scaled.reference.bar) == (1.5, -0.25, 0.125)
    assert scaled.reference.step == 1.0  # how far the entry itself is moved
    assert scaled.margin == COMPARED.margin
    assert scaled.place == COMPARED.place


@pytest.mark.parametrize("scale", [2.0**-1000, 2.0**-1023])
def test_a_derivative_beyond_every_number_is_no_reference(scale):
    steep = replace(COMPARED, reference=replace(KINK, low=1e10, high=1e10))
    assert per_unit(steep, scale).reference.problem == Obstacle.STEEP


def test_an_infinity_is_vague_where_the_bar_is_beyond_half_of_the_exponents():
    vague = replace(COMPARED, analytic=math.inf, reference=replace(KINK, bar=1e200))
    assert per_unit(vague, 1.0).agrees
    assert not per_unit(replace(vague, reference=KINK), 1.0).agrees


def test_a_document_holds_the_label_and_no_place():
    plain = to_plain(COMPARED)
    assert plain["where"] == "x[2]"
    assert "place" not in plain
    assert from_plain(Comparison, plain, "comparison").place is None
    assert from_plain(Comparison, plain, "comparison") == COMPARED


@pytest.mark.parametrize(
    ("doubt", "words"),
    [
        (Doubt(problem=Obstacle.JUMPS, where="x[1]"), "forward jumps at x[1]"),
        (Doubt(problem=Obstacle.JUMPS), "forward jumps"),
        (
            Doubt(problem=Obstacle.NOISY, where="x", noise=3e-7),
            "forward is noisy: its values jitter by 3e-07 of their size",
        ),
        (Doubt(problem=Obstacle.NOISY, where="x"), "forward is noisy"),
    ],
)
def test_a_doubt_says_where_or_how_much(doubt, words):
    assert str(doubt) == words
