"""Worked examples: small cases with every number in them, and those the project began with."""

import numpy as np
import pytest

import gradcheck as gc
from gradcheck.errors import SpecError
from gradcheck.run.example import worked_example
from gradcheck.spec.registry import Registry

BUILTIN = Registry()
BUILTIN.load_builtin()
NAMES = [spec.name for spec in BUILTIN]


def analytic(report, name):
    return np.asarray(report.gradients[name])


def numeric(report, name):
    values = [c.reference.value for c in report.comparisons if c.argument == name]
    return np.reshape(values, report.inputs[name].shape)


def test_sigmoid():
    report = worked_example(BUILTIN.get("sigmoid"))
    assert report.inputs["x"].tolist() == [1, 2, 3]
    wanted = np.array([0.19661193, 0.10499359, 0.04517666])
    assert analytic(report, "x") == pytest.approx(wanted, abs=5e-9)
    assert numeric(report, "x") == pytest.approx(wanted, abs=5e-9)


def test_matmul():
    report = worked_example(BUILTIN.get("matmul"))
    assert report.inputs["a"].tolist() == [[1, 2], [3, 4]]
    assert report.inputs["b"].tolist() == [[5, 6], [7, 8]]
    assert report.outputs[0].tolist() == [[19, 22], [43, 50]]
    assert report.cotangents[0].tolist() == [[1, 1], [1, 1]]
    for values in (analytic, numeric):
        assert values(report, "a") == pytest.approx(np.array([[11.0, 15], [11, 15]]), rel=1e-9)
        assert values(report, "b") == pytest.approx(np.array([[4.0, 4], [6, 6]]), rel=1e-9)


def test_broadcasting_add():
    report = worked_example(BUILTIN.get("add"))
    assert [x.tolist() for x in report.inputs.values()] == [[[1, 2], [3, 4]], [5, 6]]
    first, second = report.inputs
    for values in (analytic, numeric):
        assert values(report, first) == pytest.approx(np.ones((2, 2)), rel=1e-9)
        assert values(report, second) == pytest.approx(np.array([2.0, 2.0]), rel=1e-9)


@pytest.mark.parametrize("name", NAMES)
def test_every_built_in_op_has_a_readable_example(name):
    report = worked_example(BUILTIN.get(name))
    entries = sum(x.size for x in report.inputs.values() if x.dtype.kind == "f")
    assert 1 <= entries <= 32
    assert len([c for c in report.comparisons if c.argument]) >= entries
    assert all(c.agrees and not c.reference.problem for c in report.comparisons)
    assert all(np.any(g) for g in report.cotangents)


def plain(name, **options):
    spec = gc.op("(...)->(...)", name=name, **options)(lambda x: 3 * x)
    return spec.vjp(lambda g: 3 * g)


def test_an_op_without_example_gets_a_small_one():
    report = worked_example(plain("worked_triple"))
    assert 1 <= report.inputs["x"].size <= 12
    assert report.layout == "C"
    assert np.any(report.inputs["x"])


def test_the_same_op_gets_the_same_example():
    one, two = (worked_example(plain("worked_again")) for _ in range(2))
    assert (one.inputs["x"] == two.inputs["x"]).all()


def test_a_wrong_gradient_has_an_example_too():
    spec = gc.op("(...)->(...)", name="worked_wrong", example=gc.call(np.array([1.0, 2.0])))
    spec = spec(lambda x: 3 * x)
    report = worked_example(spec.vjp(lambda g: 2 * g))
    assert analytic(report, "x").tolist() == [2, 2]
    assert numeric(report, "x") == pytest.approx([3, 3])
    assert not any(c.agrees for c in report.comparisons)


def test_an_example_that_cannot_be_run_says_why():
    def forward(x):
        raise RuntimeError("out of order")

    spec = gc.op("(n)->(n)", name="worked_broken", example=gc.call(np.ones(2)))(forward)
    spec.vjp(lambda g: g)
    with pytest.raises(SpecError, match=r"cannot be run: .*out of order"):
        worked_example(spec)


def test_an_op_of_which_no_case_runs_has_no_example():
    def forward(x):
        raise RuntimeError("out of order")

    spec = gc.op("(n)->(n)", name="worked_never")(forward)
    spec.vjp(lambda g: g)
    with pytest.raises(SpecError, match="No case of 'worked_never' could be drawn and run"):
        worked_example(spec)
