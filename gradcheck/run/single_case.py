"""One case from plain values, examined as a replay examines it."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from gradcheck.cases.case import TURNS, Case, argument_names
from gradcheck.cases.cotangents import CotangentPlan
from gradcheck.checks.examine import Outcome, breach, examine
from gradcheck.checks.properties.catalogue import due, property_of
from gradcheck.checks.subject import subject_of
from gradcheck.errors import SpecError, listing
from gradcheck.ndarrays.dtypes import is_floating
from gradcheck.ndarrays.types import Array
from gradcheck.results.failure import CaseReport
from gradcheck.results.result import Result
from gradcheck.run.conclusion import concluded_at
from gradcheck.run.history.recall import recalled
from gradcheck.spec.domains import Domain, real
from gradcheck.spec.spec import OpSpec


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseOptions:
    """The options of a case besides op and inputs, as for `check_case`."""

    params: Mapping[str, Any] = field(default_factory=dict)
    g: Any = None
    dtype: str | None = None
    layout: str = "C"
    g_layout: str = "C"
    domains: Mapping[str, Domain] = field(default_factory=dict)
    sizes: Mapping[str, int | None] | None = None
    seed: int = 2
    turn: int = 0


def case_from(spec: OpSpec, inputs: Sequence[Any], options: CaseOptions) -> Case:
    """Put a case together.

    Raises:
        SpecError: if the op takes other inputs or params, or there can be no such case.
    """
    arrays = tuple(np.asarray(x) for x in inputs)
    names = argument_names(spec, len(arrays))
    if unknown := [name for name in options.domains if name not in names]:
        raise SpecError(f"There is no input {unknown[0]!r}; {spec.name!r} has {listing(names)}.")
    dtypes = (x.dtype.name for x in arrays if is_floating(x.dtype))
    report = CaseReport(
        inputs=dict(zip(names, arrays, strict=True)),
        params=dict(options.params),
        dtype=options.dtype or next(dtypes, "float64"),
        layout=options.layout,
        cotangents=_cotangents(options.g),
        sizes=_sizes(spec, arrays) if options.sizes is None else dict(options.sizes),
        cotangent=CotangentPlan(_pattern(options.g), options.seed, options.g_layout),
        turn=options.turn,
    )
    case = recalled(report, spec)
    domains = [_domain(spec, name, options) for name in names]
    return replace(case, domains=tuple(domains))


def _domain(spec: OpSpec, name: str, options: CaseOptions) -> Domain | None:
    """The domain of an input: an option, the spec's, or any values."""
    own = options.domains.get(name, spec.domains.get(name, real()))
    return own if isinstance(own, Domain) else None


def check_single_case(spec: OpSpec, case: Case, properties: Sequence[str] | None) -> Result:
    """Examine a case: named properties first, or those of its turn."""
    started = time.perf_counter()
    outcome = _outcome(spec, case, properties)
    seconds = time.perf_counter() - started
    return concluded_at(subject_of(spec), outcome, seed=case.cotangent.seed, seconds=seconds)


def _outcome(spec: OpSpec, case: Case, properties: Sequence[str] | None) -> Outcome:
    subject = subject_of(spec)
    if properties is None:
        wanted = due(case.turn, TURNS, subject.skip, frozenset(spec.also))
        return examine(subject, case, table="every entry", due=wanted)
    callable_again = [p for p in map(property_of, properties) if p.check is not None]
    for each in callable_again:
        broken = breach(subject, case, each)
        if broken is not None and broken.case is not None:
            return Outcome(report=broken.case, failure=broken)
    return examine(subject, case, table="every entry")


def _cotangents(g: Any) -> tuple[Array | None, ...]:
    if g is None:
        return ()
    items = g if isinstance(g, tuple) else (g,)
    return tuple(None if item is None else np.asarray(item) for item in items)


def _pattern(g: Any) -> str:
    """The pattern of the cotangents: stride 0 for a repeated number."""
    arrays = [item for item in _cotangents(g) if item is not None]
    spread = any(x.size > 1 and not any(x.strides) for x in arrays)
    return "stride 0" if spread else "random"


def _sizes(spec: OpSpec, inputs: Sequence[Array]) -> Mapping[str, int | None]:
    """The signature's sizes, where they can be told from the shapes."""
    signature = spec.signature
    shapes = [x.shape for x in inputs]
    return {} if signature is None else signature.sizes_of(shapes) or {}
