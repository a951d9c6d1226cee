"""How a mutant is watched, and the bench on which it is tried."""

import numpy as np
import pytest

from gradcheck.audit.mutants import select
from gradcheck.audit.mutants.mutant import targets
from gradcheck.audit.mutants.watcher import differs
from gradcheck.cases.sampling import quiet
from tests.mutant_ops import (
    bench,
    cube,
    exponential,
)


@pytest.mark.parametrize(
    ("one", "other", "differ"),
    [
        (np.array([1.0, np.nan]), np.array([1.0, np.nan]), False),
        (np.array([0.0]), np.array([-0.0]), False),
        (np.float64(2.0), np.array(2.0), False),
        (np.array([1.0]), np.array([1.0 + 1e-15]), True),
        (np.array([1.0]), np.array(1.0), True),
        (np.array([1.0]), np.array([1.0], np.float32), True),
        ([1.0], np.array([1.0]), True),
        (None, np.array([1.0]), True),
    ],
)
def test_gradients_differ_in_value_shape_dtype_or_kind(one, other, differ):
    assert differs(one, other) is differ


def test_the_liveliest_small_cases_come_first():
    found = bench(cube)
    sizes = [sum(d.size for d in run.trial.gradients.values()) for run in found.runs]
    assert 1 < sizes[0] <= 6
    last = found.runs[-1].trial
    assert not last.is_finite or not all(d.any() for d in last.gradients.values())


def test_a_mutant_is_watched_in_every_call():
    found = bench(cube)
    (chosen,) = select(["doubled-at-zero"])
    (target,) = targets(chosen, found.spec, found.cases[0])
    watch = found.watch(chosen, target)
    right = watch.subject.vjp(np.ones(2), (np.array([1.0, 2.0]),), {}, np.array([1.0, 8.0]))
    assert (watch.triggered, watch.changed) == (False, False)
    assert right[0].tolist() == [3.0, 12.0]
    watch.subject.vjp(np.ones(2), (np.array([0.0, 2.0]),), {}, np.array([0.0, 8.0]))
    assert (watch.triggered, watch.changed) == (True, False)  # twice 0 is 0


def test_reasons_are_those_of_the_trigger_or_of_the_vjp():
    found = bench(exponential)
    with quiet(), np.errstate(all="ignore"):
        reasons = [
            found.barred(*_planned(name, found))
            for name in ("conjugated", "input-in-memory-order", "doubled")
        ]
    assert reasons == ["no dtype that is drawn is complex", "the vjp does not read x", ""]


def _planned(name, found):
    (chosen,) = select([name])
    return chosen, targets(chosen, found.spec, found.cases[0])[0]
