"""`OpSpec`: a forward function paired with its analytic gradient."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from gradcheck.errors import SpecError
from gradcheck.ndarrays.broadcasting import chained
from gradcheck.ndarrays.flat import is_differentiable
from gradcheck.ndarrays.types import Array
from gradcheck.spec.binding import ANY, Bound, Location, bind, caller, location_of
from gradcheck.spec.calls import Values
from gradcheck.spec.signature import Signature
from gradcheck.spec.spec_options import Function, SpecOptions

RuleKind = Literal["vjp", "derivative", "jvp"]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule, ready to be called with values by name."""

    kind: RuleKind
    bound: Bound
    location: Location | None


@dataclass(frozen=True, slots=True)
class _Rules:
    """The one part of a spec that is filled in later."""

    by_kind: dict[str, Rule] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class OpSpec(SpecOptions):
    """A forward function, its analytic gradient, and what inputs it takes.

    Made by `op`; calling it calls the forward. It is complete once it has its gradient,
    given by exactly one of `.vjp` and `.derivative`, and immutable from then on.
    """

    name: str
    forward: Function
    signature: Signature | None
    inputs: tuple[str, ...]
    variadic: bool
    param_defaults: Values
    doc: str
    location: Location
    module: str
    assume: Bound | None = None
    _rules: _Rules = field(default_factory=_Rules)

    def __call__(self, *inputs: Any, **params: Any) -> Any:
        return self.forward(*inputs, **params)

    def __repr__(self) -> str:
        return f"<op {self.name!r} {self.signature or '(no signature)'} at {self.location}>"

    @property
    def summary(self) -> str:
        """The first line of the docstring."""
        return self.doc.strip().partition("\n")[0]

    @property
    def complete(self) -> bool:
        return self.gradient is not None

    @property
    def gradient(self) -> Rule | None:
        """The rule that gives the gradient: a vjp or a derivative."""
        rules = self._rules.by_kind
        return rules.get("vjp") or rules.get("derivative")

    def required_gradient(self) -> Rule:
        """Return the gradient.

        Raises:
            SpecError: if the op has none.
        """
        if self.gradient is None:
            raise SpecError(f"op {self.name!r} has no gradient: add one with @{self.name}.vjp.")
        return self.gradient

    @property
    def tangent_rule(self) -> Rule | None:
        return self._rules.by_kind.get("jvp")

    @property
    def names(self) -> tuple[str, ...]:
        """Names that a rule can ask for: inputs, params and `out`."""
        return (*self.inputs, *self.param_defaults, "out")

    def vjp(self, function: Function) -> OpSpec:
        """Attach the vector-Jacobian product: cotangent in, one gradient per input out.

        The first parameter is the cotangent (a tuple where the forward returns a tuple);
        the others are bound by name to inputs, params and `out`. With one differentiable
        input the gradient itself may be returned instead of a 1-tuple.
        """
        return self._attach("vjp", function, leading=1)

    def derivative(self, function: Function) -> OpSpec:
        """Attach the local derivative of an elementwise op, one array per input.

        All parameters are bound by name. The library multiplies by the cotangent and sums
        over broadcast axes.
        """
        return self._attach("derivative", function, leading=0)

    def jvp(self, function: Function) -> OpSpec:
        """Attach the Jacobian-vector product, checked beside the vjp and against it.

        The first parameter is the tangent of the one differentiable input, or a tuple with
        one tangent per differentiable input; the others are bound by name.
        """
        return self._attach("jvp", function, leading=1)

    def apply_vjp(self, g: Any, values: Values) -> Any:
        """Call the gradient, in either of its forms."""
        rule = self.required_gradient()
        if rule.kind == "vjp":
            return rule.bound(values, g)
        local = rule.bound(values)
        derivatives = local if isinstance(local, tuple) else (local,)
        names = [name for name in self.inputs if name not in self.nondiff]
        moving = [name for name in names if is_differentiable(np.asarray(values[name]))]
        if len(derivatives) == len(names) != len(moving):
            by_name = dict(zip(names, derivatives, strict=True))
            derivatives = tuple(by_name[name] for name in moving)
        if len(derivatives) != len(moving):
            return derivatives  # the contract counts them and says what is wanted
        return tuple(
            chained(g, d, np.shape(values[name]))
            for d, name in zip(derivatives, moving, strict=True)
        )

    def apply_jvp(self, tangents: tuple[Array, ...], values: Values) -> Any:
        """Call the jvp rule with one tangent per differentiable input."""
        rule = self.tangent_rule
        if rule is None:
            raise SpecError(f"op {self.name!r} has no jvp.")
        return rule.bound(values, tangents[0] if len(tangents) == 1 else tangents)

    def _attach(self, kind: RuleKind, function: Function, *, leading: int) -> OpSpec:
        rules = self._rules.by_kind
        taken = kind if kind in rules else None
        if kind != "jvp" and self.gradient is not None:
            taken = self.gradient.kind
        if taken is not None:
            raise SpecError(
                f"op {self.name!r} already has a {taken} ({rules[taken].location}); "
                "a gradient is given once, as a vjp or as a derivative."
            )
        bound = bind(
            function,
            self.names,
            leading=leading,
            what=f"the {kind} of {self.name!r}",
            defaults=defaults_of(self),
        )
        rules[kind] = Rule(kind, bound, location_of(function) or caller())
        return self


def defaults_of(spec: OpSpec) -> Values:
    """The defaults that a rule may have too; any for drawn params."""
    return {**spec.param_defaults, **dict.fromkeys(spec.params, ANY)}
