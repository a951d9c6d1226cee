"""Cases from their reports: the same arrays, params and cotangents."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from gradcheck.cases.case import Case, argument_names
from gradcheck.errors import SpecError, listing
from gradcheck.ndarrays.dtypes import DTYPES, is_floating
from gradcheck.ndarrays.layouts import LAYOUTS
from gradcheck.results.documents.document_errors import excerpt
from gradcheck.results.failure import CaseReport
from gradcheck.spec.domains import Domain, Origin, from_origin
from gradcheck.spec.spec import OpSpec

_NAMED = 8  # names that a message lists


def recalled(report: CaseReport, spec: OpSpec) -> Case:
    """The case of a report, for the op as it is now.

    Raises:
        SpecError: if the op takes other inputs or params now, or there can be no such case.
    """
    _check_inputs(report, spec)
    _check_params(report, spec)
    _check_sense(report)
    origins = report.domains or (None,) * len(report.inputs)
    return Case(
        inputs=tuple(report.inputs.values()),
        names=tuple(report.inputs),
        params=dict(report.params),
        domains=tuple(
            _domain(name, origin, spec) for name, origin in zip(report.inputs, origins, strict=True)
        ),
        sizes=dict(report.sizes),
        dtype=report.dtype,
        layout=report.layout,
        # A case that did not get as far as its cotangents makes them by the plan.
        cotangent=replace(report.cotangent, given=report.cotangents or None),
        turn=report.turn,
    )


def _check_inputs(report: CaseReport, spec: OpSpec) -> None:
    names = tuple(report.inputs)
    count = len(names) if spec.variadic else min(len(names), len(spec.inputs))
    # By cases= an op may be called with fewer inputs: the others are params then.
    complete = spec.variadic or spec.cases is not None or count == len(spec.inputs)
    if not complete or argument_names(spec, count) != names:
        raise SpecError(
            f"The case has the inputs {_some(names)}; {spec.name!r} takes {_some(spec.inputs)}."
        )
    for name, x in report.inputs.items():
        if x.dtype.kind in "US":
            raise SpecError(f"The case has text for the input {excerpt(name)}.")


def _check_params(report: CaseReport, spec: OpSpec) -> None:
    """Raise a SpecError for params that are unknown or missing."""
    known = tuple(spec.param_defaults)
    gone = [name for name in report.params if name not in known]
    # Only those that are drawn are always in a case; others have a default.
    lacking = [name for name in spec.params if name not in report.params]
    if spec.cases is None and gone:
        raise SpecError(
            f"The case has the param {excerpt(gone[0])}; {spec.name!r} takes {_some(known)}."
        )
    if lacking:
        raise SpecError(f"The case lacks the param {lacking[0]!r}, which {spec.name!r} draws.")


def _check_sense(report: CaseReport) -> None:
    """Raise a SpecError for values that only a hand-written document has."""
    for what, word, known in _words(report):
        if word not in known:
            raise SpecError(f"The case has the {what} {excerpt(word)}; known are {listing(known)}.")
    if report.domains and len(report.domains) != len(report.inputs):
        raise SpecError(
            f"The case has {len(report.domains)} domains for {len(report.inputs)} inputs."
        )
    for g in report.cotangents:
        if g is not None and not is_floating(g.dtype):
            raise SpecError(f"The case has a cotangent of {g.dtype}, which is not differentiable.")


def _words(report: CaseReport) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    yield "dtype", report.dtype, DTYPES
    yield "layout", report.layout, LAYOUTS
    yield "cotangent layout", report.cotangent.layout, LAYOUTS


def reported(case: Case) -> CaseReport:
    """The report of a case before its run, for `recalled`."""
    return CaseReport(
        inputs=dict(zip(case.names, case.inputs, strict=True)),
        params=dict(case.params),
        dtype=case.dtype,
        layout=case.layout,
        cotangents=tuple(case.cotangent.given or ()),
        sizes=dict(case.sizes),
        domains=tuple(None if domain is None else domain.origin for domain in case.domains),
        cotangent=replace(case.cotangent, given=None),
        turn=case.turn,
    )


def _domain(name: str, origin: Origin | None, spec: OpSpec) -> Domain | None:
    """The domain of an input: made again, or the spec's own."""
    if origin is not None:
        return from_origin(origin)
    own = spec.domains.get(name)
    return own if isinstance(own, Domain) else None


def _some(names: tuple[str, ...]) -> str:
    shown = [excerpt(name) for name in names[:_NAMED]]
    more = len(names) - _NAMED
    return listing([*shown, f"{more} more"] if more > 0 else shown)
