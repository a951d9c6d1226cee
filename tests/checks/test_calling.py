"""Calls of an op's functions: what they raise is theirs, what they return is a tuple."""

import numpy as np
import pytest

from gradcheck.checks.calling import as_tuple, called
from gradcheck.checks.exceptions import OpRaised


def test_arguments_reach_the_function_whatever_they_are_called():
    assert called(
        "vjp", lambda x, *, culprit, function: (x, culprit, function), 1, culprit=2, function=3
    ) == (1, 2, 3)


@pytest.mark.parametrize("error", [ValueError("no"), SystemExit(3), MemoryError()])
def test_an_exception_leaves_with_the_function_that_raised_it(error):
    def fail():
        raise error

    with pytest.raises(OpRaised) as caught:
        called("jvp", fail)
    assert (caught.value.culprit, caught.value.error) == ("jvp", error)


@pytest.mark.parametrize("error", [KeyboardInterrupt, GeneratorExit])
def test_an_interruption_is_nobody_s_mistake(error):
    def fail():
        raise error

    with pytest.raises(error):
        called("forward", fail)


def test_one_result_is_a_tuple_of_one():
    (number,) = as_tuple(2.0)
    assert (type(number), number.shape) == (np.ndarray, ())
    one, other = as_tuple((np.ones(2), 3))
    assert (one.shape, other.dtype.kind) == ((2,), "i")
