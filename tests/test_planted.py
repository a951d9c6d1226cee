"""Planted mistakes: each is found with the default settings, and its right twin passes."""

from pathlib import Path

import pytest

from gradcheck import check
from gradcheck.__main__ import main
from gradcheck.registry import Registry
from gradcheck.results import Kind
from gradcheck.verdict import Verdict

FOLDER = Path(__file__).parent / "planted"
ENTRIES = 12  # that a smallest case has at most


def loaded(name):
    registry = Registry()
    registry.load(FOLDER / name)
    return {spec.name: spec for spec in registry}


BUGS, TWINS = loaded("bugs.py"), loaded("twins.py")
# What is said of each: the kind of failure, and the argument it is about.
SAID = {
    "affine": (Kind.SHAPE, "w"),
    "relu": (Kind.VALUE, "x"),
    "softmax_loss": (Kind.VALUE, "x"),
    "batch_norm": (Kind.VALUE, "x"),
    "dropout": (Kind.VALUE, "x"),
    "centre_rows": ((Kind.SHAPE, Kind.RAISED, Kind.VALUE), "x"),
    "rnn": (Kind.VALUE, ("wx", "wh")),
    "conv1d_padded": (Kind.SHAPE, "x"),
    "add_same": (Kind.ALIASING, "x"),
    "l1": (Kind.VALUE, "x"),
    "prod": (Kind.NONFINITE, "x"),
    "cross_entropy_sum": (Kind.VALUE, "x"),
    "power": (Kind.NONFINITE, "b"),
    "max_last": (Kind.VALUE, "x"),
    "conv1d_strided": (Kind.SHAPE, "x"),
    "conv1d": (Kind.VALUE, "w"),
    "max_pool1d": (Kind.VALUE, "x"),
    "sum_axis": (Kind.RAISED, None),
    "diag": (Kind.SHAPE, "x"),
    "add": (Kind.SHAPE, ("a", "b")),
    "mean_rows": (Kind.VALUE, "x"),
    "matmul": (Kind.SHAPE, ("a", "b")),
    "square": (Kind.VALUE, "x"),
    "scale": ((Kind.MUTATION, Kind.RAISED), None),
    "std": (Kind.NONFINITE, "x"),
    "rms_norm": (Kind.VALUE, "x"),
    "softmax": (Kind.VALUE, "x"),
    "divide": ((Kind.VALUE, Kind.NONFINITE), "b"),
    "smooth_l1": (Kind.VALUE, ("x", "y")),
    "swiglu": (Kind.VALUE, ("a", "b")),
    "mse": (Kind.VALUE, ("p", "t")),
    "exp_or_linear": (Kind.NONFINITE, "x"),
    "softplus": (Kind.NONFINITE, "x"),
    "cross": (Kind.VALUE, "b"),
    "layer_norm": (Kind.VALUE, "x"),
    "atanh": (Kind.NONFINITE, "x"),
    "elu": (Kind.VALUE, "x"),
    "embedding": (Kind.VALUE, "table"),
    "l2_penalty_loss": (Kind.VALUE, "w"),
    "bce": (Kind.VALUE, "p"),
}


def test_every_mistake_has_a_right_twin():
    assert list(BUGS) == list(TWINS) == list(SAID)
    assert len(BUGS) >= 24


@pytest.mark.parametrize("name", SAID)
def test_a_planted_mistake_is_found(name):
    result = check(BUGS[name])
    failure = result.failure
    assert result.verdict.is_failure, (result.verdict, result.reason)
    kinds, arguments = (x if isinstance(x, tuple) else (x,) for x in SAID[name])
    assert failure.kind in kinds
    assert failure.argument in arguments or failure.kind is Kind.RAISED
    assert sum(x.size for x in failure.case.inputs.values()) <= ENTRIES
    where = failure.raised.location if failure.raised else failure.location
    assert Path(where.file) == FOLDER / "bugs.py"


@pytest.mark.parametrize("name", SAID)
def test_its_right_twin_passes(name):
    result = check(TWINS[name])
    assert result.verdict is Verdict.PASS, result.reason
    assert result.margin <= 1


@pytest.mark.parametrize(("module", "status"), [("bugs.py", 1), ("twins.py", 0)])
def test_a_module_is_run_from_the_command_line(module, status):
    arguments = ["run", "--ops", str(FOLDER / module), "affine", "relu", "-n", "20", "-q"]
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == status
