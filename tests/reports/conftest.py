"""Results made by hand, one of each kind, as the engine would give them."""

from dataclasses import replace

import numpy as np
import pytest

from gradcheck.numeric.comparison import Comparison, Reference
from gradcheck.numeric.curve import Curve, CurvePoint
from gradcheck.reports.report import Report
from gradcheck.reports.text.origins import OpOrigin
from gradcheck.results.events import RunFinished
from gradcheck.results.failure import CaseReport, Failure, Raised
from gradcheck.results.kind import Kind
from gradcheck.results.result import Result
from gradcheck.results.settings import Settings
from gradcheck.results.verdict import Verdict
from gradcheck.spec.binding import Location


def compared(where, analytic, low, high=None, *, bar=2e-10, tolerance=4e-8, problem=""):
    reference = Reference(
        low=low,
        high=low if high is None else high,
        bar=bar,
        method="central differences",
        step=2**-11,
        problem=problem,
    )
    return Comparison(
        where=where,
        argument=where.partition("[")[0],
        analytic=analytic,
        reference=reference,
        tolerance=tolerance,
    )


@pytest.fixture
def compare():
    """Make a comparison of an analytic value with a reference."""
    return compared


@pytest.fixture
def passed():
    last = CaseReport(
        inputs={"x": np.array([1.0, 2.0, 3.0])},
        cotangents=(np.array([1.0, -0.5, 2.0]),),
        gradients={"x": np.array([2.5, -0.25, 0.125])},
        comparisons=tuple(compared(f"x[{i}]", v, v) for i, v in enumerate((2.5, -0.25, 0.125))),
    )
    return Result(
        op="exp",
        verdict=Verdict.PASS,
        cases=100,
        probes=412,
        margin=0.0031,
        where="x[0,2]",
        relative_error=2.4e-11,
        escape=0.01,
        seconds=0.21,
        last=last,
    )


@pytest.fixture
def kinked():
    return Result(
        op="relu",
        verdict=Verdict.PASS,
        cases=100,
        probes=388,
        kinks=3,
        unusable={"overflow": 2},
        margin=0.11,
        where="x[4]",
        seconds=0.3,
    )


@pytest.fixture
def wrong():
    """A matmul whose gradient of b is transposed."""
    comparisons = (
        compared("a[0,0]", 0.0, 0.0),
        compared("a[0,1]", 0.0, 0.0),
        compared("b[0,0]", 0.0, 0.0),
        compared("b[0,1]", 1.0, 0.0),
        compared("b[1,0]", 0.0, 1.0),
        compared("b[1,1]", 0.0, 0.0),
    )
    case = CaseReport(
        inputs={"a": np.array([[0.0, 1.0]]), "b": np.zeros((2, 2))},
        cotangents=(np.array([[1.0, 0.0]]),),
        comparisons=comparisons,
    )
    failure = Failure(
        kind=Kind.VALUE,
        headline="∂L/∂b is wrong",
        message="At b[1,0] the analytic derivative is 0; the numeric one is 1 ± 2e-10.",
        argument="b",
        case=case,
        worst=comparisons[4],
        location=Location("/somewhere/else/my_ops.py", 14),
    )
    return Result(
        op="matmul",
        verdict=Verdict.FAIL,
        cases=7,
        probes=60,
        margin=2.5e7,
        where="b[1,0]",
        relative_error=1.0,
        seconds=0.52,
        failure=failure,
    )


@pytest.fixture
def misshapen():
    """A gradient that has the shape of the broadcast output."""
    case = CaseReport(
        inputs={"a": np.zeros((2, 1)), "b": np.zeros(3, np.float32)},
        params={"axis": -1, "mode": "same\x1b[31m"},
        dtype="float32",
        layout="Fortran",
    )
    failure = Failure(
        kind=Kind.SHAPE,
        headline="∂L/∂b has the wrong shape",
        message="The vjp returned shape (2, 3) for b, which has shape (3,): sum over the axes "
        "that were broadcast, for example with gradcheck.unbroadcast(g, b.shape).",
        argument="b",
        case=case,
        location=Location("/somewhere/else/my_ops.py", 40),
    )
    return Result(op="add_bias", verdict=Verdict.FAIL, cases=2, seconds=0.04, failure=failure)


@pytest.fixture
def several(wrong):
    """The same op with two more problems."""
    besides = (
        "∂L/∂a has the wrong dtype. It is float32; a is float64.",
        "the vjp changed a. It wrote into a\x1b: work on a copy.",
    )
    return replace(wrong, failure=replace(wrong.failure, besides=besides))


@pytest.fixture
def raised():
    """An op whose vjp raises, with a message that tries to be markup."""
    failure = Failure(
        kind=Kind.RAISED,
        headline="the vjp raised ValueError",
        message="The vjp raised ValueError: [bold]bad[/bold]\x07 shapes",
        case=CaseReport(inputs={"x": np.array(0.5)}, cotangents=(np.array(1.0),)),
        raised=Raised(
            type="ValueError",
            message="[bold]bad[/bold]\x07 shapes",
            location=Location("/somewhere/else/my_ops.py", 61),
            traceback="Traceback (most recent call last):\n  File …\nValueError: [bold]bad\n",
        ),
        location=Location("/somewhere/else/my_ops.py", 58),
    )
    return Result(op="norm[/]", verdict=Verdict.ERROR, cases=1, seconds=0.01, failure=failure)


@pytest.fixture
def doubtful():
    return Result(
        op="staircase_with_a_very_long_name",
        verdict=Verdict.INCONCLUSIVE,
        reason="91 of 100 cases have no usable reference: forward jumps within any usable step.",
        cases=100,
        rejected=140,
        probes=9,
        margin=0.4,
        where="x[0]",
        unusable={"forward jumps": 80, "forward is noisy": 11},
        seconds=61.2,
        notes=("stopped after 60 s (--max-time)",),
    )


@pytest.fixture
def vacuous():
    return Result(op="never", verdict=Verdict.VACUOUS, reason="Every draw was rejected.", cases=0)


@pytest.fixture
def results(request):
    """One of each."""
    names = ("passed", "kinked", "wrong", "misshapen", "raised", "doubtful", "vacuous")
    return tuple(request.getfixturevalue(name) for name in names)


@pytest.fixture
def report(results):
    """Make the report of a run of one of each."""

    def make(*, interrupted=False, planned=7, **wanted):
        return Report(
            finished=RunFinished(results, 3.21, interrupted),
            planned=planned,
            settings=Settings(seed=7),
            command_for=lambda op: f"gradcheck run {op} --seed 7 -n 100 --ops my_ops.py",
            **wanted,
        )

    return make


@pytest.fixture
def sample(passed, wrong, raised, doubtful, monkeypatch):
    """The report of a run with one of each outcome, versions and folders made the same."""
    monkeypatch.setenv("GITHUB_WORKSPACE", "/somewhere/else")
    monkeypatch.setattr(
        "gradcheck.reports.text.provenance.versions",
        lambda: {"gradcheck": "1.2.3", "numpy": "2.0.0"},
    )
    monkeypatch.setattr("gradcheck.reports.formats.sarif.__version__", "1.2.3")
    results = (passed, wrong, raised, doubtful)

    def make(*, results=results, interrupted=False, planned=4, **wanted):
        return Report(
            finished=RunFinished(results, 3.21, interrupted),
            planned=planned,
            settings=Settings(seed=7),
            command_for=lambda op: f"gradcheck run {op} --seed 7",
            origins={
                "exp": OpOrigin("my_ops", Location("/somewhere/else/my_ops.py", 3)),
                "staircase_with_a_very_long_name": OpOrigin("steps", Location("/usr/steps.py", 9)),
            },
            **wanted,
        )

    return make


HOSTILE = (
    "</title></style></script><script>hacked=1</script><img src=x onerror=hacked=1>"
    "\"'&\x1b\x00\u202e"
)


@pytest.fixture
def hostile():
    """An op of which every text tries to be markup."""
    case = CaseReport(
        inputs={HOSTILE: np.array([[1.0, -2.0]])},
        params={HOSTILE: HOSTILE},
        dtype=HOSTILE,
        layout=HOSTILE,
        cotangents=(np.ones((1, 2)),),
        gradients={HOSTILE: np.array([[3.0, 4.0]])},
        comparisons=tuple(
            replace(compared(f"{HOSTILE}[0,{i}]", 3.0 + i, 1.0), argument=HOSTILE) for i in range(2)
        ),
    )
    failure = Failure(
        kind=Kind.VALUE,
        headline=HOSTILE,
        message=HOSTILE,
        argument=HOSTILE,
        broken=HOSTILE,
        case=case,
        worst=case.comparisons[0],
        raised=Raised(
            type=HOSTILE,
            message=HOSTILE,
            location=Location(HOSTILE, 1),
            traceback=f"{HOSTILE}\n{HOSTILE}",
        ),
        location=Location(HOSTILE, 2),
        looks_like=HOSTILE,
        only_where=HOSTILE,
        besides=(HOSTILE, HOSTILE),
        curve=Curve(
            where=HOSTILE,
            analytic=1.0,
            low=0.0,
            high=0.0,
            bar=1e-9,
            chosen=1e-3,
            points=(CurvePoint(step=0.1, difference=0.2, rounding=1e-12),),
        ),
    )
    return Result(
        op=HOSTILE,
        verdict=Verdict.FAIL,
        cases=1,
        probes=2,
        margin=9.0,
        where=HOSTILE,
        notes=(HOSTILE,),
        failure=failure,
    )
