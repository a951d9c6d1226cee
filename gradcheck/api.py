"""Checks from Python: an op, a case, a point, an assertion."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from gradcheck.checks.forms import Form
from gradcheck.errors import GradientError, SettingsError, SpecError, did_you_mean, listing
from gradcheck.numeric.problem import Probes
from gradcheck.results.result import Result
from gradcheck.results.settings import Settings
from gradcheck.results.severity import Hazards
from gradcheck.run.at_point import PointOptions, check_point
from gradcheck.run.search import check_op
from gradcheck.run.single_case import CaseOptions, case_from, check_single_case
from gradcheck.spec.domains import Domain
from gradcheck.spec.spec import OpSpec
from gradcheck.spec.spec_options import DEFAULT_RTOL


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
    """Check an op on exactly one case, as `gradcheck replay` does.

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
    form: Form = "vjp",
    params: Mapping[str, Any] | None = None,
    g: Any = None,
    nondiff: Collection[str] = (),
    skip: Collection[str] = (),
    reference: Callable[..., Any] | None = None,
    signature: str | None = None,
    probes: Probes = "auto",
    rtol: float = DEFAULT_RTOL,
    seed: int = 0,
    widens: bool = True,
    hazards: Hazards = "note",
) -> Result:
    """Check a gradient at one point, with nothing drawn but the cotangent.

    Args:
        forward: `forward(*inputs, **params)`, returns an array or a tuple of them.
        vjp: `vjp(g, *inputs)`, returns one gradient per floating or complex input; an input
            of integers has none. Params, and the result as `out`, are passed by name where
            it has a parameter for them.
        inputs: arrays, or what `np.asarray` takes.
        form: the form of the rule in the place of the vjp: "derivative", "grad" or
            "jacobian", called as `rule(*inputs)`; "jvp", called as `rule(t, *inputs)`;
            "cached", called as `rule(g, cache)`, where forward returns `(out, cache)`.
        params: options that forward takes by name.
        g: the cotangent, a tuple of them for several outputs; random numbers unless given.
        nondiff: names of inputs without a gradient.
        skip: names of properties that need not hold.
        reference: a slow forward that is right for sure, with which forward is compared;
            with widens=False, it is differentiated in double precision.
        signature: gufunc notation; where it has `...`, perturbed copies are evaluated in
            stacks, which is faster.
        probes: "auto" judges every entry of up to 64, else random directions; "all" judges
            every entry, and proves each of a wrong gradient for a table; a number asks for so
            many random directions.
        rtol: relative tolerance.
        seed: of the cotangent and the directions.
        widens: whether the functions also take the double precision of a short dtype; if
            not, float32 is differentiated in float32.
        hazards: "fail" fails a gradient that shares memory too; "note" notes it.

    Returns:
        The result for this one case.

    Raises:
        SpecError: for a malformed signature, no input at all, or a cotangent of another shape.
        SettingsError: for a form, a property or a number of probes that there is not.
    """
    if not inputs:
        raise SpecError("check_at needs at least one input: check_at(forward, vjp, x).")
    options = PointOptions(
        form=form,
        params=params or {},
        g=g,
        nondiff=nondiff,
        skip=skip,
        reference=reference,
        signature=signature,
        probes=probes,
        rtol=rtol,
        seed=seed,
        widens=widens,
        hazards=hazards,
    )
    return check_point(forward, vjp, inputs, options)


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


__all__: Sequence[str] = ("assert_gradient", "check", "check_at", "check_case")
