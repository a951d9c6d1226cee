"""What a spec and the cases drawn from it say about what could come."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from gradcheck.cases.case import Case
from gradcheck.cases.shapes import signature_of
from gradcheck.ndarrays.dtypes import is_real, kind_named
from gradcheck.ndarrays.types import Array
from gradcheck.spec.domains import Domain, real
from gradcheck.spec.spec import OpSpec

_LEADING_AXES = 3  # that an input should come with, at least
_MOST_DOMAINS = 8  # of one argument; a function of sizes gives many that are alike


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What to derive the possible traits of an op from.

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
    """

    spec: OpSpec
    dtypes: tuple[str, ...]
    domains: Mapping[str, tuple[Domain, ...]] = field(default_factory=dict)
    kinds: Mapping[str, str] = field(default_factory=dict)
    ranks: Mapping[str, int] = field(default_factory=dict)
    axes: int = 2
    output_axes: int = 2
    scalars: bool = True

    @classmethod
    def of(cls, spec: OpSpec) -> Scope:
        """What the spec says by itself, for an op that may have any number of axes."""
        domains = {
            name: (found,) for name in spec.inputs if (found := _given(spec, name)) is not None
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
                name: "i" if found.integral else kind
                for name, (found,) in domains.items()
                if found.contains is not None
            },
            ranks=ranks,
        )

    @classmethod
    def before_any_case(cls, spec: OpSpec, dtypes: tuple[str, ...]) -> Scope:
        """What the spec says by itself; `widened` by cases, it says what is left open here."""
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


def argument_of(name: str) -> str:
    """The parameter that an input belongs to: `xs[0]` belongs to `xs`."""
    return name.partition("[")[0]


def long_axes(x: Array) -> int:
    """How many axes are longer than 1; none where there are no entries."""
    return sum(n > 1 for n in x.shape) if x.size else 0


def kind_of(dtype: Any) -> str:
    """The kind of a dtype, where bfloat16 is as good as any real floating one."""
    return "f" if is_real(dtype) else str(dtype.kind)


def _with(known: tuple[Domain, ...], domain: Domain) -> tuple[Domain, ...]:
    """Add a domain to those that are known, unless it is one of them or they are many."""
    alike = any(domain.name == other.name for other in known)
    return known if alike or len(known) == _MOST_DOMAINS else (*known, domain)


def _given(spec: OpSpec, name: str) -> Domain | None:
    """The domain of an input as the spec gives it; None where only a case shows it."""
    if spec.cases is not None:
        return None
    found = spec.domains.get(name)
    if found is None:
        return real()
    return found if isinstance(found, Domain) else None
