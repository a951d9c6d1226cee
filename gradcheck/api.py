"""Checks from Python: a whole op, a point, a test's assertion."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from gradcheck.cases.case import Case
from gradcheck.cases.cotangents import CotangentPlan
from gradcheck.checks.examine import TABLED, examine
from gradcheck.checks.subject import Subject
from gradcheck.errors import GradientError, SettingsError, SpecError, did_you_mean, listing
from gradcheck.ndarrays.dtypes import is_floating
from gradcheck.numeric.problem import Probes
from gradcheck.results.result import Result
from gradcheck.results.settings import Settings
from gradcheck.run.conclusion import concluded_at
from gradcheck.run.search import check_op
from gradcheck.run.single_case import CaseOptions, case_from, check_single_case
from gradcheck.spec.binding import location_of
from gradcheck.spec.building import UFUNC_NAMES
from gradcheck.spec.domains import Domain
from gradcheck.spec.options import DEFAULT_RTOL
from gradcheck.spec.signature import parse_signature
from gradcheck.spec.spec import OpSpec


def check(spec: OpSpec, **settings: Any) -> Result:
    """Check an op on cases drawn from its spec.

    Args:
        spec: an op with its gradient.
        settings: fields of `Settings`: cases, seed, dtypes, max_time, shrink, database.

    Returns:
        The result; it is true only if the gradient was tested and found right, and prints
        as a table row with the failure below.

    Raises:
        SettingsError: for a setting that is not known or not allowed.
        SpecError: if the spec does not fit together.
    """
    if not isinstance(spec, OpSpec):
        raise SpecError(
            f"check takes an op made by gradcheck.op; got {spec!r}. For two plain functions use "
            "check_at(forward, vjp, *inputs)."
        )
    known = Settings.__dataclass_fields__
    for key in settings:
        if key not in known:
            raise SettingsError(
                f"check has no setting {key!r}; known are {listing(known)}."
                f"{did_you_mean(key, known)}"
            )
    if isinstance(settings.get("dtypes"), str):
        settings["dtypes"] = (settings["dtypes"],)
    return check_op(spec, Settings(**settings))


def check_case(
    spec: OpSpec,
    inputs: Sequence[Any],
    *,
    params: Mapping[str, Any] | None = None,
    g: Any = None,
    dtype: str | None = None,
    layout: str = "C",
    g_layout: str = "C",
    domains: Mapping[str, Domain] | None = None,
    sizes: Mapping[str, int | None] | None = None,
    seed: int = 2,
    turn: int = 0,
    properties: Sequence[str] | None = None,
) -> Result:
    """Check an op on exactly one case, as `gradcheck replay` does: nothing is drawn.

    Args:
        spec: an op with its gradient.
        inputs: arrays, in the order of the forward's parameters.
        params: options by name.
        g: the cotangent, a tuple of them for several outputs; random numbers unless given.
        dtype: the dtype that the case counts as; that of the first floating input.
        layout: the memory layout in which the op sees the inputs: "C", "Fortran",
            "transposed", "strided", "reversed", "stride 0", "read-only" or "scalar".
        g_layout: the same for the cotangents.
        domains: the domain of an input by its name, within which it is moved; that of the
            spec unless given.
        sizes: the signature's sizes by name, None for one that is missing; by the shapes of
            the inputs unless given.
        seed: of the directions, and of a cotangent that is not given.
        turn: which properties to check behind the numbers: a share of them from 1 to 6, or
            0 for all.
        properties: names of properties to check instead, before the numbers.

    Returns:
        The result for this one case; its `last` holds the case with every number in it.

    Raises:
        SpecError: if the op has no gradient, or takes no such inputs or params.
        SelectionError: for a property that there is none of.
    """
    spec.required_gradient()
    options = CaseOptions(
        params=params or {},
        g=g,
        dtype=dtype,
        layout=layout,
        g_layout=g_layout,
        domains=domains or {},
        sizes=sizes,
        seed=seed,
        turn=turn,
    )
    return check_single_case(spec, case_from(spec, inputs, options), properties)


def check_at(
    forward: Callable[..., Any],
    vjp: Callable[..., Any],
    *inputs: Any,
    signature: str | None = None,
    probes: Probes = "auto",
    rtol: float = DEFAULT_RTOL,
    seed: int = 0,
    widens: bool = True,
) -> Result:
    """Check a gradient at one point, drawing only the cotangent.

    Args:
        forward: `forward(*inputs)`, returns an array or a tuple of them.
        vjp: `vjp(g, *inputs)`, returns one gradient per floating or complex input; an input
            of integers has none.
        inputs: arrays, or what `np.asarray` takes.
        signature: gufunc notation; where it has `...`, perturbed copies are evaluated in
            stacks, which is faster.
        probes: "auto" judges every entry of up to 64, else random directions; "all" judges
            every entry; a number asks for so many random directions.
        rtol: relative tolerance.
        seed: of the cotangent and the directions.
        widens: whether the functions also take the double precision of a short dtype; if
            not, float32 is differentiated in float32.

    Returns:
        The result for this one case.

    Raises:
        SpecError: for a malformed signature, or no input at all.
    """
    if not inputs:
        raise SpecError("check_at needs at least one input: check_at(forward, vjp, x).")
    if probes not in ("auto", "all") and not (isinstance(probes, int) and probes > 0):
        raise SettingsError(f"probes={probes!r}: allowed are 'auto', 'all' and a number above 0.")
    arrays = tuple(np.asarray(x) for x in inputs)
    subject = Subject(
        name=getattr(forward, "__name__", "forward"),
        forward=forward,
        vjp=lambda g, xs, params, out: vjp(g, *xs),
        signature=None if signature is None else parse_signature(signature),
        widens=widens,
        rtol=rtol,
        location=location_of(vjp),
        forward_location=location_of(forward),
    )
    case = Case(
        inputs=arrays,
        names=_names(forward, len(arrays)),
        dtype=next((_name_of(x.dtype) for x in arrays if is_floating(x.dtype)), "float64"),
        cotangent=CotangentPlan(seed=seed + 64),
    )
    started = time.perf_counter()
    outcome = examine(subject, case, probes=probes)
    if outcome.failure is not None and sum(x.size for x in arrays) <= TABLED:
        outcome = examine(subject, case, probes=probes, table="every entry")
    return concluded_at(subject, outcome, seed=seed, seconds=time.perf_counter() - started)


def assert_gradient(
    forward: Callable[..., Any], vjp: Callable[..., Any], *inputs: Any, **settings: Any
) -> None:
    """Raise if a gradient at one point is wrong, or unjudged.

    Args:
        forward, vjp, inputs, settings: as for `check_at`.

    Raises:
        GradientError: an `AssertionError` whose text is the whole failure panel.
    """
    __tracebackhide__ = True  # pytest shows the line of the test
    result = check_at(forward, vjp, *inputs, **settings)
    if not result:
        raise GradientError(str(result))


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


__all__: Sequence[str] = ("assert_gradient", "check", "check_at", "check_case")
