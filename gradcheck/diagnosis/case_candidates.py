"""Candidates on cases: table conditions, sizes, params, and how they relate."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence

import numpy as np

from gradcheck.cases.case import Case
from gradcheck.cases.conditions import CONDITIONS, CallView, in_order, traits_of
from gradcheck.diagnosis.quantities import numeric_params
from gradcheck.diagnosis.rerun import Observed
from gradcheck.diagnosis.separation import Candidate, Observations, Question
from gradcheck.diagnosis.thresholds import conditions_on
from gradcheck.ndarrays.types import Array
from gradcheck.spec.signature import Signature

# Sizes of blocks in which loops are unrolled and kernels work.
_BLOCKS = (4, 8, 16, 32)


def on_cases(observed: Sequence[Observed], signature: Signature | None) -> Question:
    """Ask for a property of failing cases that passing ones lack."""
    fails = np.array([each.fails for each in observed])
    candidates = [
        *_of_params(observed, fails),
        *_of_numbers(observed, fails),
        *_of_broadcasting(observed, signature),
        *_of_table(observed, signature),
    ]
    return Question(Observations(fails, np.arange(fails.size)), candidates)


def _of_params(observed: Sequence[Observed], fails: Array) -> Iterator[Candidate]:
    """Choices: strings, booleans, None."""
    params = [each.case.params for each in observed]
    for name in params[0]:
        failing = [p.get(name) for p, wrong in zip(params, fails, strict=True) if wrong]
        choice = failing[0]
        if not isinstance(choice, str | bool | None):
            continue
        yield Candidate(
            f"{name} = {choice!r}",
            np.array([type(p.get(name)) is type(choice) and p.get(name) == choice for p in params]),
            telling=True,
        )


def _of_numbers(observed: Sequence[Observed], fails: Array) -> Iterator[Candidate]:
    """Sizes and numeric params by themselves, and in relation to each other."""
    numbers = [_numbers(each.case) for each in observed]
    common = [name for name in numbers[0] if all(name in each for each in numbers)]
    table = {name: np.array([each[name] for each in numbers]) for name in common}
    for name, values in table.items():
        yield from conditions_on(name, values, fails, sizes=name not in observed[0].case.params)
    whole = {
        name: values
        for name, values in table.items()
        if (values == np.rint(values)).all() and not name.endswith((".ndim", ".size"))
    }
    for one, other in itertools.combinations(whole, 2):
        for relation, holds in (
            ("≠", whole[one] != whole[other]),
            ("=", whole[one] == whole[other]),
            (">", whole[one] > whole[other]),
            ("<", whole[one] < whole[other]),
        ):
            yield Candidate(f"{one} {relation} {other}", holds, telling=relation in "≠=")
    yield from _of_division(whole, {n for n in whole if n in observed[0].case.params})


def _of_division(whole: dict[str, Array], params: set[str]) -> Iterator[Candidate]:
    """Sizes, and differences of two, that a number does not divide."""
    sizes = {name: values for name, values in whole.items() if name not in params}
    for name, values in sizes.items():
        yield Candidate(f"{name} is odd", values % 2 == 1)
        yield Candidate(f"{name} is even", values % 2 == 0)
        for block in _BLOCKS:
            yield Candidate(f"{name} is not a multiple of {block}", values % block != 0)
    dividends = sizes | {
        f"{a} − {b}": whole[a] - whole[b] for a, b in itertools.permutations(whole, 2)
    }
    for divisor in sorted(params):
        if (whole[divisor] < 1).any():
            continue
        for name, values in dividends.items():
            if divisor not in name.split(" − "):
                yield Candidate(
                    f"{divisor} does not divide {name}",
                    values % whole[divisor] != 0,
                    telling=True,
                )


def _of_broadcasting(
    observed: Sequence[Observed], signature: Signature | None
) -> Iterator[Candidate]:
    """Whether an input is repeated along some axis, whichever it is."""
    broadcast = CONDITIONS["gradient", "broadcast"]
    calls = [CallView.of(each.case, signature) for each in observed]
    for name in calls[0].shapes.leads if signature is not None else ():
        holds = np.array([broadcast.holds(call, name) for call in calls])
        yield Candidate(str(broadcast.of(name)), holds, telling=True)


def _of_table(observed: Sequence[Observed], signature: Signature | None) -> Iterator[Candidate]:
    """Conditions of the table that hold of some case."""
    shown = [
        traits_of(each.case, signature=signature, cotangents=each.cotangents) for each in observed
    ]
    for trait in sorted(frozenset().union(*shown), key=in_order):
        holds = np.array([trait in traits for traits in shown])
        yield Candidate(str(trait), holds, telling=True)


def _numbers(case: Case) -> dict[str, float]:
    """Sizes and numeric params; axes are named only without a signature."""
    numbers = {name: float(size) for name, size in case.sizes.items() if size is not None}
    numbers |= numeric_params(case.params)
    arrays = {k: v for k, v in case.params.items() if isinstance(v, np.ndarray)}
    for name, array in {**dict(zip(case.names, case.inputs, strict=True)), **arrays}.items():
        numbers[f"{name}.ndim"] = array.ndim
        numbers[f"{name}.size"] = math.prod(array.shape)
        if not case.sizes:
            for axis in range(1, array.ndim + 1):
                numbers[f"{name}.shape[−{axis}]"] = array.shape[-axis]
    return numbers
