"""From a trial to the numeric problem that it poses."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from gradcheck.cases.case import Case
from gradcheck.checks.calling import as_tuple, called
from gradcheck.checks.trial import Broken, OpRaised, Trial
from gradcheck.checks.violation import Violation
from gradcheck.ndarrays import buckets
from gradcheck.ndarrays.dtypes import double_of, is_low, named, unit_of
from gradcheck.ndarrays.flat import flat, is_differentiable
from gradcheck.ndarrays.types import Array, Parts
from gradcheck.numeric.argument import Argument
from gradcheck.numeric.claim import Claim
from gradcheck.numeric.comparison import Comparison
from gradcheck.numeric.conditioning import Nudge, nudged, shaken
from gradcheck.numeric.directional import RANDOM
from gradcheck.numeric.forward import FlatForward
from gradcheck.numeric.paths import DensePath, length
from gradcheck.numeric.point import Point
from gradcheck.numeric.problem import Problem
from gradcheck.results.kind import Kind
from gradcheck.spec.domains import Domain

_HUGE = 2.0**20  # arbitrary, 2**10 to 2**40: scales of entries, above which a direction is split


def problem_of(trial: Trial) -> Problem:
    """The comparison of a trial's gradients with numeric derivatives of its forward."""
    return Problem(point_of(trial), pad=lambda part: _pad(trial, trial.active[part]))


def point_of(trial: Trial, forward: Callable[..., Any] | None = None) -> Point:
    """The point at which gradients are judged, for derivatives of a forward.

    That is the trial's own, or another that takes double precision.
    """
    case, subject = trial.case, trial.subject
    domains = case.domains or (None,) * len(case.inputs)
    function = FlatForward(
        forward or subject.measured or subject.forward,
        [wide(x) for x in case.inputs],
        trial.active,
        dict(case.params),
        [None if d is None else d.retract for d in (domains[i] for i in trial.active)],
    )
    return Point(
        function=function,
        arguments=[argument_of(trial, i) for i in trial.active],
        base=_joined(trial.base),
        weights=_joined(trial.weights),
        gradient=[_double(flat(trial.gradients[n])) for n in trial.inputs.differentiable],
        rtol=subject.rtol,
        seed=case.cotangent.seed,
        nearby_gradient=lambda seed: _nearby_gradient(trial, seed, nudged),
        shaken_gradient=lambda seed: _nearby_gradient(trial, seed, shaken),
    )


def argument_of(trial: Trial, place: int) -> Argument:
    """How the input at a place may be moved, by its domain."""
    x = trial.case.inputs[place]
    domain: Domain | None = trial.case.domains[place] if trial.case.domains else None
    is_complex = x.dtype.kind == "c"
    room = project = contains = None

    def shaped(u: Array) -> Array:
        return (u.view(np.complex128) if is_complex else u).reshape(x.shape)

    if domain is not None:
        if domain.room is not None:
            room = np.repeat(np.ravel(domain.room(x)), 2 if is_complex else 1).astype(np.float64)
        if (move := domain.project) is not None:
            project = lambda u: flat(move(x, shaped(u)))  # noqa: E731 - two of a kind
        if (holds := domain.contains) is not None:
            contains = lambda u: holds(shaped(u))  # noqa: E731
    return Argument(trial.case.names[place], x.shape, is_complex, room, project, contains)


def compare_jvp(trial: Trial, problem: Problem) -> Comparison | Violation:
    """Compare the jvp with the reference along a random direction."""
    claimed = jvp_claim(trial, problem.point)
    return claimed if isinstance(claimed, Violation) else problem.judge(*claimed)


def jvp_claim(trial: Trial, point: Point) -> tuple[DensePath, Claim] | Violation:
    """The jvp's claim about a random direction in the inputs' dtype."""
    dtypes = [trial.case.inputs[i].dtype for i in trial.active]
    tangents = tuple(
        point.function.shaped(k, u).astype(dtype)
        for k, (u, dtype) in enumerate(zip(_ordinary_direction(point), dtypes, strict=True))
    )
    direction = [_double(flat(t)) for t in tangents]
    returned = tangents_of(trial, tangents)
    moved = _checked(trial, returned)
    if isinstance(moved, Violation):
        return moved
    terms = _double(moved) * point.weights
    claim = Claim(
        where=RANDOM,
        argument=None,
        slope=float(terms.sum()),
        size=length(terms),
        rule="jvp",
    )
    return point.path_along(direction), claim


def _ordinary_direction(point: Point) -> Parts:
    """A random direction that moves no huge entry beside ordinary ones.

    A step of a huge one crosses whole periods of the forward, whose differences then look like
    a slope of all others: sin of 8e160 beside sin of 1.
    """
    direction = point.random_direction()
    if not any(((scales > 0) & (scales <= _HUGE)).any() for scales in point.scales):
        return direction
    pairs = zip(direction, point.scales, strict=True)
    return [np.where(scales <= _HUGE, u, 0.0) for u, scales in pairs]


def tangents_of(trial: Trial, tangents: tuple[Array, ...]) -> tuple[Array, ...]:
    """The jvp's tangents of the outputs, for one tangent per differentiable input."""
    assert trial.subject.jvp is not None
    out = trial.as_returned(trial.outputs)
    inputs, params = trial.case.arranged(), trial.case.params
    return as_tuple(called("jvp", trial.subject.jvp, tangents, inputs, params, out))


def in_double(case: Case) -> Case:
    """The case in double precision, in which formulas are judged."""
    if not any(is_low(x.dtype) for x in case.inputs):
        return case
    dtype = double_of(named(case.dtype)).name
    return replace(case, inputs=tuple(wide(x) for x in case.inputs), dtype=dtype)


def wide(x: Array) -> Array:
    """An input in double precision, C-contiguous; integers as they are."""
    return np.asarray(x, dtype=double_of(x.dtype), order="C")


def _nearby_gradient(trial: Trial, seed: int, move: Nudge) -> list[Array] | None:
    """The gradient one unit in the last place from the inputs."""
    rng = buckets.generator(seed)
    inputs = [
        move(x, rng, unit_of(x.dtype).eps) if is_differentiable(x) else x for x in trial.case.inputs
    ]
    try:
        gradients = trial.gradients_at(inputs=inputs)
    except (OpRaised, Broken):
        return None
    return [flat(gradients[name]) for name in trial.inputs.differentiable]


def _pad(trial: Trial, place: int) -> int | None:
    """Axes between a stack of copies and an input, if it broadcasts."""
    signature = trial.subject.signature
    if signature is None or not all(out.leading for out in signature.outputs):
        return None
    if place >= len(signature.inputs) or not signature.inputs[place].leading:
        return None
    ranks = []
    for x, argument in zip(trial.case.inputs, signature.inputs, strict=True):
        ranks.append(x.ndim - len(argument.dims) if argument.leading else 0)
    return max(ranks) - ranks[place] if min(ranks) >= 0 else None


def _checked(trial: Trial, moved: Sequence[Array]) -> Array | Violation:
    """Join a jvp's tangents, if they have the form of the outputs."""
    kinds = [(t.shape, t.dtype) for t in moved]
    wanted = [(o.shape, o.dtype) for o in trial.outputs]
    if kinds != wanted:
        got, right = (", ".join(f"{d} of shape {s}" for s, d in each) for each in (kinds, wanted))
        return Violation(
            Kind.JVP,
            "the jvp has the wrong shape or dtype",
            f"The jvp returned {got}; the forward returns {right}.",
            culprit="jvp",
        )
    return np.concatenate(
        [flat(t) for t, o in zip(moved, trial.outputs, strict=True) if is_differentiable(o)]
    )


def _double(vector: Array) -> Array:
    return vector.astype(np.float64, copy=False)


def _joined(arrays: list[Array]) -> Array:
    """Arrays flat and end to end, in double precision."""
    if len(arrays) == 1:
        return _double(flat(arrays[0]))
    return np.concatenate([flat(array) for array in arrays], dtype=np.float64)
