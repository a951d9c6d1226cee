"""A case as data: made from a call, named by the forward's parameters, laid out afresh."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import strategies as st

import gradcheck as gc
from gradcheck.cases.case import Case, argument_names, as_dtype, case_of
from gradcheck.errors import SpecError

ADD = gc.op("(...),(...)->(...)", name="add", domains={"a": gc.positive()})(lambda a, b: a + b).vjp(
    lambda g, a, b: (g, g)
)
JOIN = gc.op(cases=st.nothing(), name="join")(lambda *xs: np.concatenate(xs)).vjp(lambda g, xs: xs)


def test_a_case_of_a_call_has_ones_for_cotangents_and_keeps_the_domains():
    case = case_of(ADD, gc.call([1.0, 2.0], 3.0))
    assert [x.tolist() for x in case.inputs] == [[1.0, 2.0], 3.0]
    assert case.names == ("a", "b")
    assert [str(d) for d in case.domains] == ["positive", "None"]
    (g,) = case.cotangent.cotangents([np.zeros((2, 3))])
    np.testing.assert_array_equal(g, np.ones((2, 3)))


def test_a_case_of_a_call_holds_copies():
    x = np.ones(2)
    case = case_of(ADD, gc.call(x, x))
    x[:] = 7.0
    assert case.inputs[0].tolist() == case.inputs[1].tolist() == [1.0, 1.0]


@pytest.mark.parametrize(
    ("inputs", "dtype"),
    [
        ((np.ones(1, np.float32), np.arange(2)), "float32"),
        ((np.arange(2), np.ones(1, np.complex64)), "complex64"),
        ((np.arange(2), np.arange(2)), "float64"),
    ],
)
def test_the_dtype_is_that_of_the_first_floating_input(inputs, dtype):
    assert case_of(ADD, gc.call(*inputs)).dtype == dtype


def test_an_op_that_does_not_widen_gets_its_own_dtype():
    short = replace(ADD, widens=False, dtypes=("float32",))
    assert {x.dtype.name for x in case_of(short, gc.call([1.0], [2.0])).inputs} == {"float32"}


def test_variadic_inputs_are_numbered_and_have_no_domain():
    case = case_of(JOIN, gc.call([1.0], [2.0], [3.0]))
    assert case.names == ("xs[0]", "xs[1]", "xs[2]")
    assert case.domains == (None, None, None)


def test_more_inputs_than_forward_takes_are_an_error():
    with pytest.raises(SpecError, match="'add' has 3 inputs; forward takes 2: a and b"):
        argument_names(ADD, 3)
    assert argument_names(ADD, 1) == ("a",)


@pytest.mark.parametrize(
    ("value", "dtype", "result"),
    [
        (1.5, "float32", "float32"),
        (np.float16(1.5), "float64", "float64"),
        (3, "float32", "int64"),
        (np.complex128(1j), "float32", "complex128"),
        (np.float32(1), "complex128", "float32"),
    ],
)
def test_only_real_values_change_to_a_real_dtype(value, dtype, result):
    assert as_dtype(value, np.dtype(dtype)).dtype == result


def test_a_case_is_empty_if_one_input_is():
    assert Case(inputs=(np.ones(2), np.ones((0, 2))), names=("a", "b")).empty
    assert not Case(inputs=(np.ones(()),), names=("a",)).empty


def test_arranged_inputs_are_fresh_each_time():
    case = Case(inputs=(np.arange(6.0).reshape(2, 3),), names=("x",), layout="Fortran")
    first, again = case.arranged()[0], case.arranged()[0]
    assert first.flags.f_contiguous
    first[:] = 9.0
    np.testing.assert_array_equal(again, case.inputs[0])
    assert case.inputs[0].max() == 5.0
