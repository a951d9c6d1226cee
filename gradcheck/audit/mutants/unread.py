"""Arrays that a vjp does not read, so that mutants are idle."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from gradcheck.audit.mutants.mutant import Site, VjpCall
from gradcheck.checks.exceptions import FAULTS
from gradcheck.ndarrays.dtypes import is_floating
from gradcheck.ndarrays.types import Array


def input_unread(site: Site, calls: Sequence[VjpCall], name: str) -> str:
    """Say whether the vjp does not read an input."""

    def blurred(call: VjpCall) -> VjpCall:
        return replace(call, inputs=_blurred(call.inputs, call.names.index(name)))

    known = all(name in call.names for call in calls)
    return f"the vjp does not read {name}" if known and _unread(site, calls, blurred) else ""


def output_unread(site: Site, calls: Sequence[VjpCall], _name: str) -> str:
    """Say whether the vjp does not read the output, or its order."""
    if _unread(site, calls, lambda call: replace(call, out=_blurred_output(call))):
        return "the vjp does not read the output"
    # The layout of an output is the forward's own business: no spec can ask for another.
    ordered = all(out.flags.c_contiguous for call in calls for out in call.outputs)
    return "the forward returns its output in C order" if ordered else ""


def arrays_unread(site: Site, calls: Sequence[VjpCall], _name: str) -> str:
    """Say whether the vjp reads no array but the cotangent."""

    def blurred(call: VjpCall) -> VjpCall:
        return replace(call, inputs=_blurred(call.inputs), out=_blurred_output(call))

    return "the vjp reads neither inputs nor output" if _unread(site, calls, blurred) else ""


def _unread(site: Site, calls: Sequence[VjpCall], blurred: Callable[[VjpCall], VjpCall]) -> bool:
    """Whether all gradients stay the same when arrays are blurred."""
    for call in calls:
        try:
            seen, right = site.rule(blurred(call)), site.rule(call)
        except FAULTS:
            return False
        if not all(np.array_equal(d, r, equal_nan=True) for d, r in zip(seen, right, strict=True)):
            return False
    return True


def _blurred(arrays: Sequence[Array], only: int | None = None) -> tuple[Array, ...]:
    """Arrays of the same shapes and dtypes, with NaN for numbers."""
    return tuple(
        np.full_like(x, np.nan) if is_floating(x.dtype) and only in (None, i) else x
        for i, x in enumerate(arrays)
    )


def _blurred_output(call: VjpCall) -> Any:
    outputs = _blurred(call.outputs)
    return outputs if isinstance(call.out, tuple) else outputs[0]
