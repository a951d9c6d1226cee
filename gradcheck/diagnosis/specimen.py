"""A failing case taken apart: the returned gradient and the right one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.cases.case import Case
from gradcheck.checks.posing import in_double, point_of
from gradcheck.checks.subject import Subject
from gradcheck.checks.trial import Broken, OpRaised, Trial
from gradcheck.checks.violation import Violation
from gradcheck.diagnosis.intervals import Measured
from gradcheck.diagnosis.jacobians import direction, jacobian_of, spread
from gradcheck.diagnosis.right_gradient import RightGradient
from gradcheck.ndarrays.flat import flat, is_differentiable
from gradcheck.ndarrays.types import Array
from gradcheck.numeric.point import Point

_MOST_NUMBERS = 500_000  # derived: numbers of a Jacobian, 4 MB
_MOST_ELSEWHERE = 8  # arbitrary: entries that are measured at another point


class Unfit(Exception):
    """A case cannot be taken apart: the op raised, or overflowed."""


class Specimen(RightGradient):
    """A case in double precision, with one returned and right gradient.

    Attributes:
        trial: the case as it was run.
        name: the input.
        x: its values.
        returned: the gradient as the vjp returned it, of whatever shape.
        out: the first output.
        g: its cotangent.
    """

    def __init__(self, subject: Subject, case: Case, name: str) -> None:
        """Run the case.

        Raises:
            Unfit: where there is nothing to compare.
        """
        if not subject.widens and subject.reference is None:
            raise Unfit
        trial = _run(subject, in_double(case) if subject.widens else case)
        inputs = dict(zip(case.names, trial.case.inputs, strict=True))
        returned = returned_by_name(trial).get(name)
        if name not in trial.inputs.differentiable or not _is_array(returned):
            raise Unfit
        if inputs[name].size * sum(out.size for out in trial.base) > _MOST_NUMBERS:
            raise Unfit
        super().__init__(trial, name, inputs[name], _point(trial))
        self._beside: dict[str, Specimen | None] = {}
        self.inputs: Mapping[str, Array] = inputs
        self.returned: Array = np.asarray(returned)

    @property
    def case(self) -> Case:
        return self.trial.case

    @property
    def outputs(self) -> list[Array]:
        """The differentiable outputs, as no rule has seen them."""
        return self.trial.base

    @property
    def cotangents(self) -> list[Array]:
        """Their cotangents."""
        return self.trial.weights

    def array(self, name: str) -> Array:
        """The array of that name: `out`, `g`, an input, or a param."""
        if name in ("out", "g"):
            return self.out if name == "out" else self.g
        return self.inputs[name] if name in self.inputs else np.asarray(self.case.params[name])

    @property
    def out(self) -> Array:
        return self.outputs[0]

    @property
    def g(self) -> Array:
        return self.cotangents[0]

    @cached_property
    def seen(self) -> Array:
        """The returned gradient, along the moves that the domain leaves entries."""
        if not self.projected or self.returned.shape != self.x.shape:
            return self.returned
        gradient = flat(self.returned)
        along = [direction(self.point, self.part, i) @ gradient for i in range(gradient.size)]
        return self.shaped(np.array(along))

    @cached_property
    def wrong(self) -> NDArray[np.bool_]:
        """Which entries differ from the right gradient; all where the shape does."""
        if self.seen.shape != self.right.shape:
            return np.ones(self.seen.shape, bool)
        return ~self.right.agrees(self.seen)

    def beside(self, name: str) -> Specimen | None:
        """The same case taken apart for another input, if that is possible."""
        if name not in self._beside:
            try:
                self._beside[name] = Specimen(self.trial.subject, self.case, name)
            except Unfit:
                self._beside[name] = None
        return self._beside[name]

    def right_of(self, name: str) -> Measured | None:
        """The right gradient of another input."""
        other = self.beside(name)
        return None if other is None else other.right

    def elsewhere(
        self, inputs: Mapping[str, Array] | None = None, params: Mapping[str, Any] | None = None
    ) -> Measured | None:
        """The right gradient at other inputs or for other params.

        Returns:
            None where the forward does not work there, or gives outputs of another shape.
        """
        values = {**self.inputs, **(inputs or {})}
        case = replace(
            self.case,
            inputs=tuple(
                np.array(values[name], np.result_type(values[name], x))
                for name, x in zip(self.case.names, self.case.inputs, strict=True)
            ),
            params={**self.case.params, **(params or {})},
        )
        try:
            there = _called(self.trial.subject, case)
        except Unfit:
            return None
        if [out.shape for out in there.base] != [out.shape for out in self.outputs]:
            return None
        jacobian = jacobian_of(_point(there), self.part, self._telling)
        return self.gradient(jacobian.slopes, self.cotangents)

    def vjp(self, change: Callable[[Array], Array]) -> Array | None:
        """The gradient for changed cotangents; None where the vjp cannot."""
        changed: list[Array | None] = [
            None if g is None else change(g).astype(g.dtype) for g in self.trial.fresh_cotangents()
        ]
        try:
            return self.trial.gradients_at(cotangents=changed)[self.name]
        except (OpRaised, Broken):
            return None

    @cached_property
    def _telling(self) -> list[int]:
        """Some entries that tell most about a guess: wrong ones first."""
        wrong = np.repeat(np.ravel(self.wrong), 2 if np.iscomplexobj(self.x) else 1)
        if wrong.size != self.entries:
            return spread(self.entries, _MOST_ELSEWHERE)
        first = np.argsort(~wrong, kind="stable")
        return [int(i) for i in first[:_MOST_ELSEWHERE]]


def returned_by_name(trial: Trial) -> dict[str, Any]:
    """Returned gradients by input, even if they break the contract."""
    items = trial.returned if isinstance(trial.returned, tuple) else (trial.returned,)
    for names in (trial.inputs.differentiable, tuple(trial.inputs.arrays)):
        if len(items) == len(names):
            return dict(zip(names, items, strict=True))
    return {}


def _run(subject: Subject, case: Case) -> Trial:
    trial = _called(subject, case)
    try:
        trial.call_vjp()
    except OpRaised as raised:
        raise Unfit from raised
    return trial


def _called(subject: Subject, case: Case) -> Trial:
    trial = Trial(subject, case)
    try:
        unlike = trial.call_forward()
    except OpRaised as raised:
        raise Unfit from raised
    if isinstance(unlike, Violation) or not trial.is_finite or not trial.active:
        raise Unfit
    return trial


def _point(trial: Trial) -> Point:
    """The point of a trial, for its slopes alone."""
    trial.weights = trial.weights or trial.base
    for name in trial.inputs.differentiable:
        trial.gradients.setdefault(name, np.zeros_like(trial.inputs.arrays[name]))
    if trial.subject.widens:
        return point_of(trial)
    point = point_of(trial, trial.subject.reference)
    base = point.function(point.inputs)
    if base is None or base.shape != point.base.shape or not np.isfinite(base).all():
        raise Unfit
    return replace(point, base=base.astype(np.float64))


def _is_array(item: Any) -> bool:
    return isinstance(item, np.ndarray | np.generic | float | complex) and is_differentiable(
        np.asarray(item)
    )
