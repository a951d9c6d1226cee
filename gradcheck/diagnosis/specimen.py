"""A failing case taken apart: the returned gradient and the right one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
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
from gradcheck.diagnosis.intervals import Measured, pulled
from gradcheck.diagnosis.jacobians import Jacobian, direction, jacobian_of, spread
from gradcheck.ndarrays.dtypes import unit_of
from gradcheck.ndarrays.flat import flat, is_differentiable
from gradcheck.ndarrays.types import Array
from gradcheck.numeric.point import Point

_MOST_ENTRIES = 64  # arbitrary: entries that are measured; of more a selection is
_ULPS = 16  # arbitrary: roundings of a right gradient that is computed in a short dtype
_MOST_NUMBERS = 500_000  # derived: numbers of a Jacobian, 4 MB
_MOST_ELSEWHERE = 8  # arbitrary: entries that are measured at another point


class Unfit(Exception):
    """A case cannot be taken apart: the op raised, or overflowed."""


class Specimen:
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
        self.trial = _run(subject, in_double(case) if subject.widens else case)
        self.name = name
        inputs = dict(zip(case.names, self.trial.case.inputs, strict=True))
        returned = returned_by_name(self.trial).get(name)
        if name not in self.trial.inputs.differentiable or not _is_array(returned):
            raise Unfit
        self._beside: dict[str, Specimen | None] = {}
        self.x: Array = inputs[name]
        self.inputs: Mapping[str, Array] = inputs
        self.returned: Array = np.asarray(returned)
        if self.x.size * sum(out.size for out in self.outputs) > _MOST_NUMBERS:
            raise Unfit
        self._point = _point(self.trial)

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
    def rounding(self) -> float:
        """The relative error of a right gradient in a short dtype."""
        return 0.0 if self.trial.subject.widens else _ULPS * float(unit_of(self.x.dtype).eps)

    @cached_property
    def right(self) -> Measured:
        """The right gradient."""
        return self.for_cotangents(self.cotangents)

    @property
    def projected(self) -> bool:
        """Whether entries of the input can be moved together only."""
        return self._point.arguments[self._part].project is not None

    @cached_property
    def seen(self) -> Array:
        """The returned gradient, along the moves that the domain leaves entries."""
        if not self.projected or self.returned.shape != self.x.shape:
            return self.returned
        gradient = flat(self.returned)
        along = [direction(self._point, self._part, i) @ gradient for i in range(gradient.size)]
        return self._shaped(np.array(along))

    @cached_property
    def wrong(self) -> NDArray[np.bool_]:
        """Which entries differ from the right gradient; all where the shape does."""
        if self.seen.shape != self.right.shape:
            return np.ones(self.seen.shape, bool)
        return ~self.right.agrees(self.seen)

    def for_cotangents(self, cotangents: Sequence[Array]) -> Measured:
        """The right gradient for other cotangents, one per differentiable output."""
        return self._gradient(self._jacobian.slopes, cotangents)

    @cached_property
    def spent(self) -> Array:
        """Σ |g| |∂out/∂x| for each entry, to which its rounding is relative."""
        slopes = Measured(np.abs(self.slopes.value), self.slopes.bar)
        return self._gradient(slopes, [_absolute(g) for g in self.cotangents]).value

    @cached_property
    def steepest(self) -> Measured:
        """The gradient that follows the steeper side at every kink."""
        return self._gradient(self._jacobian.steepest, self.cotangents)

    @property
    def slopes(self) -> Measured:
        """The Jacobian: outputs × entries, both flat."""
        return self._jacobian.slopes

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
        jacobian = jacobian_of(_point(there), self._part, self._telling)
        return self._gradient(jacobian.slopes, self.cotangents)

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
        if wrong.size != self._entries:
            return spread(self._entries, _MOST_ELSEWHERE)
        first = np.argsort(~wrong, kind="stable")
        return [int(i) for i in first[:_MOST_ELSEWHERE]]

    @property
    def _entries(self) -> int:
        return self._point.inputs[self._part].size

    @cached_property
    def _part(self) -> int:
        return self.trial.inputs.differentiable.index(self.name)

    @cached_property
    def _jacobian(self) -> Jacobian:
        return jacobian_of(self._point, self._part, spread(self._entries, _MOST_ENTRIES))

    def _gradient(self, slopes: Measured, cotangents: Sequence[Array]) -> Measured:
        # Of a complex output every number of a cotangent is two, though one made up may be real.
        kinds = (np.result_type(g, own) for g, own in zip(cotangents, self.cotangents, strict=True))
        weights = np.concatenate(
            [flat(np.ascontiguousarray(g, d)) for g, d in zip(cotangents, kinds, strict=True)]
        )
        gradient = pulled(slopes, weights)
        bar = gradient.bar
        if self.rounding:
            bar = bar + self.rounding * (np.abs(weights) @ np.abs(slopes.value))
        if self.x.dtype.kind == "c":
            bar = bar[::2] + bar[1::2]
        return Measured(self._shaped(gradient.value), bar.reshape(self.x.shape))

    def _shaped(self, vector: Array) -> Array:
        if self.x.dtype.kind == "c":
            vector = vector.view(np.complex128)
        return vector.reshape(self.x.shape)


def returned_by_name(trial: Trial) -> dict[str, Any]:
    """Returned gradients by input, even if they break the contract."""
    items = trial.returned if isinstance(trial.returned, tuple) else (trial.returned,)
    for names in (trial.inputs.differentiable, tuple(trial.inputs.arrays)):
        if len(items) == len(names):
            return dict(zip(names, items, strict=True))
    return {}


def _absolute(g: Array) -> Array:
    """The absolute values of all parts of numbers."""
    return np.abs(g.real) + 1j * np.abs(g.imag) if g.dtype.kind == "c" else np.abs(g)


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
