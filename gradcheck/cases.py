"""Cases: what an op is called with, drawn from its spec.

Hypothesis decides the structure (sizes, broadcast pattern, params, buckets, layout,
seeds); NumPy fills the values. A `Case` holds data only and can be run again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np
from hypothesis import reject
from hypothesis import strategies as st
from numpy.typing import NDArray

from gradcheck.binding import Bound, bind
from gradcheck.cotangents import CotangentPlan, plans
from gradcheck.domains import Domain, Drawing, drawing_as, real
from gradcheck.draws import one_of
from gradcheck.errors import SpecError, did_you_mean, listing
from gradcheck.layouts import LAYOUTS, laid_out
from gradcheck.params import AxisParam
from gradcheck.signature import Argument, Signature
from gradcheck.spec import Call, OpSpec, Size

Array = NDArray[Any]
Draw = Callable[[st.SearchStrategy[Any]], Any]
Source = Domain | st.SearchStrategy[Any] | Bound | AxisParam

_ANY_COTANGENT = CotangentPlan()
ANY_SHAPE = Argument(leading=True, dims=())
# The first of each list is what a case shrinks to; repeats make a value more likely.
_RANKS = (1, 2, 2, 3, 1, 2, 0, 4)
_BATCH_RANKS = (0, 0, 1, 1, 2, 3)
_BATCH_SIZES = (1, 2, 3, 2, 3, 4, 2, 1, 3, 5, 2, 4, 3, 2, 0)
_SIZES = (1, 2, 3, 4, 2, 3, 5, 3, 2, 4, 3, 2, 1, 6, 0, 7)
_LARGE = (9, 13, 17, 24)
# Sometimes all inputs are of one extreme size: only then is a quotient of them ordinary.
_COMMON_SCALES = (1.0,) * 20 + (1e160, 1e-160, 1e160, 1e-160)
_LAYOUT_MIX = ("C",) * 8 + LAYOUTS[1:]
_ANY_SIZE = Size()
_SHARES = ("full", "full", "full", "ones", "dropped", "ones", "dropped", "none")


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One concrete call.

    Attributes:
        inputs: arrays in C order, one per input.
        names: what messages call them.
        params: static options by name.
        domains: the domain of each input, where it is known.
        sizes: the signature's sizes; None for one that is missing.
        dtype: the dtype that the inputs were drawn in.
        layout: the memory layout that the op sees.
        cotangent: how the cotangents are made.
    """

    inputs: tuple[Array, ...]
    names: tuple[str, ...]
    params: Mapping[str, Any] = field(default_factory=dict)
    domains: tuple[Domain | None, ...] = ()
    sizes: Mapping[str, int | None] = field(default_factory=dict)
    dtype: str = "float64"
    layout: str = "C"
    cotangent: CotangentPlan = _ANY_COTANGENT

    @property
    def empty(self) -> bool:
        """Whether some input has no entries."""
        return any(x.size == 0 for x in self.inputs)

    def arranged(self) -> tuple[Array, ...]:
        """Return fresh arrays in the case's layout, for the op to see."""
        return tuple(laid_out(x, self.layout) for x in self.inputs)


def case_of(spec: OpSpec, call: Call) -> Case:
    """Return the case that a given call makes, with cotangents of ones."""
    inputs = tuple(np.array(x) for x in call.inputs)
    return Case(
        inputs=inputs,
        names=argument_names(spec, len(inputs)),
        params=dict(call.params),
        domains=tuple(
            d if isinstance(d := spec.domains.get(n), Domain) else None for n in spec.inputs
        )
        if not spec.variadic
        else (None,) * len(inputs),
        cotangent=CotangentPlan(seed=0),
    )


def argument_names(spec: OpSpec, count: int) -> tuple[str, ...]:
    """Name `count` inputs: by forward's parameters, or `xs[0]`, `xs[1]` for `*xs`."""
    if spec.variadic:
        return tuple(f"{spec.inputs[0]}[{i}]" for i in range(count))
    if count > len(spec.inputs):
        raise SpecError(
            f"A call of {spec.name!r} has {count} inputs; forward takes "
            f"{len(spec.inputs)}: {listing(spec.inputs)}."
        )
    return spec.inputs[:count]


@dataclass(frozen=True, slots=True)
class CasePlan:
    """How the cases of a spec are drawn: where each input and param comes from, in order."""

    spec: OpSpec
    sources: Mapping[str, Source]

    @classmethod
    def of(cls, spec: OpSpec) -> CasePlan:
        """Make the plan.

        Raises:
            SpecError: if a function asks for a name that does not exist, or two of them
                wait for each other.
        """
        if spec.cases is not None:
            return cls(spec, {})
        if spec.variadic:
            raise SpecError(
                f"forward of {spec.name!r} takes *{spec.inputs[0]}: say what to call it with by "
                "cases=, a strategy of gc.call(...)."
            )
        sources: dict[str, Source] = {name: real() for name in spec.inputs}
        for name, given in (*spec.domains.items(), *spec.params.items()):
            sources[name] = _source(spec, name, given)
        return cls(spec, {name: sources[name] for name in _ordered(spec.name, sources)})

    def draw(self, draw: Draw, dtypes: tuple[str, ...]) -> Case:
        """Draw one case; Hypothesis throws it away where `assume` is false."""
        dtype = draw(one_of(dtypes)) if len(dtypes) > 1 else dtypes[0]
        with drawing_as(np.dtype(dtype)) as current:
            by_calls = self.spec.cases is not None
            drawn = (self._called if by_calls else self._built)(draw, current)
        names = argument_names(self.spec, len(drawn.inputs))
        if self.spec.assume is not None:
            values: dict[str, Any] = {**drawn.sizes, **dict(zip(names, drawn.inputs, strict=True))}
            if self.spec.variadic:
                values[self.spec.inputs[0]] = drawn.inputs
            defaults = self.spec.param_defaults
            if not self.spec.assume({**values, **defaults, **drawn.params}):
                reject()
        return Case(
            inputs=drawn.inputs,
            names=names,
            params=drawn.params,
            domains=drawn.domains,
            sizes=drawn.sizes,
            dtype=dtype,
            layout=draw(one_of(_LAYOUT_MIX)),
            cotangent=draw(plans()),
        )

    def _called(self, draw: Draw, current: Drawing) -> _Drawn:
        assert self.spec.cases is not None
        call = draw(self.spec.cases)
        if not isinstance(call, Call):
            raise SpecError(
                f"cases of {self.spec.name!r} must give gc.call(*inputs, **params); got {call!r}."
            )
        domains = tuple(current.domain_of(x) for x in call.inputs)
        return _Drawn(
            tuple(_as_dtype(x, current.dtype) for x in call.inputs), dict(call.params), domains, {}
        )

    def _built(self, draw: Draw, current: Drawing) -> _Drawn:
        spec = self.spec
        sizes, shapes = _draw_shapes(draw, spec)
        common = draw(one_of(_COMMON_SCALES)) if len(spec.inputs) > 1 else 1.0
        values: dict[str, Any] = dict(sizes)
        domains: dict[str, Domain | None] = dict.fromkeys(spec.inputs)
        for name, source in self.sources.items():
            found = source(values) if isinstance(source, Bound | AxisParam) else source
            asked = f"The function for {name!r} of {spec.name!r} must return a strategy"
            if name in domains:
                asked += " or a domain"
            if isinstance(found, Domain):
                domains[name] = found
                asked = f"The domain {found} for {name!r} of {spec.name!r} must give a strategy"
                found = found.strategy(shapes[name], current.dtype)
            if not isinstance(found, st.SearchStrategy):
                raise SpecError(f"{asked}; it returned {found!r}.")
            values[name] = draw(found)
            if common != 1:
                values[name] = _scaled(values[name], common, domains.get(name))
            if name in domains:
                domains[name] = domains[name] or current.domain_of(values[name])
        return _Drawn(
            tuple(_as_dtype(values[name], current.dtype) for name in spec.inputs),
            {name: values[name] for name in spec.params},
            tuple(domains.values()),
            sizes,
        )


@dataclass(frozen=True, slots=True)
class _Drawn:
    inputs: tuple[Array, ...]
    params: dict[str, Any]
    domains: tuple[Domain | None, ...]
    sizes: Mapping[str, int | None]


def _scaled(value: Any, common: float, domain: Domain | None) -> Any:
    """An input times the scale that all inputs share, where its domain allows that."""
    if domain is None or domain.contains is None or value.dtype.kind not in "fc":
        return value
    with np.errstate(all="ignore"):
        scaled = (value * common).astype(value.dtype)
    return scaled if np.isfinite(scaled).all() and domain.contains(scaled) else value


def _source(spec: OpSpec, name: str, given: Any) -> Source:
    if isinstance(given, Domain | st.SearchStrategy):
        return given
    kind = "domain" if name in spec.domains else "param"
    sizes = spec.signature.input_names if spec.signature else ()
    known = tuple(n for n in (*sizes, *spec.inputs, *spec.params) if n != name)
    if isinstance(given, AxisParam):
        if given.name not in spec.inputs:
            raise SpecError(
                f"The param {name!r} of {spec.name!r} is to be the {given}, but the inputs are "
                f"{listing(spec.inputs)}.{did_you_mean(given.name, spec.inputs)}"
            )
        return given
    return bind(given, known, what=f"the {kind} function for {name!r} of {spec.name!r}")


def _ordered(op: str, sources: Mapping[str, Source]) -> list[str]:
    """Order names so that each comes after those that its function asks for."""
    order: list[str] = []
    while len(order) < len(sources):
        ready = [
            name
            for name, source in sources.items()
            if name not in order and all(n in order for n in _needs(source) if n in sources)
        ]
        if not ready:
            stuck = [name for name in sources if name not in order]
            raise SpecError(
                f"In {op!r}, {listing(stuck)} wait for each other: draw one of them first."
            )
        order.append(ready[0])
    return order


def _needs(source: Source) -> tuple[str, ...]:
    return source.names if isinstance(source, Bound | AxisParam) else ()


def _as_dtype(value: Any, dtype: np.dtype[Any]) -> Array:
    """An input as an array; floating values in the dtype of the case."""
    array = np.asarray(value)
    if array.dtype.kind == "f" and dtype.kind == "f":
        return array.astype(dtype)
    return np.array(array)


def _draw_shapes(
    draw: Draw, spec: OpSpec
) -> tuple[dict[str, int | None], dict[str, tuple[int, ...]]]:
    """Draw the sizes of the signature and the shape of each input."""
    signature = spec.signature or Signature((ANY_SHAPE,), ())
    names = signature.input_names
    large = draw(one_of((None,) * 9 + (*names, "batch")))
    sizes: dict[str, int | None] = {}
    for name in names:
        if name in signature.optional_names and draw(one_of((False, False, True))):
            sizes[name] = None
        else:
            allowed = _allowed(spec.dims.get(name, _ANY_SIZE), large == name)
            sizes[name] = draw(one_of(allowed))
    ranks = _BATCH_RANKS if any(a.dims for a in signature.inputs) else _RANKS
    batch_sizes = _LARGE + _BATCH_SIZES if large == "batch" else _BATCH_SIZES
    with_batch = any(argument.leading for argument in signature.inputs)
    rank = draw(one_of(ranks)) if with_batch else 0
    batch = tuple(draw(one_of(batch_sizes)) for _ in range(rank))
    several = sum(argument.leading for argument in signature.inputs) > 1
    shapes = {}
    for name, argument in zip(spec.inputs, signature.inputs, strict=False):
        core = tuple(n for dim in argument.dims if (n := _size_of(dim, sizes)) is not None)
        # As in np.matmul, an operand that lacks a core axis cannot have batch axes.
        whole = argument.leading and len(core) == len(argument.dims)
        lead = batch if whole else ()
        shapes[name] = (_share(draw, lead) if several and lead else lead) + core
    return sizes, shapes


def _size_of(dim: Any, sizes: Mapping[str, int | None]) -> int | None:
    return dim.size if dim.name is None else sizes[dim.name]


def _share(draw: Draw, batch: tuple[int, ...]) -> tuple[int, ...]:
    """The part of the batch axes that one input has; broadcasting supplies the rest."""
    kind = draw(one_of(_SHARES))
    if kind == "ones":
        kept = draw(st.integers(0, 2 ** len(batch) - 1))
        return tuple(n if kept >> i & 1 else 1 for i, n in enumerate(batch))
    if kind == "dropped":
        return batch[draw(st.integers(0, len(batch))) :]
    return () if kind == "none" else batch


@cache
def _allowed(size: Size, large: bool) -> tuple[int, ...]:
    """Sizes to choose from, the simplest first; a large one where it is asked for."""
    step = size.multiple_of
    top = float("inf") if size.max is None else size.max
    wanted = _LARGE if large else _SIZES
    fitting = tuple(n for n in wanted if size.min <= n <= top and n % step == 0)
    if len(set(fitting)) > 1 or (fitting and large):
        return fitting
    first = -(-max(size.min, 1) // step) * step
    return tuple(n for i in range(5) if (n := first + i * step) <= top) or (0,)
