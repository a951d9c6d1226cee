"""What has to come up in a case for a mutant to show."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from gradcheck.audit.mutants import spec_limits
from gradcheck.audit.mutants.mutant import Trigger, VjpCall
from gradcheck.audit.mutants.repeats import repeats
from gradcheck.ndarrays.types import Array

LARGE_FROM = 100.0
TINY_BELOW = 1e-3
MANY_ROWS = 1024
BLOCK_ROWS = 8
MANY_ENTRIES = 65535
_BOTH_SIGNS = (*spec_limits.MAGNITUDES, *(-m for m in spec_limits.MAGNITUDES))


def zeros(x: Array) -> Array:
    """Where an input is exactly 0."""
    return np.asarray(x == 0)


def negatives(x: Array) -> Array:
    """Where the real part of an input is negative."""
    return np.asarray(x.real < 0)


def tiny(x: Array) -> Array:
    """Where an input is near 0 but not 0."""
    return np.asarray((x != 0) & (abs(x) < TINY_BELOW))


def large(x: Array) -> Array:
    """Where an input is large in magnitude."""
    return np.asarray(abs(x) > LARGE_FROM)


def in_memory_order(array: Array) -> Array:
    """The entries as they lie in memory, in the shape of the array."""
    return array.ravel(order="K").reshape(array.shape)


def rounded(array: Array, kind: type[np.floating[Any]]) -> Array:
    """The numbers of an array, rounded to those that a dtype has."""
    if array.dtype.kind != "c":
        return array.astype(kind).astype(array.dtype)
    real, imaginary = array.real.astype(kind), array.imag.astype(kind)
    return np.asarray(real.astype(array.real.dtype) + 1j * imaginary.astype(array.real.dtype))


def identical(a: Array, b: Array) -> bool:
    """Whether two arrays with entries are equal in shape, dtype and values."""
    return a.size > 0 and a.shape == b.shape and a.dtype == b.dtype and bool(np.all(a == b))


def equal_pair(arrays: Sequence[Array]) -> tuple[int, int] | None:
    """Places of the first two arrays that hold the same values, not all 0, if any do."""
    for j, y in enumerate(arrays):
        for i, x in enumerate(arrays[:j]):
            if identical(x, y) and y.any():
                return i, j
    return None


def array_params(call: VjpCall) -> Sequence[Array]:
    """Params that are arrays with entries."""
    return [p for p in call.params.values() if isinstance(p, np.ndarray) and p.size]


def repeated_index(call: VjpCall) -> tuple[int, Array] | None:
    """Indices of which some are equal, and the first of their axes in the output.

    Indices are an input or a param of whole numbers whose axes stand side by side among
    those of the one output.
    """
    if isinstance(call.g, tuple):
        return None
    fixed = [x for i, x in enumerate(call.inputs) if i not in call.active]
    for k in (*fixed, *array_params(call)):
        if k.dtype.kind not in "iu" or not k.ndim or len(np.unique(k)) == k.size:
            continue
        for first in range(np.ndim(call.out) - k.ndim + 1):
            if np.shape(call.out)[first : first + k.ndim] == k.shape:
                return first, k
    return None


def _in_input(where: Callable[[Array], Array]) -> Callable[[VjpCall, int], bool]:
    return _of_input(lambda x: bool(where(x).any()))


def _of_input(holds: Callable[[Array], bool]) -> Callable[[VjpCall, int], bool]:
    return lambda call, place: call.has(place) and holds(call.argument(place))


def _of_cotangents(holds: Callable[[Array], bool]) -> Callable[[VjpCall, int], bool]:
    return lambda call, _place: any(holds(g) for g in call.cotangents)


def _is_out_of_order(array: Array) -> bool:
    return not array.flags.c_contiguous and not identical(array, in_memory_order(array))


def _ends_in_part_of_a_block(array: Array) -> bool:
    rows = array.shape[0] if array.ndim else 0
    return rows >= MANY_ROWS and rows % BLOCK_ROWS > 0 and array.size > 0


def _is_option(call: VjpCall, _place: int) -> bool:
    return any(
        name in call.params and not _same(call.params[name], default)
        for name, default in call.defaults.items()
    )


def _same(value: Any, default: Any) -> bool:
    if isinstance(value, np.ndarray) or isinstance(default, np.ndarray):
        return np.array_equal(value, default)
    return bool(value == default)


def _has_negative_axis(call: VjpCall, _place: int) -> bool:
    """Whether a whole number among the params, alone or in a tuple, is negative."""
    items = (n for p in call.params.values() for n in (p if isinstance(p, tuple | list) else (p,)))
    return any(isinstance(n, int | np.integer) and n < 0 for n in items)


ALWAYS = Trigger(words="a call of the vjp")
FILLED = Trigger(
    words="entries in the first input",
    occurs=lambda call, _place: call.inputs[0].size > 0,
    hint="let the first input have entries",
)
ENTRIES = Trigger(
    words="entries in {x}",
    occurs=_of_input(lambda x: x.size > 0),
    hint="let {x} have entries",
)
MATRIX = Trigger(
    words="two axes of {x} longer than 1",
    occurs=_of_input(lambda x: x.ndim > 1 and min(x.shape[-2:]) > 1),
    barred=spec_limits.rank_below(2),
    hint="let {x} have two axes",
)
VECTOR = Trigger(
    words="a last axis of {x} longer than 1",
    occurs=_of_input(lambda x: x.ndim > 0 and x.shape[-1] > 1),
    barred=spec_limits.rank_below(1),
    hint="let {x} have an axis",
)
NOT_FLAT = Trigger(
    words="no axis in {x}, or several",
    occurs=_of_input(lambda x: x.ndim != 1),
    barred=spec_limits.always_flat,
)
THIN = Trigger(
    words="an axis of size 1 in {x}",
    occurs=_of_input(lambda x: 1 in x.shape),
    barred=spec_limits.no_axis("of size 1", (1,)),
    hint="let an axis of {x} have size 1",
)
ODD = Trigger(
    words="an axis of odd size in {x}",
    occurs=_of_input(lambda x: any(n % 2 for n in x.shape)),
    barred=spec_limits.no_axis("of odd size", range(1, 2 * MANY_ROWS, 2)),
    hint="let an axis of {x} have an odd size",
)
EMPTY = Trigger(
    words="an axis of size 0 in {x}",
    occurs=_of_input(lambda x: x.size == 0),
    barred=spec_limits.no_axis("of size 0", (0,)),
    hint="let an axis of {x} have size 0, or say that it has not: dims={{…: gc.size(min=1)}}",
)
SCALAR = Trigger(
    words="a scalar for {x}",
    occurs=_of_input(lambda x: x.ndim == 0),
    barred=spec_limits.never_scalar,
    hint="let {x} have no axes",
)
SEVERAL = Trigger(
    words="two gradients",
    occurs=lambda call, _place: len(call.active) > 1,
    barred=spec_limits.only_one_gradient,
)
COMPLEX = Trigger(
    words="complex numbers in {x}",
    occurs=_of_input(lambda x: x.dtype.kind == "c"),
    barred=spec_limits.only_real,
)
ZERO = Trigger(
    words="an exact zero in {x}",
    occurs=_in_input(zeros),
    barred=spec_limits.no_value("a zero", (0.0,)),
    hint="let the domain of {x} contain 0, or say that it does not: gc.nonzero()",
)
NEGATIVE = Trigger(
    words="a negative entry in {x}",
    occurs=_in_input(negatives),
    barred=spec_limits.no_value("a negative number", (-m for m in spec_limits.MAGNITUDES)),
    hint="let the domain of {x} reach below 0, or say that it does not: gc.positive()",
)
TINY = Trigger(
    words=f"an entry of {{x}} with 0 < |x| < {TINY_BELOW:g}",
    occurs=_in_input(tiny),
    barred=spec_limits.no_value("a number near 0", (m for m in _BOTH_SIGNS if abs(m) < TINY_BELOW)),
    hint="let the domain of {x} reach to 0, or give its bounds: gc.real(low, high)",
)
LARGE = Trigger(
    words=f"an entry of {{x}} beyond {LARGE_FROM:g}",
    occurs=_in_input(large),
    barred=spec_limits.no_value(
        "a number beyond 100", (101.0, -101.0, *(m for m in _BOTH_SIGNS if abs(m) > LARGE_FROM))
    ),
    hint="widen the domain of {x}, or give its bounds: gc.real(low, high)",
)
TIES = Trigger(
    words="equal entries in {x}",
    occurs=_of_input(lambda x: len(np.unique(x)) < x.size),
    barred=spec_limits.no_ties,
    hint="let the domain of {x} have equal entries, or say that it has not: gc.distinct()",
)
EQUAL_INPUTS = Trigger(
    words="two inputs of equal values",
    occurs=lambda call, _place: equal_pair([call.inputs[i] for i in call.active]) is not None,
    barred=spec_limits.only_one_gradient,
    hint="let two inputs be equal",
)
BROADCAST = Trigger(
    words="{x} broadcast against another input",
    occurs=lambda call, place: bool(repeats(call, place).broadcast),
    barred=spec_limits.nothing_broadcast,
)
SUMMED = Trigger(
    words="an axis of the output along which {x} is repeated",
    occurs=lambda call, place: bool(repeats(call, place).summed),
    barred=spec_limits.nothing_summed,
)
REPEATED_INDEX = Trigger(
    words="a repeated index",
    occurs=lambda call, _place: repeated_index(call) is not None,
    barred=spec_limits.no_indices,
    hint="let indices repeat: gc.integers(low, high) draws such",
)
BLOCK = Trigger(
    words=f"{MANY_ROWS} rows or more in {{x}}, and no multiple of {BLOCK_ROWS}",
    occurs=_of_input(_ends_in_part_of_a_block),
    barred=spec_limits.no_rows(MANY_ROWS),
    hint="let the first axis of {x} be that long",
)
COTANGENT_BLOCK = Trigger(
    words=f"{MANY_ROWS} rows or more in an output, and no multiple of {BLOCK_ROWS}",
    occurs=_of_cotangents(_ends_in_part_of_a_block),
    barred=spec_limits.no_long_output(MANY_ROWS),
    hint="let the first axis of the output be that long",
)
MANY = Trigger(
    words=f"more than {MANY_ENTRIES} entries in {{x}}",
    occurs=_of_input(lambda x: x.size > MANY_ENTRIES),
    barred=spec_limits.not_so_many(MANY_ENTRIES),
    hint="let {x} be that large",
)
OPTION = Trigger(
    words="a param with another value than its default",
    occurs=_is_option,
    barred=spec_limits.no_option,
    hint="draw the params: params={{…}}",
)
NEGATIVE_AXIS = Trigger(
    words="a negative axis among the params",
    occurs=_has_negative_axis,
    barred=spec_limits.no_axis_param,
    hint="draw axes from both ends: gc.axis_of({x!r})",
)
ARRAY_PARAM = Trigger(
    words="a param that is an array",
    occurs=lambda call, _place: bool(array_params(call)),
    barred=spec_limits.no_array_param,
)
OUTPUT = Trigger(
    words="an output with entries",
    occurs=_of_cotangents(lambda g: g.size > 0),
    hint="let the output have entries",
)
ZERO_IN_COTANGENT = Trigger(
    words="a zero in the cotangent", occurs=_of_cotangents(lambda g: not g.all())
)
ZERO_COTANGENT = Trigger(
    words="a cotangent of zeros only",
    occurs=lambda call, _place: (
        any(g.size for g in call.cotangents) and not any(g.any() for g in call.cotangents)
    ),
)
COTANGENT_ORDER = Trigger(
    words="a cotangent laid out in another order than C",
    occurs=_of_cotangents(_is_out_of_order),
    barred=spec_limits.output_never_matrix,
    hint="let arrays come in every layout: layouts=",
)
INPUT_ORDER = Trigger(
    words="{x} laid out in another order than C",
    occurs=_of_input(_is_out_of_order),
    barred=spec_limits.input_never_out_of_order,
    hint="let arrays come in every layout: layouts=",
)
OUTPUT_ORDER = Trigger(
    words="an output laid out in another order than C",
    occurs=lambda call, _place: any(map(_is_out_of_order, call.outputs)),
    barred=spec_limits.output_never_out_of_order,
)
STRIDED = Trigger(
    words="a cotangent that is not contiguous",
    occurs=_of_cotangents(lambda g: not g.flags.forc),
    barred=spec_limits.only_in_order,
    hint="let arrays come in every layout: layouts=",
)


STORED = Trigger(words="a call of the vjp", barred=spec_limits.arrays_unread)


def finer_than(kind: type[np.floating[Any]]) -> Trigger:
    """The cotangent has numbers that a dtype has not."""
    dtype = np.dtype(kind)

    def is_finer(g: Array) -> bool:
        return not np.array_equal(rounded(g, kind), g)

    return Trigger(
        words=f"a cotangent with numbers that {dtype} does not have",
        occurs=_of_cotangents(is_finer),
        barred=spec_limits.only_narrow(dtype),
        hint="draw more cases (-n)",
    )
