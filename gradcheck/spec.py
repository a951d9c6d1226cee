"""`OpSpec`: a forward function paired with its analytic gradient, and how to call it."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

from gradcheck.binding import Bound, Location, bind, location_of, parameters_of
from gradcheck.broadcasting import unbroadcast
from gradcheck.domains import Domain
from gradcheck.dtypes import DTYPES, SHORT
from gradcheck.errors import SpecError, did_you_mean, listing
from gradcheck.layouts import LAYOUTS
from gradcheck.params import AxisParam
from gradcheck.properties import ON_REQUEST, SKIPPABLE
from gradcheck.signature import Signature, parse_signature

Array = NDArray[Any]
Values = Mapping[str, Any]
Function = Callable[..., Any]
UFUNC_NAMES = ("x", "y", "z", "u", "v", "w")
DEFAULT_RTOL = 1e-8


@dataclass(frozen=True, slots=True)
class Size:
    """The sizes that a named dimension may have."""

    min: int = 0
    max: int | None = None
    multiple_of: int = 1

    def __str__(self) -> str:
        top = f"…{self.max}" if self.max is not None else "…"
        step = f", multiples of {self.multiple_of}" if self.multiple_of > 1 else ""
        return f"{self.min}{top}{step}"


def size(*, min: int = 0, max: int | None = None, multiple_of: int = 1) -> Size:  # noqa: A002 - reads as it should: size(min=1)
    """Narrow a named size of the signature: `dims={"n": gc.size(min=1, multiple_of=2)}`.

    Raises:
        SpecError: if no size is left.
    """
    if min < 0 or multiple_of < 1:
        raise SpecError(
            f"size(min={min}, multiple_of={multiple_of}): min is 0 or more, multiple_of 1 or more."
        )
    smallest = -(-min // multiple_of) * multiple_of
    if max is not None and smallest > max:
        raise SpecError(f"size(min={min}, max={max}, multiple_of={multiple_of}) allows no size.")
    return Size(min, max, multiple_of)


@dataclass(frozen=True, slots=True)
class Call:
    """One concrete call of a forward: `forward(*inputs, **params)`."""

    inputs: tuple[Any, ...]
    params: Values


def call(*inputs: Any, **params: Any) -> Call:
    """Arguments for one call of the forward, for `cases=` and `example=`."""
    return Call(inputs, MappingProxyType(dict(params)))


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of the op, ready to be called with values by name."""

    kind: Literal["vjp", "derivative", "jvp"]
    bound: Bound
    location: Location | None


@dataclass(frozen=True, slots=True)
class _Rules:
    """The one part of a spec that is filled in after the forward was given."""

    by_kind: dict[str, Rule] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class OpSpec:
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
    tags: tuple[str, ...] = ()
    source: str = ""
    domains: Values = field(default_factory=dict)
    dims: Mapping[str, Size] = field(default_factory=dict)
    params: Values = field(default_factory=dict)
    cases: st.SearchStrategy[Call] | None = None
    assume: Bound | None = None
    dtypes: tuple[str, ...] = ("float64",)
    widens: bool = True
    nondiff: frozenset[str] = frozenset()
    rtol: float = DEFAULT_RTOL
    reason: str = ""
    reference: Function | None = None
    skip: Mapping[str, str] = field(default_factory=dict)
    also: tuple[str, ...] = ()
    layouts: tuple[str, ...] = LAYOUTS
    example: Call | None = None
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
        """What a rule can ask for by name: inputs, params, and the forward result `out`."""
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
        """Call the gradient, in whatever form it was given, and return what it returned."""
        rule = self.required_gradient()
        if rule.kind == "vjp":
            return rule.bound(values, g)
        local = rule.bound(values)
        derivatives = local if isinstance(local, tuple) else (local,)
        inputs = [values[name] for name in self.inputs if name not in self.nondiff]
        if len(derivatives) != len(inputs):
            return derivatives  # the contract counts them and says what is wanted
        return tuple(
            unbroadcast(g * np.conj(d), np.shape(x))
            for d, x in zip(derivatives, inputs, strict=True)
        )

    def apply_jvp(self, tangents: tuple[Array, ...], values: Values) -> Any:
        """Call the jvp rule with one tangent per differentiable input."""
        rule = self.tangent_rule
        if rule is None:
            raise SpecError(f"op {self.name!r} has no jvp.")
        return rule.bound(values, tangents[0] if len(tangents) == 1 else tangents)

    def _attach(
        self, kind: Literal["vjp", "derivative", "jvp"], function: Function, *, leading: int
    ) -> OpSpec:
        rules = self._rules.by_kind
        taken = kind if kind in rules else None
        if kind != "jvp" and self.gradient is not None:
            taken = self.gradient.kind
        if taken is not None:
            raise SpecError(
                f"op {self.name!r} already has a {taken} ({rules[taken].location}); "
                "a gradient is given once, as a vjp or as a derivative."
            )
        bound = bind(function, self.names, leading=leading, what=f"the {kind} of {self.name!r}")
        rules[kind] = Rule(kind, bound, location_of(function) or _caller())
        return self


def op(
    signature: str | Function | None = None,
    *,
    name: str | None = None,
    tags: str | Iterable[str] = (),
    source: str = "",
    domains: Values | None = None,
    dims: Mapping[str, Size] | None = None,
    params: Values | None = None,
    cases: st.SearchStrategy[Call] | None = None,
    assume: Function | None = None,
    dtypes: str | Sequence[str] = ("float64",),
    widens: bool = True,
    nondiff: str | Iterable[str] = (),
    rtol: float = DEFAULT_RTOL,
    reason: str = "",
    reference: Function | None = None,
    skip: Mapping[str, str] | None = None,
    also: str | Iterable[str] = (),
    layouts: str | Iterable[str] = LAYOUTS,
    example: Call | None = None,
) -> Any:
    """Describe an op; use it as a decorator of the forward, or call the result with one.

    Args:
        signature: gufunc notation, `"(...,m,n),(...,n,p)->(...,m,p)"`; without one the op
            has one input of any shape (or what `cases` says).
        name: the op's name; by default the function's.
        tags: words to select the op by.
        source: a reference for the formula.
        domains: for inputs by name, a domain or a function of sizes, inputs and params by
            name that returns a domain or a strategy of arrays.
        dims: for sizes of the signature by name, `gc.size(...)`.
        params: for params by name, a Hypothesis strategy, `gc.axis_of(...)` and the like,
            or a function of sizes, inputs and params by name that returns a strategy.
        cases: a strategy of `gc.call(*inputs, **params)`, for what all this cannot say.
        assume: a function of inputs and params by name; cases where it is false are rejected.
        dtypes: the dtypes that inputs are drawn in.
        widens: whether the op also takes the double precision of its dtypes; a kernel for
            float32 only does not, and is differentiated in float32 itself.
        nondiff: inputs without a gradient, besides integer and boolean ones.
        rtol: relative tolerance, in float64; any but the default needs a `reason`.
        reason: why the tolerance is not the default.
        reference: the forward computed in a slow way that is right for sure; called like it.
        skip: properties that need not hold, by name, each with the reason.
        also: properties to check besides, which are checked on request only.
        layouts: memory layouts in which inputs and cotangents come.
        example: the call that `gradcheck show` works through.

    Returns:
        A decorator that turns the forward into an `OpSpec`; with a function as its only
        argument (`@gc.op` without parentheses), the `OpSpec` itself.

    Raises:
        SpecError: if the parts do not fit together.
    """
    where = _caller()
    module = sys._getframe(1).f_globals.get("__name__", "__main__")  # noqa: SLF001

    def make(forward: Function) -> OpSpec:
        from gradcheck.registry import note_definition

        spec = _build(
            forward,
            where=where,
            module=module,
            signature=None if callable(signature) else signature,
            name=name,
            tags=_words(tags),
            source=source,
            domains=MappingProxyType(dict(domains or {})),
            dims=MappingProxyType(dict(dims or {})),
            params=MappingProxyType(dict(params or {})),
            cases=cases,
            assume=assume,
            dtypes=_words(dtypes),
            widens=widens,
            nondiff=frozenset(_words(nondiff)),
            rtol=rtol,
            reason=reason,
            reference=reference,
            skip=MappingProxyType(dict(skip or {})),
            also=_words(also),
            layouts=_words(layouts),
            example=example,
        )
        note_definition(spec)
        return spec

    return make(signature) if callable(signature) else make


def _words(given: Iterable[str]) -> tuple[str, ...]:
    """One word, or several."""
    return (given,) if isinstance(given, str) else tuple(given)


def _build(
    forward: Function,
    *,
    where: Location,
    module: str,
    signature: str | None,
    name: str | None,
    assume: Function | None,
    **rest: Any,
) -> OpSpec:
    """Fit the parts of a spec together, or say which of them do not fit."""
    if signature is not None and not isinstance(signature, str):
        raise SpecError(f"A signature is a string such as '(...,n)->(...)'; got {signature!r}.")
    op_name = name or getattr(forward, "__name__", "")
    if not op_name or op_name == "<lambda>":
        raise SpecError(f"An op at {where} needs a name: pass name='...'.")
    parsed = None if signature is None else parse_signature(signature)
    inputs, variadic, defaults = _parameters(forward, op_name, parsed, rest)
    spec = OpSpec(
        name=op_name,
        forward=forward,
        signature=parsed,
        inputs=inputs,
        variadic=variadic,
        param_defaults=MappingProxyType(defaults),
        doc=inspect.cleandoc(getattr(forward, "__doc__", None) or ""),
        location=location_of(forward) or where,
        module=module,
        assume=None
        if assume is None
        else bind(
            assume,
            (*inputs, *defaults, *(parsed.input_names if parsed and rest["cases"] is None else ())),
            what=f"assume of {op_name!r}",
        ),
        **rest,
    )
    _check(spec)
    return spec


def _parameters(
    forward: Function, name: str, signature: Signature | None, rest: Values
) -> tuple[tuple[str, ...], bool, dict[str, Any]]:
    """Split forward's parameters into inputs and params with their defaults."""
    if not callable(forward):
        raise SpecError(f"The forward of {name!r} must be a function; got {forward!r}.")
    count = len(signature.inputs) if signature else 1
    parameters = parameters_of(forward)
    if parameters is None:
        taken = getattr(forward, "nin", count)
        if taken != count and rest["cases"] is None:
            raise SpecError(
                f"The forward of {name!r} takes {taken} inputs, but its signature "
                f"{signature or '(...)'} has {count}."
            )
        return UFUNC_NAMES[:taken], False, dict.fromkeys(rest["params"])
    placed = [p for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    star = next((p for p in parameters if p.kind is p.VAR_POSITIONAL), None)
    if star is not None and not placed and signature is None:
        inputs: list[str] = [star.name]
    elif len(placed) >= count:
        from_cases = rest["cases"] is not None and signature is None
        required = [p.name for p in placed if p.default is p.empty and p.name not in rest["params"]]
        inputs = required if from_cases and required else [p.name for p in placed[:count]]
    else:
        raise SpecError(
            f"The signature {signature} of {name!r} has {count} input(s), but forward takes "
            f"{len(placed)} by place: {listing(p.name for p in placed)}."
        )
    defaults = {
        p.name: None if p.default is p.empty else p.default
        for p in parameters
        if p.name not in inputs and p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)
    }
    missing = [
        p.name
        for p in parameters
        if p.name in defaults and p.default is p.empty and p.name not in rest["params"]
    ]
    if missing and rest["cases"] is None:
        raise SpecError(
            f"forward of {name!r} takes {listing(map(repr, missing))} beside its input(s) "
            f"{listing(inputs)}: say what to pass with params={{{missing[0]!r}: strategy}}, "
            "or name one more input in the signature."
        )
    if any(p.kind is p.VAR_KEYWORD for p in parameters):
        defaults |= {p: None for p in rest["params"] if p not in defaults}
    return tuple(inputs), star is not None and inputs == [star.name], defaults


def _check(spec: OpSpec) -> None:
    """Refuse names, dtypes and kinds of value that mean nothing."""
    _check_names(spec)
    _check_kinds(spec)
    _check_widening(spec)
    if spec.rtol != DEFAULT_RTOL and not spec.reason:
        raise SpecError(f"rtol={spec.rtol:g} of {spec.name!r} needs a reason='...'.")
    if not 0 < spec.rtol < 1:
        raise SpecError(f"rtol of {spec.name!r} must lie between 0 and 1; got {spec.rtol!r}.")
    if "out" in (*spec.inputs, *spec.param_defaults) and parameters_of(spec.forward) is not None:
        raise SpecError(
            f"forward of {spec.name!r} has a parameter 'out', which rules use for the forward "
            "result; rename it or wrap the function in a lambda without it."
        )


def _check_names(spec: OpSpec) -> None:
    """Refuse what names an input, param, size or dtype that there is not."""
    sizes = spec.signature.input_names if spec.signature else ()
    for what, given, known in (
        ("domains", spec.domains, spec.inputs),
        ("params", spec.params, tuple(spec.param_defaults)),
        ("dims", spec.dims, sizes),
        ("nondiff", spec.nondiff, spec.inputs),
        ("dtypes", spec.dtypes, DTYPES),
        ("layouts", spec.layouts, LAYOUTS),
        ("skip", spec.skip, SKIPPABLE),
        ("also", spec.also, ON_REQUEST),
    ):
        for key in given:
            if key not in known:
                raise SpecError(
                    f"{what} of {spec.name!r} names {key!r}; known are {listing(known)}."
                    f"{did_you_mean(str(key), known)}"
                )
    for what, chosen, allowed in (
        ("dtypes", spec.dtypes, DTYPES),
        ("layouts", spec.layouts, LAYOUTS),
    ):
        if not chosen:
            raise SpecError(f"{what} of {spec.name!r} is empty; allowed are {listing(allowed)}.")
    if spec.reference is not None and not callable(spec.reference):
        raise SpecError(
            f"The reference of {spec.name!r} must be a function like forward; "
            f"got {spec.reference!r}."
        )
    for key, why in spec.skip.items():
        if not (isinstance(why, str) and why.strip()):
            raise SpecError(f"skip[{key!r}] of {spec.name!r} needs a reason in words; got {why!r}.")


def _check_widening(spec: OpSpec) -> None:
    """Refuse double precision for an op that takes short dtypes only."""
    if not isinstance(spec.widens, bool):
        raise SpecError(f"widens of {spec.name!r} is True or False; got {spec.widens!r}.")
    if not spec.widens and (double := [name for name in spec.dtypes if name not in SHORT]):
        raise SpecError(
            f"widens=False says that {spec.name!r} takes short dtypes only, but its dtypes name "
            f"{listing(double)}; allowed are {listing(SHORT)}."
        )


def _check_kinds(spec: OpSpec) -> None:
    """Refuse a domain, param, size or case of the wrong kind."""
    for key, value in spec.domains.items():
        if not isinstance(value, Domain) and not callable(value):
            raise SpecError(
                f"The domain of {key!r} in {spec.name!r} must be a domain such as gc.real(0, 1) "
                f"or a function that returns one; got {value!r}."
            )
    for key, value in spec.params.items():
        if not isinstance(value, st.SearchStrategy | AxisParam) and not callable(value):
            raise SpecError(
                f"The param {key!r} of {spec.name!r} must be a Hypothesis strategy or a function "
                f"that returns one; got {value!r}. For one constant use st.just({value!r})."
            )
    for key, allowed in spec.dims.items():
        if not isinstance(allowed, Size):
            raise SpecError(
                f"dims[{key!r}] of {spec.name!r} must be gc.size(...); got {allowed!r}."
            )
    if spec.cases is not None and not isinstance(spec.cases, st.SearchStrategy):
        raise SpecError(f"cases of {spec.name!r} must be a strategy; got {spec.cases!r}.")


def _caller() -> Location:
    """The nearest frame outside this module."""
    frame = sys._getframe(1)  # noqa: SLF001
    while frame.f_back is not None and frame.f_code.co_filename == __file__:
        frame = frame.f_back
    return Location(frame.f_code.co_filename, frame.f_lineno)
