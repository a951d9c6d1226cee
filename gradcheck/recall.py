"""A case again, from what a report of it kept: the same arrays, params and cotangents."""

from __future__ import annotations

from dataclasses import replace

from gradcheck.cases import Case, argument_names
from gradcheck.domains import Domain, Origin, from_origin
from gradcheck.errors import SpecError, listing
from gradcheck.results import CaseReport
from gradcheck.spec import OpSpec


def recalled(report: CaseReport, spec: OpSpec) -> Case:
    """The case that a report is about, for the op as it is now.

    Raises:
        SpecError: if the op takes other inputs or params now.
    """
    names = tuple(report.inputs)
    if argument_names(spec, len(names)) != names or (
        not spec.variadic and len(names) != len(spec.inputs)
    ):
        raise SpecError(
            f"The case has the inputs {listing(names)}; {spec.name!r} takes {listing(spec.inputs)}."
        )
    if spec.cases is None:
        gone = [name for name in report.params if name not in spec.param_defaults]
        if gone:
            raise SpecError(
                f"The case has the param {gone[0]!r}; {spec.name!r} takes "
                f"{listing(spec.param_defaults)}."
            )
    origins = report.domains or (None,) * len(names)
    # A case that did not get as far as its cotangents makes them by the plan.
    given = report.cotangents or None
    return Case(
        inputs=tuple(report.inputs.values()),
        names=names,
        params=dict(report.params),
        domains=tuple(_domain(*named, spec) for named in zip(names, origins, strict=True)),
        sizes=dict(report.sizes),
        dtype=report.dtype,
        layout=report.layout,
        cotangent=replace(report.cotangent, given=given),
        turn=report.turn,
    )


def reported(case: Case) -> CaseReport:
    """What a report keeps of a case that was not run yet: `recalled` makes it again."""
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
    """The domain of an input: made again, or the user's own if the spec names one."""
    if origin is not None:
        return from_origin(origin)
    own = spec.domains.get(name)
    return own if isinstance(own, Domain) else None
