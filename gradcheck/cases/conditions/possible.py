"""The calls that could come, by a spec and by its cases."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from gradcheck.cases.case import Case
from gradcheck.cases.shapes import signature_of
from gradcheck.ndarrays.dtypes import is_floating, is_real, kind_named
from gradcheck.ndarrays.types import Array
from gradcheck.spec.dims import Size
from gradcheck.spec.domains import Domain, real
from gradcheck.spec.signature import ArgumentAxes, Dim
from gradcheck.spec.spec import OpSpec

_LEADING_AXES = 3  # arbitrary: most broken rules show with fewer, and 5-D is drawn now and then
_MOST_DOMAINS = 8  # arbitrary: of one argument; a function of sizes gives many that are alike
_SAMPLES = 8  # arbitrary: arrays of a domain by which it is seen what it is about


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """The calls that are possible for an op.

    A spec does not say everything: where its domains are functions, or its cases a strategy,
    only what was drawn shows the domain and the dtype of an argument.

    Attributes:
        spec: the op.
        dtypes: the dtypes that inputs are drawn in.
        domains: by input, those of the spec and those that were seen.
        kinds: by input and by param that is an array, the kind of its dtype: f, c, i, u or b.
        ranks: by input, the most axes that it can have, or was seen to have.
        axes: the most axes longer than 1 that an input has.
        output_axes: the most axes longer than 1 that an output has.
        scalars: whether an input may have no axes.
        cases: all that were drawn; without them nothing is ruled out by what never came.
    """

    spec: OpSpec
    dtypes: tuple[str, ...]
    domains: Mapping[str, tuple[Domain, ...]] = field(default_factory=dict)
    kinds: Mapping[str, str] = field(default_factory=dict)
    ranks: Mapping[str, int] = field(default_factory=dict)
    axes: int = 2
    output_axes: int = 2
    scalars: bool = True
    cases: Sequence[Case] = ()

    @classmethod
    def of(cls, spec: OpSpec) -> Scope:
        """The scope by the spec alone, for any number of axes."""
        domains = {
            name: (known,) for name in spec.inputs if (known := _given(spec, name)) is not None
        }
        kind = kind_named(spec.dtypes[0])
        ranks = {
            name: len(argument.dims) + _LEADING_AXES * argument.leading
            for name, argument in zip(spec.inputs, signature_of(spec).inputs, strict=False)
        }
        return cls(
            spec=spec,
            dtypes=spec.dtypes,
            domains=domains,
            kinds={
                name: "i" if known.integral else kind
                for name, (known,) in domains.items()
                if known.contains is not None
            },
            ranks=ranks,
        )

    @classmethod
    def before_any_case(cls, spec: OpSpec, dtypes: tuple[str, ...]) -> Scope:
        """The scope by the spec alone, to be `widened` by cases."""
        return replace(cls.of(spec), dtypes=dtypes, axes=0, output_axes=0, scalars=False)

    def widened(self, case: Case, cotangents: Sequence[Array | None]) -> Scope:
        """Add what a case says: domains, dtypes, numbers of axes."""
        domains, kinds, ranks = dict(self.domains), dict(self.kinds), dict(self.ranks)
        for place, (full_name, x) in enumerate(zip(case.names, case.inputs, strict=True)):
            name = argument_of(full_name)
            kinds[name] = kind_of(x.dtype)
            ranks[name] = max(x.ndim, ranks.get(name, 0))
            domain = case.domains[place] if place < len(case.domains) else None
            if domain is not None:
                domains[name] = _with(domains.get(name, ()), domain)
        kinds |= {k: kind_of(v.dtype) for k, v in case.params.items() if isinstance(v, np.ndarray)}
        outputs = (long_axes(g) for g in cotangents if g is not None)
        return replace(
            self,
            domains=domains,
            kinds=kinds,
            ranks=ranks,
            axes=max((self.axes, *map(long_axes, case.inputs))),
            output_axes=max((self.output_axes, *outputs)),
            scalars=self.scalars or any(x.ndim == 0 for x in case.inputs),
        )

    def argument(self, name: str) -> ArgumentAxes | None:
        """The axes of an input, where the spec says what they are."""
        if self.spec.cases is not None or name not in self.spec.inputs:
            return None
        inputs = signature_of(self.spec).inputs
        place = self.spec.inputs.index(name)
        return inputs[place] if place < len(inputs) else None

    def leading(self) -> list[str]:
        """Names of the inputs that may have leading axes."""
        known = ((name, self.argument(name)) for name in self.spec.inputs)
        return [name for name, argument in known if argument is not None and argument.leading]

    def optional_names(self) -> tuple[str, ...]:
        """Names of the sizes that may be missing."""
        return signature_of(self.spec).optional_names

    def allows(self, dim: Dim, n: int) -> bool:
        """Whether an axis may have a size."""
        size = self._size(dim)
        return size.min <= n <= self.longest(dim) and n % size.multiple_of == 0

    def longest(self, dim: Dim) -> float:
        """The largest size that an axis may have."""
        longest = self._size(dim).max
        return math.inf if longest is None else longest

    def _size(self, dim: Dim) -> Size:
        if dim.name is None:
            return Size(dim.size or 0, dim.size)
        return self.spec.dims.get(dim.name, Size())

    def samples(self, name: str) -> Sequence[tuple[Domain | None, Array]]:
        """The domains of an input, each with a few arrays from it."""
        known: list[tuple[Domain | None, Array]] = []
        times: dict[int, int] = {}
        for case in self.cases:
            domains = case.domains or (None,) * len(case.inputs)
            for own, domain, x in zip(case.names, domains, case.inputs, strict=True):
                if x.size and (self.spec.variadic or own == name):
                    times[id(domain)] = times.get(id(domain), 0) + 1
                    known += [(domain, x)] * (times[id(domain)] <= _SAMPLES)
        return known

    def gradients(self) -> int:
        """The most inputs of a case that have a gradient."""
        return max(
            (
                sum(is_floating(x.dtype) and name not in self.spec.nondiff for name, x in pairs)
                for pairs in (zip(c.names, c.inputs, strict=True) for c in self.cases)
            ),
            default=0,
        )


def argument_of(name: str) -> str:
    """The parameter that an input belongs to: `xs[0]` belongs to `xs`."""
    return name.partition("[")[0]


def long_axes(x: Array) -> int:
    """How many axes of an array with entries are longer than 1."""
    return sum(n > 1 for n in x.shape) if x.size else 0


def kind_of(dtype: Any) -> str:
    """The kind of a dtype, f for bfloat16 too."""
    return "f" if is_real(dtype) else str(dtype.kind)


def _with(known: tuple[Domain, ...], domain: Domain) -> tuple[Domain, ...]:
    """Add a domain, unless it is known or they are many."""
    alike = any(domain.name == other.name for other in known)
    return known if alike or len(known) == _MOST_DOMAINS else (*known, domain)


def _given(spec: OpSpec, name: str) -> Domain | None:
    """The domain of an input; None where only a case shows it."""
    if spec.cases is not None:
        return None
    known = spec.domains.get(name)
    if known is None:
        return real()
    return known if isinstance(known, Domain) else None
