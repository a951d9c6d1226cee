"""Mutants: ways to break a right gradient, with their conditions.

A mutant is planted into a `Subject`, where a vjp is a plain function of arrays, so that it
makes no difference in which form a gradient was given.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Literal

import numpy as np

from gradcheck.cases.case import Case, argument_names
from gradcheck.cases.conditions import CallView, Condition
from gradcheck.cases.conditions.call_view import ShapeView
from gradcheck.checks.subject import Params, Subject
from gradcheck.ndarrays.flat import is_differentiable
from gradcheck.ndarrays.types import Array
from gradcheck.spec.signature import Signature
from gradcheck.spec.spec import OpSpec


@dataclass(frozen=True, kw_only=True)
class VjpCall:
    """One call of a vjp.

    Attributes:
        g: the cotangent; a tuple where the forward returns one.
        inputs: all inputs.
        names: theirs.
        params: the static options.
        defaults: what the forward takes for a param that is not given.
        out: what the forward returned.
        active: places of the differentiable inputs.
        signature: the op's, where it has one.
    """

    g: Any
    inputs: tuple[Array, ...]
    names: tuple[str, ...]
    params: Params
    defaults: Params
    out: Any
    active: tuple[int, ...]
    signature: Signature | None

    def has(self, place: int) -> bool:
        """Whether there is a gradient at that place among those returned."""
        return -len(self.active) <= place < len(self.active)

    def argument(self, place: int) -> Array:
        """The input whose gradient is at that place among those returned."""
        return self.inputs[self.active[place]]

    def name(self, place: int) -> str:
        """The name of that input."""
        return self.names[self.active[place]]

    @cached_property
    def view(self) -> CallView:
        """The call as conditions see it."""
        shapes = tuple(x.shape for x in self.inputs)
        return CallView(
            shapes=ShapeView(self.names, shapes, (), self.signature),
            inputs=dict(zip(self.names, self.inputs, strict=True)),
            params=self.params,
            defaults=self.defaults,
            cotangents=tuple(g for g in self.cotangents if g.size),
            outputs=tuple(map(np.asarray, self.outputs)),
            active=tuple(self.names[i] for i in self.active),
        )

    def meets(self, condition: Condition, place: int) -> bool:
        """Whether a condition holds for the input of a gradient."""
        return self.has(place) and condition.holds(self.view, self.name(place))

    @property
    def cotangents(self) -> tuple[Array, ...]:
        """The cotangents, one or several; outputs that are not differentiable have none."""
        items = self.g if isinstance(self.g, tuple) else (self.g,)
        return tuple(g for g in items if g is not None)

    @property
    def outputs(self) -> tuple[Array, ...]:
        """All that the forward returned."""
        return self.out if isinstance(self.out, tuple) else (self.out,)

    def with_cotangents(self, change: Callable[[Array], Array]) -> VjpCall:
        """The same call with every cotangent changed."""
        if isinstance(self.g, tuple):
            return replace(self, g=tuple(None if g is None else change(g) for g in self.g))
        return replace(self, g=change(self.g))


Gradients = list[Array]
Rule = Callable[[VjpCall], Gradients]
Broken = Callable[[VjpCall], Any]


@dataclass(frozen=True, slots=True)
class Target:
    """The gradient that a mutant breaks.

    Attributes:
        place: its place among the gradients returned, from the front or the back.
        name: what messages call its input; empty for a mutant that breaks the vjp as a whole.
    """

    place: int
    name: str


@dataclass(frozen=True, slots=True)
class Site:
    """Where a mutant is planted.

    Attributes:
        spec: an op whose gradient is right.
        subject: its functions.
        place: of the gradient to break.
    """

    spec: OpSpec
    subject: Subject
    place: int

    def call(self, g: Any, inputs: Sequence[Array], params: Params, out: Any) -> VjpCall:
        """All that a vjp is given, as one value."""
        return VjpCall(
            g=g,
            inputs=tuple(inputs),
            names=argument_names(self.spec, len(inputs)),
            params=params,
            defaults=self.spec.param_defaults,
            out=out,
            active=tuple(i for i, x in enumerate(inputs) if self._has_gradient(i, x)),
            signature=self.spec.signature,
        )

    def _has_gradient(self, i: int, x: Array) -> bool:
        taken_out = not self.spec.variadic and self.spec.inputs[i] in self.spec.nondiff
        return is_differentiable(x) and not taken_out

    def rule(self, call: VjpCall) -> Gradients:
        """The right gradients, one per differentiable input."""
        returned = self.subject.vjp(call.g, call.inputs, call.params, call.out)
        items = returned if isinstance(returned, tuple) else (returned,)
        if len(items) != len(call.active):  # there are places for inputs without a gradient
            items = tuple(items[i] for i in call.active)
        return [np.asarray(item) for item in items]

    def with_vjp(self, broken: Broken) -> Subject:
        """The subject with a broken vjp in place of its own."""
        return replace(
            self.subject,
            vjp=lambda g, inputs, params, out: broken(self.call(g, inputs, params, out)),
        )


Idle = Callable[[Site, Sequence[VjpCall], str], str]


def never_idle(_site: Site, _calls: Sequence[VjpCall], _name: str) -> str:
    """Answer for mutants that the vjp has no part in."""
    return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """A way to break a right gradient.

    Attributes:
        name: a few words joined by hyphens, to choose it by.
        description: what the broken vjp does, as a sentence without its subject.
        trigger: the condition under which it shows.
        idle: why it changes nothing in any of some calls, or empty.
        plant: gives the subject with its vjp broken; what the vjp remembers between calls
            begins anew with each planting.
        breaks: one gradient at a time, or the vjp as a whole.
        shows: in the one call that a case is about, or only in further ones.
    """

    name: str
    description: str
    trigger: Condition
    plant: Callable[[Site], Subject]
    idle: Idle = never_idle
    breaks: Literal["one gradient", "the vjp"] = "one gradient"
    shows: Literal["in one call", "in further calls"] = "in one call"


def targets(mutant: Mutant, spec: OpSpec, case: Case) -> tuple[Target, ...]:
    """The gradients that a mutant can break, one after the other.

    Of a forward that takes any number of arrays these are the first and the last.
    """
    if mutant.breaks == "the vjp":
        return (Target(0, ""),)
    if spec.variadic:
        root = spec.inputs[0]
        return Target(0, f"{root}[0]"), Target(-1, f"{root}[-1]")
    names = [
        name
        for name, x in zip(case.names, case.inputs, strict=True)
        if is_differentiable(x) and name not in spec.nondiff
    ]
    return tuple(Target(place, name) for place, name in enumerate(names))


def of_gradient(change: Callable[[VjpCall, int, Array], Any]) -> Callable[[Site], Subject]:
    """Plant a change of one gradient, `(call, place, right) -> wrong`."""

    def plant(site: Site) -> Subject:
        def broken(call: VjpCall) -> Any:
            gradients: list[Any] = site.rule(call)
            if call.has(site.place):
                gradients[site.place] = change(call, site.place, gradients[site.place])
            return tuple(gradients)

        return site.with_vjp(broken)

    return plant


def of_call(change: Callable[[VjpCall, int], VjpCall]) -> Callable[[Site], Subject]:
    """Plant a change of the rule's arguments, seen by one gradient only."""

    def plant(site: Site) -> Subject:
        def broken(call: VjpCall) -> Any:
            gradients = site.rule(call)
            if call.has(site.place):
                gradients[site.place] = site.rule(change(call, site.place))[site.place]
            return tuple(gradients)

        return site.with_vjp(broken)

    return plant


def of_all(change: Callable[[VjpCall, Gradients], Any]) -> Callable[[Site], Subject]:
    """Plant a change of all that is returned, `(call, right) -> anything`."""

    def plant(site: Site) -> Subject:
        return site.with_vjp(lambda call: change(call, site.rule(call)))

    return plant
