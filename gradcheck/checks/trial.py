"""One case as it is run: what the op was given, what it returned, and how to call it again.

A trial holds facts and judges nothing: `properties/` and `evidence` do. Whatever an op
raises leaves as `OpRaised`, so that it cannot be taken for a mistake of gradcheck's own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from gradcheck.cases.case import Case
from gradcheck.checks.exceptions import FAULTS
from gradcheck.checks.requirements import Inputs, gradients_of, outputs_of
from gradcheck.checks.subject import Subject
from gradcheck.checks.violation import Culprit, Violation
from gradcheck.ndarrays.flat import blocks, flat, is_differentiable
from gradcheck.ndarrays.memory import same_bytes
from gradcheck.ndarrays.types import Array
from gradcheck.numeric.argument import Argument
from gradcheck.numeric.comparison import Comparison
from gradcheck.results.failure import CaseReport
from gradcheck.results.kind import Kind

Gradients = dict[str, Array]
Cotangents = Sequence[Array | None]


class OpRaised(Exception):
    """Carries what one of the op's own functions raised."""

    def __init__(self, error: BaseException, culprit: Culprit) -> None:
        super().__init__(f"{culprit} raised {type(error).__name__}: {error}")
        self.error = error
        self.culprit = culprit


class Broken(Exception):
    """Carries a broken contract out of a call that was to return gradients."""

    def __init__(self, violation: Violation) -> None:
        super().__init__(violation.message)
        self.violation = violation


@dataclass(frozen=True, slots=True)
class Touched:
    """An argument that a call changed: an input, an array param, `g` or `out`."""

    name: str
    culprit: Culprit


class Trial:
    """A run of one case, step by step: `call_forward`, then `call_vjp`.

    Attributes:
        subject: the op.
        case: what it is called with.
        arrays: the inputs as the op sees them, in the case's layout.
        inputs: the same by name, and which of them have a gradient.
        active: places of the differentiable inputs.
        outputs: what the forward returned, always as a tuple.
        several: whether it returned a tuple.
        cotangents: one per output, None for one that is not differentiable.
        returned: what the vjp returned, as it is.
        gradients: the same by input, if it keeps the contract.
        breach: how it breaks the contract, or None.
        touched: arguments that a call changed.
        base: copies of the differentiable outputs, which no rule has seen.
        weights: copies of their cotangents.
    """

    def __init__(self, subject: Subject, case: Case) -> None:
        self.subject = subject
        self.case = case
        self.arrays = case.arranged()
        self.inputs = Inputs(
            dict(zip(case.names, self.arrays, strict=True)),
            tuple(
                name
                for name, x in zip(case.names, self.arrays, strict=True)
                if is_differentiable(x) and name.partition("[")[0] not in subject.nondiff
            ),
        )
        self.active = [i for i, n in enumerate(case.names) if n in self.inputs.differentiable]
        self.outputs: tuple[Array, ...] = ()
        self.several = False
        self.cotangents: tuple[Array | None, ...] = ()
        self.returned: Any = None
        self.gradients: Gradients = {}
        self.breach: Violation | None = None
        self.touched: list[Touched] = []
        self.base: list[Array] = []
        self.weights: list[Array] = []

    def call_forward(self) -> Violation | None:
        """Call the forward and keep its outputs.

        Returns:
            What is wrong with the outputs, or None.

        Raises:
            OpRaised: with what the forward raised.
        """
        returned = self._forward(self.arrays)
        outputs = outputs_of(returned, self.inputs)
        if isinstance(outputs, Violation):
            return outputs
        self.several = isinstance(returned, tuple)
        self.outputs = outputs
        self.base = [out.copy() for out in outputs if is_differentiable(out)]
        self.touched += self._changes(self._given, self._kept, "forward")
        return self._unlike_signature()

    def _unlike_signature(self) -> Violation | None:
        """How the shapes of the outputs disagree with the signature."""
        signature = self.subject.signature
        if signature is None or not signature.outputs or not self.case.sizes:
            return None
        wrong = signature.mismatch([out.shape for out in self.outputs], self.case.sizes)
        if wrong is None:
            return None
        return Violation(
            Kind.FORWARD,
            "forward disagrees with the signature",
            f"forward returned {wrong}.",
            culprit="forward",
        )

    def call_vjp(self) -> None:
        """Make the cotangents and call the vjp.

        Raises:
            OpRaised: with what the vjp raised.
        """
        self.cotangents = self.case.cotangent.cotangents(self.outputs)
        outputs = dict(zip(_numbered("out", len(self.outputs)), self.outputs, strict=True))
        numbered = zip(_numbered("g", len(self.cotangents)), self.cotangents, strict=True)
        cotangents = {name: g for name, g in numbered if g is not None}
        given = {**outputs, **cotangents}
        base = iter(self.base)
        kept = {k: next(base) if is_differentiable(o) else o.copy() for k, o in outputs.items()}
        kept |= {name: g.copy() for name, g in cotangents.items()}
        self.weights = [kept[name] for name in cotangents]
        self.returned = self._vjp(self.cotangents, self.arrays, self.outputs)
        self.touched += self._changes(given, kept, "vjp")
        self.touched += self._changes(self._given, self._kept, "vjp")
        spoilt = {touched.name for touched in self.touched}
        names = _numbered("g", len(self.cotangents))
        self.cotangents = tuple(
            kept[name] if name in spoilt else g
            for name, g in zip(names, self.cotangents, strict=True)
        )
        gradients = gradients_of(self.returned, self.inputs)
        if isinstance(gradients, Violation):
            self.breach = gradients
        else:
            self.gradients = gradients

    def settle(self) -> None:
        """Let go of what the op was given and has left alone, once that has been looked at.

        Copies of equal values take its place: of large arrays there shall be no more than needed.
        """
        untouched = {touched.name for touched in self.touched}.isdisjoint
        outputs = dict(zip(_numbered("out", len(self.outputs)), self.outputs, strict=True))
        base = iter(self.base)
        kept = {k: next(base) if is_differentiable(out) else out for k, out in outputs.items()}
        self.outputs = tuple(kept[k] if untouched({k}) else out for k, out in outputs.items())
        weights = iter(self.weights)
        self.cotangents = tuple(None if g is None else next(weights) for g in self.cotangents)
        self.arrays = self.case.inputs
        named = dict(zip(self.case.names, self.arrays, strict=True))
        self.inputs = Inputs(named, self.inputs.differentiable)
        self.__dict__.pop("_given", None)

    @property
    def is_finite(self) -> bool:
        """Whether every differentiable output is finite everywhere."""
        vectors = map(flat, self.base)
        return all(np.isfinite(v[block]).all() for v in vectors for block in blocks(v.size))

    @property
    def spent(self) -> float:
        """Σ |g| |out| over all outputs: what rounding of intermediate results is relative to."""
        total = 0.0
        for g, out in zip(map(np.ravel, self.weights), map(np.ravel, self.base), strict=True):
            for block in blocks(g.size):
                size = np.abs(g[block]).astype(np.float64) * np.abs(out[block])
                total += float(size.sum())
        return total

    @property
    def arguments(self) -> dict[str, Array]:
        """What the vjp was given by name, in the caller's memory: cotangents and inputs."""
        numbered = zip(_numbered("g", len(self.cotangents)), self.cotangents, strict=True)
        return {name: g for name, g in numbered if g is not None} | dict(self.inputs.arrays)

    def report(self, comparisons: Sequence[Comparison] = ()) -> CaseReport:
        """The case as data, with what is known so far."""
        names = self.case.names
        return CaseReport(
            inputs=dict(zip(names, self.case.inputs, strict=True)),
            params={name: self._kept.get(name, v) for name, v in self.case.params.items()},
            dtype=self.case.dtype,
            layout=self.case.layout,
            outputs=self.outputs,
            cotangents=self.cotangents,
            gradients=self.gradients,
            comparisons=tuple(comparisons),
            sizes=dict(self.case.sizes),
            domains=tuple(None if d is None else d.origin for d in self.case.domains),
            cotangent=replace(self.case.cotangent, given=None),
            turn=self.case.turn,
        )

    def outputs_at(self, inputs: Sequence[Array]) -> tuple[Array, ...]:
        """Outputs of a further call of the forward, at any inputs.

        Raises:
            OpRaised: with what the forward raised.
        """
        returned = self._forward(inputs)
        return tuple(map(np.asarray, returned if isinstance(returned, tuple) else (returned,)))

    def reference_at(self, inputs: Sequence[Array]) -> tuple[Array, ...]:
        """Outputs of the reference forward of the spec, at any inputs.

        Raises:
            OpRaised: with what it raised.
        """
        assert self.subject.reference is not None
        try:
            returned = self.subject.reference(*inputs, **self.case.params)
        except FAULTS as error:
            raise OpRaised(error, "reference") from error
        return tuple(map(np.asarray, returned if isinstance(returned, tuple) else (returned,)))

    def tangents_at(self, tangents: tuple[Array, ...]) -> tuple[Array, ...]:
        """What the jvp returns for one tangent per differentiable input, always as a tuple.

        Raises:
            OpRaised: with what it raised.
        """
        assert self.subject.jvp is not None
        out = self.as_returned(self.outputs)
        try:
            returned = self.subject.jvp(tangents, self.case.arranged(), self.case.params, out)
        except FAULTS as error:
            raise OpRaised(error, "jvp") from error
        return tuple(map(np.asarray, returned if isinstance(returned, tuple) else (returned,)))

    def gradients_at(
        self,
        *,
        inputs: Sequence[Array] | None = None,
        cotangents: Cotangents | None = None,
        between: Sequence[Array] | None = None,
    ) -> Gradients:
        """Gradients of a further call; the forward runs right before the vjp.

        Args:
            inputs: as the op is to see them; copies of the case's own, in C order, unless given.
            cotangents: one per output; copies of the case's own, in C order, unless given.
            between: inputs that the forward is called with once more before the vjp.

        Raises:
            OpRaised: with what a rule raised.
            Broken: where the gradients do not keep the contract.
        """
        given = self.fresh_inputs() if inputs is None else tuple(inputs)
        outputs = self.outputs_at(given)
        if between is not None:
            self.outputs_at(between)
        g = self.fresh_cotangents() if cotangents is None else cotangents
        returned = self._vjp(g, given, outputs)
        named = Inputs(dict(zip(self.case.names, given, strict=True)), self.inputs.differentiable)
        gradients = gradients_of(returned, named)
        if isinstance(gradients, Violation):
            raise Broken(gradients)
        return gradients

    def fresh_inputs(self) -> tuple[Array, ...]:
        """Copies of the inputs, in C order."""
        return tuple(np.array(x, order="C") for x in self.case.inputs)

    def fresh_cotangents(self) -> list[Array | None]:
        """Copies of the cotangents, in C order."""
        return [None if g is None else np.array(g, order="C") for g in self.cotangents]

    def label(self, name: str, index: int) -> str:
        """Name a number of an input's flat vector: "b[1,0]"."""
        x = self.inputs.arrays[name]
        return Argument(name, x.shape, x.dtype.kind == "c").label(index)

    @cached_property
    def _given(self) -> Mapping[str, Array]:
        """Every array that the forward gets: inputs, and params that are arrays."""
        params = {k: v for k, v in self.case.params.items() if isinstance(v, np.ndarray)}
        return {**self.inputs.arrays, **params}

    @cached_property
    def _kept(self) -> dict[str, Array]:
        """What `_given` held at first: the inputs that the op sees are copies of the case's own."""
        own = dict(zip(self.case.names, self.case.inputs, strict=True))
        return {name: own.get(name, np.array(array)) for name, array in self._given.items()}

    def _changes(
        self, given: Mapping[str, Array], kept: Mapping[str, Array], culprit: Culprit
    ) -> list[Touched]:
        already = {touched.name for touched in self.touched}
        return [
            Touched(name, culprit)
            for name, array in given.items()
            if name not in already and not same_bytes(kept[name], array)
        ]

    def _forward(self, inputs: Sequence[Array]) -> Any:
        _ = self._kept  # copied before the op can write into them
        try:
            return self.subject.forward(*inputs, **self.case.params)
        except FAULTS as error:
            raise OpRaised(error, "forward") from error

    def _vjp(self, cotangents: Cotangents, inputs: Sequence[Array], outputs: Any) -> Any:
        try:
            return self.subject.vjp(
                self.as_returned(cotangents), inputs, self.case.params, self.as_returned(outputs)
            )
        except FAULTS as error:
            raise OpRaised(error, "vjp") from error

    def as_returned(self, items: Sequence[Any]) -> Any:
        """One item per output, in a tuple if the forward returned one."""
        return tuple(items) if self.several else items[0]


def _numbered(name: str, count: int) -> list[str]:
    return [name] if count == 1 else [f"{name}[{i}]" for i in range(count)]
