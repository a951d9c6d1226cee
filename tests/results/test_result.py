"""Results are data: true only for a right gradient, and plain values when asked."""

import json
import math

import numpy as np
import pytest

import gradcheck as gc
from gradcheck.numeric.comparison import Comparison, Reference
from gradcheck.results.documents import DocumentError
from gradcheck.results.failure import CaseReport, Failure, Raised
from gradcheck.results.kind import Kind
from gradcheck.results.result import Result
from gradcheck.results.verdict import Verdict
from gradcheck.spec.binding import Location


def compared(analytic, low, *, high=None, bar=1e-9, tolerance=1e-6, **given):
    reference = Reference(
        low=low, high=low if high is None else high, bar=bar, method="by hand", step=0.0, **given
    )
    return Comparison(
        where="x[0]", argument="x", analytic=analytic, reference=reference, tolerance=tolerance
    )


@pytest.mark.parametrize("verdict", Verdict)
def test_a_result_is_true_only_for_a_gradient_found_right(verdict):
    assert bool(Result(op="f", verdict=verdict)) == (verdict in ("PASS", "XFAIL"))


def test_ranks_put_the_worst_first():
    wrong = Failure(kind=Kind.VALUE, headline="", message="", worst=compared(1.0, 0.0))
    misshapen = Failure(kind=Kind.SHAPE, headline="", message="")
    expected = [
        Result(op="misshapen", verdict=Verdict.FAIL, margin=2.0, failure=misshapen),
        Result(op="far off", verdict=Verdict.FAIL, margin=9.0, failure=wrong),
        Result(op="off", verdict=Verdict.FAIL, margin=3.0, failure=wrong),
        Result(op="doubtful", verdict=Verdict.INCONCLUSIVE, margin=1e9),
        Result(op="right", verdict=Verdict.PASS, margin=0.5),
        Result(op="left out", verdict=Verdict.SKIP),
    ]
    mixed = [expected[place] for place in (3, 0, 5, 2, 4, 1)]
    assert sorted(mixed, key=lambda result: result.rank) == expected
    nan = Result(op="nan", verdict=Verdict.FAIL, margin=math.nan, failure=wrong)
    assert nan.rank < expected[1].rank


def test_its_repr_is_one_line_for_the_assertions_of_others():
    failure = Failure(kind=Kind.VALUE, headline="∂L/∂x is wrong", message="", location=None)
    wrong = Result(op="f\n", verdict=Verdict.FAIL, failure=failure)
    assert repr(wrong) == r"<Result f\n: FAIL, ∂L/∂x is wrong>"
    vacuous = Result(op="f", verdict=Verdict.VACUOUS, reason="Every draw was rejected.")
    assert repr(vacuous) == "<Result f: VACUOUS, Every draw was rejected.>"
    assert repr(Result(op="f", verdict=Verdict.PASS)) == "<Result f: PASS>"


@pytest.mark.parametrize(
    ("analytic", "low", "high", "distance", "margin"),
    [
        (1.0, 1.0, 1.0, 0.0, 0.0),
        (1.0 + 2e-6, 1.0, 1.0, 2e-6, 2.0),
        (0.5, 0.0, 1.0, 0.0, 0.0),
        (-0.5, 0.0, 1.0, 0.5, 5e5),
        (1.5, 0.0, 1.0, 0.5, 5e5),
        (math.nan, 1.0, 1.0, math.inf, math.inf),
        (math.inf, 1.0, 1.0, math.inf, math.inf),
        (-math.inf, 0.0, 1.0, math.inf, math.inf),
    ],
)
def test_margin_is_the_distance_from_the_interval_in_tolerances(
    analytic, low, high, distance, margin
):
    found = compared(analytic, low, high=high)
    assert found.distance == pytest.approx(distance, rel=1e-9)
    assert found.margin == pytest.approx(margin, rel=1e-9)
    assert found.agrees == (margin <= 1)
    assert found.reference.kink == (low != high)


def test_a_tolerance_of_zero_allows_only_equality():
    assert compared(1.0, 1.0, tolerance=0.0).margin == 0
    assert compared(1.0, 1.0 + 2**-52, tolerance=0.0).margin == math.inf


def test_a_reference_with_a_problem_contradicts_nothing():
    assert compared(5.0, 1.0, problem="a jump").agrees
    assert not compared(5.0, 1.0).agrees


def failed():
    case = CaseReport(
        inputs={"x": np.array([np.nan, 1.0])},
        params={"axis": (0, -1)},
        outputs=(np.array(np.inf),),
        cotangents=(np.array(1.0), None),
        gradients={"x": np.array([1.0, 2.0], np.float32)},
        comparisons=(compared(np.float64("nan"), 1.0),),
    )
    return Result(
        op="f",
        verdict=Verdict.FAIL,
        margin=math.inf,
        escape=np.float64(1e-2),
        unusable={"a jump": 2},
        notes=("a note",),
        failure=Failure(
            kind=Kind.VALUE,
            headline="∂L/∂x is wrong",
            message="It is.",
            argument="x",
            case=case,
            worst=case.comparisons[0],
            raised=Raised(type="E", message="m", location=None, traceback="t"),
            location=Location("f.py", 3),
        ),
    )


def test_a_whole_result_as_data():
    data = json.loads(json.dumps(failed().to_dict(), allow_nan=False))
    assert set(data) == set(Result.__dataclass_fields__)
    assert (data["op"], data["verdict"], data["margin"]) == ("f", "FAIL", "inf")
    assert data["unusable"] == {"a jump": 2}
    failure = data["failure"]
    assert failure["kind"] == "wrong value"
    assert failure["location"] == {"file": "f.py", "line": 3}
    assert failure["worst"]["margin"] == "inf"
    assert failure["worst"]["reference"]["low"] == 1.0
    case = failure["case"]
    assert case["inputs"] == {"x": {"dtype": "float64", "shape": [2], "data": ["nan", 1.0]}}
    assert case["params"] == {"axis": {"$tuple": [0, -1]}}
    assert case["cotangents"] == [{"dtype": "float64", "shape": [], "data": [1.0]}, None]


def test_a_result_comes_back_from_its_data():
    data = json.loads(json.dumps(failed().to_dict(), allow_nan=False))
    back = Result.from_dict(data)
    assert back.to_dict() == data
    assert str(back) == str(failed())
    case = back.failure.case
    assert case.params == {"axis": (0, -1)}
    assert case.gradients["x"].dtype == np.float32


def test_data_of_something_else_is_refused():
    with pytest.raises(DocumentError, match="result lacks 'verdict'"):
        Result.from_dict({"op": "f"})


def test_results_of_real_checks_become_json():
    right = gc.op(name="square")(np.square).vjp(lambda g, x: 2 * g * x)
    wrong = gc.op(name="cube")(lambda x: x**3).vjp(lambda g, x: g * x)
    for spec in (right, wrong):
        result = gc.check(
            spec, cases=4, last_case=True, diagnose=False, dtypes=("float32", "complex128")
        )
        data = json.loads(json.dumps(result.to_dict(), allow_nan=False))
        assert data["verdict"] == result.verdict
        assert Result.from_dict(data).to_dict() == data
    assert result.failure is not None
