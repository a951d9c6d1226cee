"""Calls of a case's op: its forward, its vjp, and further ones."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from gradcheck.cases.case import Case
from gradcheck.checks.calling import as_tuple, called
from gradcheck.checks.exceptions import Broken
from gradcheck.checks.requirements import Inputs, gradients_of, overwritten
from gradcheck.checks.subject import Subject
from gradcheck.ndarrays.flat import is_differentiable
from gradcheck.ndarrays.memory import overlap, same_bytes
from gradcheck.ndarrays.types import Array

Gradients = dict[str, Array]
Cotangents = Sequence[Array | None]


class OpCalls:
    """An op with one case, and calls of it at any inputs.

    Attributes:
        subject: the op.
        case: what it is called with.
        inputs: the inputs by name, and which of them have a gradient.
        several: whether the forward returned a tuple.
        cotangents: one per output, None for one that is not differentiable.
        gradients: what the vjp returned first, by input.
    """

    def __init__(self, subject: Subject, case: Case, arrays: Sequence[Array]) -> None:
        self.subject = subject
        self.case = case
        named = dict(zip(case.names, arrays, strict=True))
        self.inputs = Inputs(
            named,
            tuple(
                name
                for name, x in named.items()
                if is_differentiable(x) and name.partition("[")[0] not in subject.nondiff
            ),
        )
        self.several = False
        self.cotangents: tuple[Array | None, ...] = ()
        self.gradients: Gradients = {}
        self._differentiable = self.inputs.differentiable
        self._first: Gradients = {}

    def outputs_at(self, inputs: Sequence[Array]) -> tuple[Array, ...]:
        """Outputs of a further call of the forward, at any inputs."""
        return as_tuple(called("forward", self.subject.forward, *inputs, **self.case.params))

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
            Broken: where the gradients do not keep the contract.
        """
        seen = self.fresh_inputs() if inputs is None else tuple(inputs)
        outputs = self.outputs_at(seen)
        if between is not None:
            self.outputs_at(between)
        g = self.fresh_cotangents() if cotangents is None else cotangents
        returned = self._vjp(g, seen, outputs)
        named = Inputs(dict(zip(self.case.names, seen, strict=True)), self._differentiable)
        gradients, breaches = gradients_of(returned, named)
        wanted = self.inputs.differentiable
        if not gradients.keys() >= set(wanted):
            raise Broken(breaches[0])
        self._check_reuse(gradients)
        return {name: gradients[name] for name in wanted}

    def _check_reuse(self, gradients: Gradients) -> None:
        """Raise where a further call wrote over the first gradients."""
        for name, first in self._first.items():
            kept = same_bytes(first, self.gradients[name])
            if not kept and overlap(first, gradients[name]) and "state" not in self.subject.skip:
                raise Broken(overwritten(name), "state")

    def fresh_inputs(self) -> tuple[Array, ...]:
        """Copies of the inputs, in C order."""
        return tuple(np.array(x, order="C") for x in self.case.inputs)

    def fresh_cotangents(self) -> list[Array | None]:
        """Copies of the cotangents, in C order."""
        return [None if g is None else np.array(g, order="C") for g in self.cotangents]

    def as_returned(self, items: Sequence[Any]) -> Any:
        """One item per output, in a tuple if the forward returned one."""
        return tuple(items) if self.several else items[0]

    def _vjp(self, cotangents: Cotangents, inputs: Sequence[Array], outputs: Any) -> Any:
        g, out = self.as_returned(cotangents), self.as_returned(outputs)
        return called("vjp", self.subject.vjp, g, inputs, self.case.params, out)
