"""Refusal of specs whose parts do not fit together."""

from __future__ import annotations

from hypothesis import strategies as st

from gradcheck.errors import SpecError, did_you_mean, listing
from gradcheck.ndarrays.dtypes import DTYPES, SHORT
from gradcheck.ndarrays.layouts import LAYOUTS
from gradcheck.spec.axis_params import AxisParam
from gradcheck.spec.binding import parameters_of
from gradcheck.spec.dims import Size
from gradcheck.spec.domains import Domain
from gradcheck.spec.property_names import ON_REQUEST, SKIPPABLE
from gradcheck.spec.spec import OpSpec
from gradcheck.spec.spec_options import DEFAULT_RTOL


def check_spec(spec: OpSpec) -> None:
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
    """Refuse unknown inputs, params, sizes, dtypes, layouts and properties."""
    sizes = spec.signature.input_names if spec.signature else ()
    for option, keys, known in (
        ("domains", spec.domains, spec.inputs),
        ("params", spec.params, tuple(spec.param_defaults)),
        ("dims", spec.dims, sizes),
        ("nondiff", spec.nondiff, spec.inputs),
        ("dtypes", spec.dtypes, DTYPES),
        ("layouts", spec.layouts, LAYOUTS),
        ("skip", spec.skip, SKIPPABLE),
        ("also", spec.also, ON_REQUEST),
    ):
        for key in keys:
            if key not in known:
                raise SpecError(
                    f"{option} of {spec.name!r} names {key!r}; known are {listing(known)}."
                    f"{did_you_mean(str(key), known)}"
                )
        if option in ("dtypes", "layouts") and not keys:
            raise SpecError(f"{option} of {spec.name!r} is empty; allowed are {listing(known)}.")
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
