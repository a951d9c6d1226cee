"""A failing case taken apart: the right gradient, by differences, and what was returned."""

import numpy as np
import pytest

import gradcheck as gc
from gradcheck.cases.case import Case
from gradcheck.checks.subject import subject_of
from gradcheck.diagnosis.specimen import Specimen, Unfit

X, W = np.array([1.0, -2.0]), np.array([3.0, 0.5])


def specimen(rule=lambda g, x, w: (-g * w, g * x), name="x", forward=lambda x, w: x * w, **spec):
    made = gc.op("(n),(n)->(n)", name="op", **spec)(forward)
    made.vjp(rule)
    return Specimen(subject_of(made), Case(inputs=(X, W), names=("x", "w")), name)


def test_the_right_gradient_and_the_wrong_entries():
    found = specimen(lambda g, x, w: (np.where(x < 0, -1, 1) * g * w, g * x))
    np.testing.assert_allclose(found.right.value, found.g * W, rtol=1e-9)
    assert found.wrong.tolist() == [False, True]
    assert found.seen is found.returned


def test_gradients_beside_it():
    found = specimen()
    np.testing.assert_allclose(found.right_of("w").value, found.g * X, rtol=1e-9)
    assert not found.beside("w").wrong.any()
    assert found.beside("w") is found.beside("w")


def test_the_right_gradient_elsewhere():
    found = specimen()
    there = found.elsewhere(inputs={"w": 10 * W})
    np.testing.assert_allclose(there.value, 10 * found.g * W, rtol=1e-9)
    assert found.elsewhere(inputs={"w": np.full(2, np.inf)}) is None


def test_the_vjp_for_another_cotangent():
    found = specimen()
    np.testing.assert_array_equal(found.vjp(np.zeros_like), [0, 0])
    np.testing.assert_allclose(found.vjp(lambda g: 2 * g), 2 * found.returned)


def test_a_gradient_of_another_shape_is_wrong_everywhere():
    found = specimen(lambda g, x, w: ((g * w)[:1], g * x))
    assert found.wrong.tolist() == [True]


def test_arrays_by_name():
    found = specimen()
    assert found.array("x") is found.x
    assert found.array("out") is found.out
    assert found.array("g") is found.g


@pytest.mark.parametrize(
    ("rule", "kwargs"),
    [
        (lambda g, x, w: (None, g * x), {}),
        (lambda g, x, w: (g * w,), {}),
        (lambda g, x, w: 1 / 0, {}),
        (lambda g, x, w: (g * w, g * x), {"forward": lambda x, w: x * w + np.inf}),
        (lambda g, x, w: (g * w, g * x), {"widens": False, "dtypes": "float32"}),
        (lambda g, w: (None, g * X), {"nondiff": ("x",)}),
    ],
)
def test_what_cannot_be_taken_apart(rule, kwargs):
    with np.errstate(all="ignore"), pytest.raises(Unfit):
        specimen(rule, **kwargs)


def narrow(x, w):
    if x.dtype != np.float32:
        raise TypeError("float32 only")
    return x * w


@pytest.mark.parametrize("reference", [lambda x, w: x * w, None])
def test_a_kernel_of_short_dtypes_is_taken_apart_by_its_reference(reference):
    made = gc.op("(n),(n)->(n)", name="op", dtypes="float32", widens=False, reference=reference)(
        narrow
    )
    made.vjp(lambda g, x, w: (-g * w, g * x))
    x, w = X.astype(np.float32), W.astype(np.float32)
    case = Case(inputs=(x, w), names=("x", "w"), dtype="float32")
    if reference is None:
        with pytest.raises(Unfit):
            Specimen(subject_of(made), case, "x")
        return
    found = Specimen(subject_of(made), case, "x")
    assert found.wrong.all()
    assert not found.beside("w").wrong.any()
    np.testing.assert_allclose(found.right.value, found.g * w, rtol=1e-6)


def test_outputs_without_entries_leave_nothing_to_be_wrong():
    made = gc.op("(n)->(m)", name="op")(lambda x: x[:0])
    made.vjp(lambda g, x: np.ones_like(x))
    found = Specimen(subject_of(made), Case(inputs=(X,), names=("x",)), "x")
    assert found.right.value.tolist() == [0, 0]
    assert found.wrong.all()


def test_rounding_is_relative_to_the_terms_of_the_sum():
    made = gc.op("(n)->()", name="op")(lambda x: np.sum(x) - x[0])
    made.vjp(lambda g, x: np.ones_like(x))
    found = Specimen(subject_of(made), Case(inputs=(X,), names=("x",)), "x")
    np.testing.assert_allclose(found.spent, [0, abs(found.g)], atol=1e-9)
