"""A gradient at one point: two plain functions, nothing drawn."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from gradcheck.cases.case import Case
from gradcheck.cases.cotangents import CotangentPlan
from gradcheck.checks import failures, forms
from gradcheck.checks.examine import TABLED, Outcome, examine
from gradcheck.checks.properties.catalogue import property_of
from gradcheck.checks.subject import Subject, on_copies
from gradcheck.errors import SettingsError, SpecError, did_you_mean, listing
from gradcheck.ndarrays.dtypes import is_floating
from gradcheck.ndarrays.flat import is_differentiable
from gradcheck.ndarrays.types import Array
from gradcheck.numeric.problem import Probes
from gradcheck.results.kind import Kind
from gradcheck.results.result import Result
from gradcheck.results.severity import HAZARDS, Hazards
from gradcheck.run.budget import Calls
from gradcheck.run.conclusion import concluded_at
from gradcheck.spec.binding import location_of
from gradcheck.spec.building import UFUNC_NAMES
from gradcheck.spec.property_names import SKIPPABLE
from gradcheck.spec.signature import parse_signature
from gradcheck.spec.spec_options import DEFAULT_RTOL

_SEED = 64  # derived: from here on `buckets.cotangent` gives random signs and magnitudes


@dataclass(frozen=True, slots=True, kw_only=True)
class PointOptions:
    """All that a check at a point may be told; see `gradcheck.check_at`."""

    form: forms.Form = "vjp"
    params: Mapping[str, Any] = field(default_factory=dict)
    g: Any = None
    nondiff: Collection[str] = ()
    skip: Collection[str] = ()
    reference: Callable[..., Any] | None = None
    signature: str | None = None
    probes: Probes = "auto"
    rtol: float = DEFAULT_RTOL
    seed: int = 0
    widens: bool = True
    hazards: Hazards = "note"

    def __post_init__(self) -> None:
        probes = self.probes
        if probes not in ("auto", "all") and not (isinstance(probes, int) and probes > 0):
            raise SettingsError(
                f"probes={probes!r}: allowed are 'auto', 'all' and a number above 0."
            )
        _check_known("form", [self.form], forms.FORMS)
        _check_known("hazards", [self.hazards], HAZARDS)
        _check_known("skip", self.skip, SKIPPABLE)


def check_point(
    forward: Callable[..., Any], rule: Callable[..., Any], inputs: Any, options: PointOptions
) -> Result:
    """Check a rule beside a forward at one point."""
    arrays = tuple(np.asarray(x) for x in inputs)
    names = _names(forward, len(arrays))
    if unknown := [name for name in options.nondiff if name not in names]:
        raise SpecError(f"nondiff: there is no input {unknown[0]!r}; there are {listing(names)}.")
    calls = Calls(forms.forward_of(forward, options.form))
    subject = _subject(forward, rule, dict(zip(names, arrays, strict=True)), calls, options)
    dtypes = (_name_of(x.dtype) for x in arrays if is_floating(x.dtype))
    given = None if options.g is None else forms.as_cotangents(options.g)
    case = Case(
        inputs=arrays,
        names=names,
        params=dict(options.params),
        dtype=next(dtypes, "float64"),
        cotangent=CotangentPlan(seed=options.seed + _SEED, given=given),
    )
    started = time.perf_counter()
    outcome = _examined(subject, case, options)
    outcome = _hinted(outcome, forms.arity_hint(rule, options.form, len(arrays)))
    seconds = time.perf_counter() - started
    return concluded_at(subject, outcome, seed=options.seed, seconds=seconds, calls=calls.count)


def _subject(
    forward: Callable[..., Any],
    rule: Callable[..., Any],
    inputs: Mapping[str, Array],
    calls: Calls,
    options: PointOptions,
) -> Subject:
    moving = [
        place
        for place, (name, x) in enumerate(inputs.items())
        if is_differentiable(x) and name not in options.nondiff
    ]
    vjp = forms.as_vjp(rule, options.form, forward, moving)
    in_place = "purity" in options.skip
    return Subject(
        name=getattr(forward, "__name__", "forward"),
        forward=on_copies(calls) if in_place else calls,
        vjp=on_copies(vjp) if in_place else vjp,
        signature=None if options.signature is None else parse_signature(options.signature),
        nondiff=frozenset(options.nondiff),
        skip=frozenset(options.skip),
        reference=options.reference,
        widens=options.widens,
        rtol=options.rtol,
        hazards=options.hazards,
        location=location_of(rule),
        forward_location=location_of(forward),
    )


def _examined(subject: Subject, case: Case, options: PointOptions) -> Outcome:
    """Examine the case; of a small one that fails, every entry."""
    due = (
        (property_of("reference"),) if options.reference and "reference" not in subject.skip else ()
    )
    given = case.cotangent.given
    outcome = examine(subject, case, probes=options.probes, due=due)
    outputs = outcome.report.outputs
    if given is not None and outputs and not case.cotangent.fits(outputs):
        shapes = listing(str(out.shape) for out in outputs)
        raise SpecError(f"g does not fit the output of shape {shapes}.")
    is_small = sum(x.size for x in case.inputs) <= TABLED
    if outcome.failure is None or options.probes != "all" or not is_small:
        return outcome
    return examine(subject, case, probes=options.probes, table="every entry", due=due)


def _hinted(outcome: Outcome, hint: str) -> Outcome:
    """The outcome with a hint, where a rule lacked arguments."""
    failure = outcome.failure
    wrong_arity = failure is not None and failure.kind is Kind.RAISED
    if not (hint and wrong_arity and failure is not None and failure.raised is not None):
        return outcome
    if failure.raised.type != "TypeError":
        return outcome
    return replace(outcome, failure=failures.hinted(failure, hint))


def _check_known(option: str, values: Collection[str], known: Collection[str]) -> None:
    for value in values:
        if value not in known:
            raise SettingsError(
                f"{option}: {value!r} is not known; allowed are {listing(known)}."
                f"{did_you_mean(value, known)}"
            )


_name_of = functools.cache(str)  # NumPy takes long to name a dtype


def _names(forward: Callable[..., Any], count: int) -> tuple[str, ...]:
    """Names of the first parameters of a forward, or x, y, z."""
    code = getattr(forward, "__code__", None)
    named = code.co_varnames[: code.co_argcount] if code else ()
    if len(named) >= count:
        return tuple(named[:count])
    if count <= len(UFUNC_NAMES):
        return UFUNC_NAMES[:count]
    return tuple(f"x{i}" for i in range(count))
