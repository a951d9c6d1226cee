"""`gc.op`: how users describe an op."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, get_overloads, overload

from hypothesis import strategies as st

from gradcheck.ndarrays.layouts import LAYOUTS
from gradcheck.spec.binding import caller
from gradcheck.spec.building import build_spec
from gradcheck.spec.calls import Call, Values
from gradcheck.spec.definitions import note_definition
from gradcheck.spec.dims import Size
from gradcheck.spec.spec import OpSpec
from gradcheck.spec.spec_options import DEFAULT_RTOL, Function, options_of


@overload
def op(signature: Function) -> OpSpec: ...


@overload
def op(
    signature: str | None = None,
    *,
    name: str | None = None,
    tags: str | Iterable[str] = (),
    source: str = "",
    domains: Values | None = None,
    dims: Mapping[str, Size] | None = None,
    params: Values | None = None,
    cases: st.SearchStrategy[Call] | None = None,
    assume: Function | None = None,
    dtypes: str | Sequence[str] = ("float64",),
    widens: bool = True,
    nondiff: str | Iterable[str] = (),
    rtol: float = DEFAULT_RTOL,
    reason: str = "",
    reference: Function | None = None,
    skip: Mapping[str, str] | None = None,
    also: str | Iterable[str] = (),
    layouts: str | Iterable[str] = LAYOUTS,
    example: Call | None = None,
) -> Callable[[Function], OpSpec]: ...


def op(
    signature: str | Function | None = None, *, name: str | None = None, **options: Any
) -> OpSpec | Callable[[Function], OpSpec]:
    """Describe an op, as a decorator of its forward.

    It works as a plain call too: `gc.op("(...)->(...)", name="exp")(np.exp)`.

    Args:
        signature: gufunc notation, `"(...,m,n),(...,n,p)->(...,m,p)"`; without one the op
            has one input of any shape (or what `cases` says).
        name: the op's name; by default the function's.
        tags: words to select the op by.
        source: a reference for the formula.
        domains: for inputs by name, a domain or a function of sizes, inputs and params by
            name that returns a domain or a strategy of arrays.
        dims: for sizes of the signature by name, `gc.size(...)`.
        params: for params by name, a Hypothesis strategy, `gc.axis_of(...)` and the like,
            or a function of sizes, inputs and params by name that returns a strategy.
        cases: a strategy of `gc.call(*inputs, **params)`, for what all this cannot say.
        assume: a function of inputs and params by name; cases where it is false are rejected.
        dtypes: the dtypes that inputs are drawn in.
        widens: whether the op also takes the double precision of its dtypes; a kernel for
            float32 only does not, and is differentiated in float32 itself.
        nondiff: inputs without a gradient, besides integer and boolean ones.
        rtol: relative tolerance, in float64; any but the default needs a `reason`.
        reason: why the tolerance is not the default.
        reference: the forward computed in a slow way that is right for sure; called like it.
        skip: properties that need not hold, by name, each with the reason.
        also: properties to check besides, which are checked on request only.
        layouts: memory layouts in which inputs and cotangents come.
        example: the call that `gradcheck show` works through.

    Returns:
        A decorator that turns the forward into an `OpSpec`; with a function as its only
        argument (`@gc.op` without parentheses), the `OpSpec` itself.

    Raises:
        SpecError: if the parts do not fit together.
    """
    definition = caller(), sys._getframe(1).f_globals.get("__name__", "__main__")  # noqa: SLF001
    kept = options_of(options)

    def make(forward: Function) -> OpSpec:
        notation = None if callable(signature) else signature
        spec = build_spec(forward, notation, name, kept, definition)
        note_definition(spec)
        return spec

    return make(signature) if callable(signature) else make


# For `help` and for editors that read it from the running program.
op.__signature__ = inspect.signature(get_overloads(op)[1])  # type: ignore[attr-defined]
