"""A run of one case: arguments, results, and further calls.

A trial holds facts and judges nothing: `properties/` and `examine` do. Whatever an op
raises leaves as `OpRaised`, so that it cannot be taken for a mistake of gradcheck's own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from gradcheck.cases.case import Case
from gradcheck.checks.calling import called
from gradcheck.checks.custody import Custody, Touched
from gradcheck.checks.exceptions import Broken, OpRaised
from gradcheck.checks.op_calls import Cotangents, Gradients, OpCalls
from gradcheck.checks.requirements import (
    Inputs,
    gradients_of,
    outputs_of,
    unlike_signature,
)
from gradcheck.checks.subject import Subject
from gradcheck.checks.violation import Violation
from gradcheck.ndarrays.flat import blocks, flat, is_differentiable
from gradcheck.ndarrays.types import Array
from gradcheck.numeric.argument import Argument
from gradcheck.numeric.comparison import Comparison
from gradcheck.results.failure import CaseReport

_SMALL = 2**20  # arbitrary, saves memory: bytes of gradients of which copies are kept


class Trial(OpCalls):
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
        gradients: the same by input, of those that keep the contract.
        breaches: how it breaks the contract.
        base: copies of the differentiable outputs, which no rule has seen.
        weights: copies of their cotangents.
    """

    def __init__(self, subject: Subject, case: Case) -> None:
        self.arrays = case.arranged()
        super().__init__(subject, case, self.arrays)
        self.active = [i for i, n in enumerate(case.names) if n in self.inputs.differentiable]
        self.outputs: tuple[Array, ...] = ()
        self.returned: Any = None
        self.breaches: list[Violation] = []
        self.base: list[Array] = []
        self.weights: list[Array] = []
        params = {k: v for k, v in case.params.items() if isinstance(v, np.ndarray)}
        self._params = {name: np.array(array) for name, array in params.items()}
        self._custody = Custody()
        own = dict(zip(case.names, case.inputs, strict=True)) | self._params
        self._custody.lend({**self.inputs.arrays, **params}, own)

    def call_forward(self) -> Violation | None:
        """Call the forward and keep its outputs, or report a violation."""
        returned = called("forward", self.subject.forward, *self.arrays, **self.case.params)
        outputs = outputs_of(returned, self.inputs)
        if isinstance(outputs, Violation):
            return outputs
        self.several = isinstance(returned, tuple)
        self.outputs = outputs
        self.base = [out.copy() for out in outputs if is_differentiable(out)]
        self._custody.inspect("forward")
        return unlike_signature(outputs, self.subject.signature, self.case.sizes)

    def call_vjp(self) -> None:
        """Make the cotangents and call the vjp."""
        self.cotangents = self.case.cotangent.cotangents(self.outputs)
        outputs = dict(zip(_numbered("out", len(self.outputs)), self.outputs, strict=True))
        names = _numbered("g", len(self.cotangents))
        cotangents = {
            name: g for name, g in zip(names, self.cotangents, strict=True) if g is not None
        }
        base = iter(self.base)
        saved = {k: next(base) if is_differentiable(o) else o.copy() for k, o in outputs.items()}
        saved |= {name: g.copy() for name, g in cotangents.items()}
        self.weights = [saved[name] for name in cotangents]
        self._custody.lend({**outputs, **cotangents}, saved)
        self.returned = self._vjp(self.cotangents, self.arrays, self.outputs)
        self._custody.inspect("vjp")
        self.cotangents = tuple(
            saved[name] if self._custody.is_touched(name) else g
            for name, g in zip(names, self.cotangents, strict=True)
        )
        self.gradients, self.breaches = gradients_of(self.returned, self.inputs)

    def narrow(self) -> None:
        """Go on with those inputs only whose gradients are usable."""
        usable = tuple(self.gradients)
        self.inputs = Inputs(self.inputs.arrays, usable)
        self.active = [i for i, name in enumerate(self.case.names) if name in usable]

    def settle(self) -> None:
        """Swap unchanged arrays for the equal copies, of which one is enough."""
        names = _numbered("out", len(self.outputs))
        base = iter(self.base)
        saved = [next(base) if is_differentiable(out) else out for out in self.outputs]
        self.outputs = tuple(
            out if self._custody.is_touched(name) else copy
            for name, out, copy in zip(names, self.outputs, saved, strict=True)
        )
        weights = iter(self.weights)
        self.cotangents = tuple(None if g is None else next(weights) for g in self.cotangents)
        self.arrays = self.case.inputs
        named = dict(zip(self.case.names, self.arrays, strict=True))
        self.inputs = Inputs(named, self.inputs.differentiable)
        self._custody.release()
        if sum(g.nbytes for g in self.gradients.values()) <= _SMALL:
            self._first = dict(self.gradients)
            self.gradients = {name: g.copy() for name, g in self.gradients.items()}

    @property
    def breach(self) -> Violation | None:
        """The first breach of the contract."""
        return self.breaches[0] if self.breaches else None

    @property
    def touched(self) -> list[Touched]:
        """Arguments that a call changed."""
        return self._custody.touched

    @property
    def is_finite(self) -> bool:
        """Whether every differentiable output is finite everywhere."""
        vectors = map(flat, self.base)
        return all(np.isfinite(v[block]).all() for v in vectors for block in blocks(v.size))

    @property
    def arguments(self) -> dict[str, Array]:
        """The vjp's arguments by name, in the caller's memory: cotangents and inputs."""
        numbered = zip(_numbered("g", len(self.cotangents)), self.cotangents, strict=True)
        return {name: g for name, g in numbered if g is not None} | dict(self.inputs.arrays)

    def report(self, comparisons: Sequence[Comparison] = ()) -> CaseReport:
        """The case as data, with what is known so far."""
        names = self.case.names
        return CaseReport(
            inputs=dict(zip(names, self.case.inputs, strict=True)),
            params={name: self._params.get(name, v) for name, v in self.case.params.items()},
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

    def label(self, name: str, index: int) -> str:
        """Name a number of an input's flat vector: "b[1,0]"."""
        x = self.inputs.arrays[name]
        return Argument(name, x.shape, x.dtype.kind == "c").label(index)


def _numbered(name: str, count: int) -> list[str]:
    return [name] if count == 1 else [f"{name}[{i}]" for i in range(count)]


__all__ = ("Broken", "Cotangents", "Gradients", "OpRaised", "Trial")
