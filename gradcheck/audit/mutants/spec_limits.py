"""What a spec rules out: values, shapes and sizes, layouts, dtypes, params.

Each function here gives the reason why something cannot come up, or nothing. Where that
cannot be told (a domain of one's own, `cases=`) it gives nothing, so that what never came
up counts against the spec.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from gradcheck.audit.mutants.mutant import Scope, VjpCall
from gradcheck.audit.mutants.repeats import may_be_summed, may_broadcast
from gradcheck.cases.case import Case
from gradcheck.checks.exceptions import FAULTS
from gradcheck.ndarrays.dtypes import is_floating, unit_of
from gradcheck.ndarrays.types import Array
from gradcheck.spec.axis_params import AxisParam
from gradcheck.spec.dims import Size
from gradcheck.spec.domains import Domain
from gradcheck.spec.signature import ArgumentAxes, Dim

Limit = Callable[[Scope], str]
MAGNITUDES = tuple(float(f"1e{k}") for k in range(-300, 301, 4))
_IN_ORDER = frozenset({"C", "scalar", "read-only"})
_AXES = frozenset({"axis", "axes", "dim", "dims"})
_ANY_SHAPE = ArgumentAxes(leading=True, dims=())
_SAMPLES = 8


def no_value(what: str, candidates: Iterable[float]) -> Limit:
    """The domain has no value of this kind: it contains none of the candidates."""
    tried = tuple(candidates)

    def limit(scope: Scope) -> str:
        return _outside(
            scope,
            what,
            lambda domain, _x: any(_holds(domain, np.array([value])) for value in tried),
        )

    return limit


def no_ties(scope: Scope) -> str:
    """The domain has no two equal entries."""
    return _outside(
        scope, "equal entries", lambda domain, x: _holds(domain, np.repeat(x.ravel()[:1], 2))
    )


def no_axis(what: str, sizes: Iterable[int]) -> Limit:
    """No axis of the input may have one of these sizes."""
    tried = tuple(sizes)

    def limit(scope: Scope) -> str:
        argument = _argument(scope)
        if argument is None or argument.leading:
            return ""
        if any(_allows(scope, dim, n) for dim in argument.dims for n in tried):
            return ""
        return f"no axis of {scope.target.name} may be {what}"

    return limit


def no_rows(rows: int) -> Limit:
    """The first axis of the input may not be that long."""

    def limit(scope: Scope) -> str:
        argument = _argument(scope)
        if argument is None or argument.leading:
            return ""
        if argument.dims and _longest(scope, argument.dims[0]) >= rows:
            return ""
        return f"{scope.target.name} may not have {rows} rows"

    return limit


def no_long_output(rows: int) -> Limit:
    """No output may have that many rows, since no axis of an input may."""

    def limit(scope: Scope) -> str:
        spec = scope.spec
        if spec.cases is not None or spec.signature is None:
            return ""
        arguments = spec.signature.inputs
        if any(a.leading or any(_longest(scope, dim) >= rows for dim in a.dims) for a in arguments):
            return ""
        return f"no input may have an axis of size {rows}"

    return limit


def not_so_many(entries: int) -> Limit:
    """The input may not have more entries than that."""

    def limit(scope: Scope) -> str:
        argument = _argument(scope)
        if argument is None or argument.leading:
            return ""
        most = math.prod(_longest(scope, dim) for dim in argument.dims)
        return "" if most > entries else f"{scope.target.name} has at most {most:g} entries"

    return limit


def rank_below(rank: int) -> Limit:
    """The input never has that many axes."""

    def limit(scope: Scope) -> str:
        argument = _argument(scope)
        if argument is None or argument.leading or len(argument.dims) >= rank:
            return ""
        return f"{scope.target.name} never has {rank} axes"

    return limit


def always_flat(scope: Scope) -> str:
    """The input always has one axis."""
    argument = _argument(scope)
    if argument is None or argument.leading or len(argument.dims) != 1 or argument.dims[0].optional:
        return ""
    return f"{scope.target.name} always has one axis"


def never_scalar(scope: Scope) -> str:
    """The input always has an axis: by its signature, or since a param is one of its axes."""
    argument, name = _argument(scope), scope.target.name
    sources = scope.spec.params.values()
    taken = any(isinstance(s, AxisParam) and (s.kind, s.name) == ("axis", name) for s in sources)
    if not taken and argument is not None and all(dim.optional for dim in argument.dims):
        return ""
    return f"{scope.target.name} always has an axis"


def nothing_broadcast(scope: Scope) -> str:
    """No input can have leading axes that this one lacks."""
    if scope.spec.cases is not None or scope.spec.variadic:
        return "the spec does not say how inputs broadcast"
    if may_broadcast(scope.spec.signature, _place(scope)):
        return ""
    return f"nothing that {scope.target.name} could be broadcast against"


def nothing_summed(scope: Scope) -> str:
    """The output has no axis that this input lacks."""
    if may_be_summed(scope.spec.signature, _place(scope)):
        return ""
    return f"no axis of the output is known along which {scope.target.name} is repeated"


def only_one_gradient(scope: Scope) -> str:
    """There is only one differentiable input."""
    counts = {_differentiable(scope, case) for case in scope.cases}
    return "there is only one differentiable input" if counts <= {0, 1} else ""


def only_real(scope: Scope) -> str:
    """No case is in a complex dtype."""
    drawn = any(x.dtype.kind == "c" for case in scope.cases for x in case.inputs)
    return "" if drawn else "no dtype that is drawn is complex"


def only_narrow(dtype: np.dtype[Any]) -> Limit:
    """No case is in a dtype of more precision than that."""

    def limit(scope: Scope) -> str:
        drawn = {x.dtype for case in scope.cases for x in case.inputs if is_floating(x.dtype)}
        wider = any(unit_of(kind).eps < unit_of(dtype).eps for kind in drawn)
        return "" if wider else f"no dtype that is drawn is wider than {dtype}"

    return limit


def only_in_order(scope: Scope) -> str:
    """Arrays come in C order only."""
    ordered = set(scope.spec.layouts) <= _IN_ORDER
    return "the spec takes arrays in C order only" if ordered else ""


def input_never_out_of_order(scope: Scope) -> str:
    """The input has one order only, or the vjp does not read it."""
    place = _place(scope)
    unread = _unread(scope, lambda call: replace(call, inputs=_blurred(call.inputs, place)))
    reason = f"the vjp does not read {scope.target.name}" if unread else ""
    return only_in_order(scope) or rank_below(2)(scope) or reason


def output_never_out_of_order(scope: Scope) -> str:
    """The forward returns its output in one order only, or the vjp does not read it."""
    if _unread(scope, lambda call: replace(call, out=_blurred_output(call))):
        return "the vjp does not read the output"
    # What layout an output has is the forward's own business: no spec can ask for another.
    ordered = all(out.flags.c_contiguous for call in scope.calls for out in call.outputs)
    return "the forward returns its output in C order" if ordered else ""


def output_never_matrix(scope: Scope) -> str:
    """The cotangent has one order only."""
    ranks = (out.ndim for call in scope.calls for out in call.outputs)
    return only_in_order(scope) or ("no output has two axes" if max(ranks, default=0) < 2 else "")


def arrays_unread(scope: Scope) -> str:
    """The vjp reads no array but the cotangent."""

    def blurred(call: VjpCall) -> VjpCall:
        return replace(call, inputs=_blurred(call.inputs), out=_blurred_output(call))

    return "the vjp reads neither inputs nor output" if _unread(scope, blurred) else ""


def no_option(scope: Scope) -> str:
    """No param has a value besides its default."""
    return "" if scope.spec.params or scope.spec.cases is not None else "there are no params"


def no_axis_param(scope: Scope) -> str:
    """No param is an axis."""
    spec = scope.spec
    drawn = {name for case in scope.cases for name in case.params}
    sources = {name for name, source in spec.params.items() if isinstance(source, AxisParam)}
    return "" if sources | (drawn & _AXES) else "no param is an axis"


def no_array_param(scope: Scope) -> str:
    """No param is an array."""
    arrays = any(isinstance(p, np.ndarray) for case in scope.cases for p in case.params.values())
    return "" if arrays else "no param is an array"


def no_indices(scope: Scope) -> str:
    """Neither an input nor a param is an array of whole numbers."""
    arrays = (a for case in scope.cases for a in (*case.inputs, *case.params.values()))
    whole = any(isinstance(a, np.ndarray) and a.dtype.kind in "iu" for a in arrays)
    return "" if whole else "no input and no param holds indices"


def _unread(scope: Scope, blurred: Callable[[VjpCall], VjpCall]) -> bool:
    """Whether all gradients stay what they are when arrays are blurred."""
    for call in scope.calls:
        try:
            seen, right = scope.site.rule(blurred(call)), scope.site.rule(call)
        except FAULTS:
            return False
        if not all(np.array_equal(d, r, equal_nan=True) for d, r in zip(seen, right, strict=True)):
            return False
    return True


def _blurred(arrays: Sequence[Array], only: int | None = None) -> tuple[Array, ...]:
    """Arrays of the same shapes and dtypes that are NaN where they were numbers."""
    return tuple(
        np.full_like(x, np.nan) if is_floating(x.dtype) and only in (None, i) else x
        for i, x in enumerate(arrays)
    )


def _blurred_output(call: VjpCall) -> Any:
    outputs = _blurred(call.outputs)
    return outputs if isinstance(call.out, tuple) else outputs[0]


def _outside(scope: Scope, what: str, may: Callable[[Domain, Array], bool]) -> str:
    """Say that no domain of the target's input has something, unless one may have it."""
    names: dict[str, None] = {}
    for domain, x in _drawn(scope):
        if domain is None or not _is_entrywise(domain, x) or may(domain, x):
            return ""
        names[str(domain)] = None
    return f"{scope.target.name} is {' or '.join(names)}, without {what}" if names else ""


def _drawn(scope: Scope) -> Iterator[tuple[Domain | None, Array]]:
    """The domains of the target's input, each with the first few arrays drawn from it."""
    times: dict[int, int] = {}
    for case in scope.cases:
        domains = case.domains or (None,) * len(case.inputs)
        for name, domain, x in zip(case.names, domains, case.inputs, strict=True):
            if not x.size or not (scope.spec.variadic or name == scope.target.name):
                continue
            times[id(domain)] = times.get(id(domain), 0) + 1
            if times[id(domain)] <= _SAMPLES:
                yield domain, x


def _is_entrywise(domain: Domain, x: Array) -> bool:
    """Whether a domain is about entries: what it says of one alone tells what it allows."""
    related = domain.project is not None or domain.retract is not None
    return not related and all(_holds(domain, entry.reshape(1)) for entry in x.ravel()[:_SAMPLES])


def _holds(domain: Domain, values: Array) -> bool:
    """Whether values lie in a domain; False where that is not a question it can be asked."""
    if domain.contains is None:
        return False
    try:
        return domain.contains(values)
    except (ValueError, IndexError):  # a domain of matrices, for example
        return False


def _place(scope: Scope) -> int:
    """Place of the target among the inputs; of any number of arrays there is none."""
    inputs = scope.spec.inputs
    return inputs.index(scope.target.name) if scope.target.name in inputs else len(inputs)


def _argument(scope: Scope) -> ArgumentAxes | None:
    """The axes of the target's input, where the spec says what they are."""
    spec = scope.spec
    if spec.cases is not None or _place(scope) == len(spec.inputs):
        return None
    return _ANY_SHAPE if spec.signature is None else spec.signature.inputs[_place(scope)]


def _size_of(scope: Scope, dim: Dim) -> Size:
    if dim.name is None:
        assert dim.size is not None
        return Size(dim.size, dim.size)
    return scope.spec.dims.get(dim.name, Size())


def _longest(scope: Scope, dim: Dim) -> float:
    longest = _size_of(scope, dim).max
    return math.inf if longest is None else longest


def _allows(scope: Scope, dim: Dim, n: int) -> bool:
    size = _size_of(scope, dim)
    return size.min <= n <= _longest(scope, dim) and n % size.multiple_of == 0


def _differentiable(scope: Scope, case: Case) -> int:
    """How many inputs of a case have a gradient."""
    names = zip(case.names, case.inputs, strict=True)
    return sum(is_floating(x.dtype) and name not in scope.spec.nondiff for name, x in names)
