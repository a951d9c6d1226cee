"""How mutants are planted: one gradient at a time."""

import numpy as np
from hypothesis import strategies as st

import gradcheck as gc
from gradcheck.audit.mutants import select
from gradcheck.audit.mutants.mutant import targets
from gradcheck.audit.mutants.outcome import Fate
from tests.mutant_ops import (
    bench,
    fates,
    gather,
    product,
)


def test_a_mutant_is_planted_into_one_gradient_at_a_time():
    found = bench(product)
    (negated,) = select(["negated"])
    first, second = targets(negated, found.spec, found.cases[0])
    assert (first.name, second.name) == ("x", "y")
    planted = found.watch(negated, second).subject
    x, y, g = np.array([1.0, 2.0]), np.array([3.0, 4.0]), np.array([5.0, 6.0])
    dx, dy = planted.vjp(g, (x, y), {}, x * y)
    assert dx.tolist() == [15.0, 24.0]
    assert dy.tolist() == [-5.0, -12.0]


def test_inputs_without_a_gradient_are_no_targets():
    found = bench(gather)
    (negated,) = select(["negated"])
    assert [target.name for target in targets(negated, found.spec, found.cases[0])] == ["x"]


def test_of_any_number_of_arrays_the_first_and_the_last_are_targets():
    def join():
        calls = st.integers(1, 3).flatmap(
            lambda k: st.tuples(*[gc.arrays((2,))] * k).map(lambda arrays: gc.call(*arrays))
        )

        def vjp(g, arrays):
            return tuple(part.copy() for part in np.split(g, len(arrays)))

        return gc.op(name="join", cases=calls)(lambda *arrays: np.concatenate(arrays)).vjp(vjp)

    assert {name: each.fate for name, each in fates("doubled", bench(join, 30)).items()} == {
        "arrays[0]": Fate.KILLED,
        "arrays[-1]": Fate.KILLED,
    }
