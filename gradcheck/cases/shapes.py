"""Shapes drawn from a signature: sizes, broadcast patterns, long axes."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from hypothesis import strategies as st

from gradcheck.ndarrays.strategies import one_of
from gradcheck.spec.dims import Size
from gradcheck.spec.signature import ArgumentAxes, Dim, Signature
from gradcheck.spec.spec import OpSpec

Draw = Callable[[st.SearchStrategy[Any]], Any]
Sizes = dict[str, int | None]
Shapes = dict[str, tuple[int, ...]]

# What a signature calls the axes that it leaves open.
LEADING = "..."
# Beyond the first, kernels switch to another way of summing; beyond the second, 16 bits end.
THRESHOLDS = (1024, 65536)
# Blocks, warps and unrolled loops end at powers of two from 32 to 256. The largest comes first:
# it shows what is wrong beyond any of them.
NEAR = 30
_SQUARE = 65  # derived, it is one of them: rows of a matrix that its factorisation bears
_NEAR_LENGTHS = (257, 256, 255, 129, 128, 127, 65, 64, 63, 33, 32, 31)
_ENTRIES = 200_000  # arbitrary, 3 × 65536 must fit: entries of an input with a long axis
_ANY_SHAPE = Signature((ArgumentAxes(leading=True, dims=()),), ())
_ANY_SIZE = Size()

# The first of each list is what a case shrinks to; repeats make a value more likely.
_RANKS = (1, 2, 2, 3, 1, 2, 0, 4, 1, 2, 3, 2, 2, 0, 3, 1, 2, 5)
_BATCH_RANKS = (0, 0, 1, 1, 2, 3)
_BATCH_SIZES = (1, 2, 3, 2, 3, 4, 2, 1, 3, 5, 2, 4, 3, 2, 0)
_SIZES = (1, 2, 3, 4, 2, 3, 5, 3, 2, 4, 3, 2, 1, 6, 0, 7)
_LARGE = (9, 13, 17, 24)
_ALL_EQUAL = "="
_SHARES = ("full", "full", "full", "ones", "dropped", "ones", "all ones", "dropped", "none")
# Beyond a threshold, by these: odd and even, prime, multiples of 8, and one that is rounder.
_BEYOND = (1, 2, 3, 5, 7, 8, 13, 20, 32, 75, 76)
_TINY = (1, 2, 3, 3)
# Which of several inputs have the leading axes; those not named here do.
_LONG_SHARES = ((True, True), (True, False), (False, True))


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """An axis to draw longer than usual, while all others are tiny.

    Attributes:
        axis: a size of the signature, or "..." for a leading axis.
        over: what the length exceeds.
    """

    axis: str
    over: int

    def __str__(self) -> str:
        return f"{self.axis} > {self.over}"


def signature_of(spec: OpSpec) -> Signature:
    """The signature of an op; by default, one input of any shape."""
    return spec.signature or _ANY_SHAPE


def draw_shapes(draw: Draw, spec: OpSpec, *, alike: bool = False) -> tuple[Sizes, Shapes]:
    """Draw the sizes of the signature and the shape of each input.

    Args:
        draw: of Hypothesis.
        spec: the op.
        alike: whether inputs that share leading axes get all of them, so that none broadcasts.
    """
    signature = signature_of(spec)
    names = signature.input_names
    large = draw(one_of((None,) * 9 + (*names, LEADING, _ALL_EQUAL)))
    sizes: Sizes = {}
    for name in names:
        if name in signature.optional_names and draw(one_of((False, False, True))):
            sizes[name] = None
        else:
            sizes[name] = draw(one_of(_allowed(_size_of(spec, name), large == name)))
    if large == _ALL_EQUAL:
        sizes = _all_equal(spec, sizes)
    batch = _draw_batch(draw, signature, large, sizes)
    return sizes, _shapes(spec, sizes, batch, lambda lead: lead if alike else _share(draw, lead))


def _draw_batch(
    draw: Draw, signature: Signature, large: str | None, sizes: Sizes
) -> tuple[int, ...]:
    """Draw the leading axes, one of them large or all equal."""
    if not any(argument.leading for argument in signature.inputs):
        return ()
    ranks = _BATCH_RANKS if any(argument.dims for argument in signature.inputs) else _RANKS
    rank = draw(one_of(ranks))
    if large == _ALL_EQUAL and rank:
        common: int | None = next((n for n in sizes.values() if n is not None), None)
        return (draw(one_of(_BATCH_SIZES)) if common is None else common,) * int(rank)
    batch = [draw(one_of(_BATCH_SIZES)) for _ in range(rank)]
    if large == LEADING and rank:
        batch[draw(one_of(tuple(range(rank))))] = draw(one_of(_LARGE))
    return tuple(batch)


def stretches_of(spec: OpSpec, thresholds: tuple[int, ...] = THRESHOLDS) -> tuple[Stretch, ...]:
    """The axes of an op that can be long within `_ENTRIES`.

    None where `cases=` says what to call the op with, none along a size that the spec limits,
    and none far along one that an input has twice: it would have a million entries.
    """
    if spec.cases is not None:
        return ()
    signature = signature_of(spec)
    axes = [
        *signature.input_names,
        *([LEADING] if any(a.leading for a in signature.inputs) else []),
    ]
    return tuple(
        Stretch(axis=axis, over=over)
        for axis in axes
        for over in thresholds
        if _can_stretch(spec, axis, over)
    )


def draw_stretched(draw: Draw, spec: OpSpec, stretch: Stretch) -> tuple[Sizes, Shapes]:
    """Draw shapes with one long axis and all others tiny."""
    signature = signature_of(spec)
    length = draw(one_of(_lengths_of(spec, stretch.axis, stretch.over)))
    least = {n: max(_smallest(_size_of(spec, n))[0], 1) for n in signature.input_names}
    least.pop(stretch.axis, None)
    left = _ENTRIES // (length * _fixed(spec) * math.prod(least.values()))
    sizes: Sizes = dict.fromkeys(signature.input_names, length)
    for name, smallest in least.items():
        sizes[name] = size = draw(one_of(_tiny(_size_of(spec, name), left * smallest)))
        left = left * smallest // max(size, 1)
    leading = tuple(argument.leading for argument in signature.inputs)
    if not any(leading):
        return sizes, _shapes(spec, sizes, (), lambda lead: lead)
    other = draw(one_of(_tiny(_ANY_SIZE, left)))
    batches: tuple[tuple[int, ...], ...] = ((), (other,), (other,))
    if stretch.axis == LEADING:
        batches = ((length, other), (length,), (length, other), (other, length))
    shares = iter(draw(one_of(_LONG_SHARES)) if sum(leading) > 1 else ())
    return sizes, _shapes(
        spec, sizes, draw(one_of(batches)), lambda lead: lead if next(shares, True) else ()
    )


def _shapes(
    spec: OpSpec,
    sizes: Sizes,
    batch: tuple[int, ...],
    share: Callable[[tuple[int, ...]], tuple[int, ...]],
) -> Shapes:
    """The shape of each input: its batch axes, then its own."""
    signature = signature_of(spec)
    several = sum(argument.leading for argument in signature.inputs) > 1
    shapes = {}
    for name, argument in zip(spec.inputs, signature.inputs, strict=False):
        core = tuple(n for dim in argument.dims if (n := _extent(dim, sizes)) is not None)
        # As in np.matmul, an operand that lacks a core axis cannot have batch axes.
        whole = argument.leading and len(core) == len(argument.dims)
        lead = batch if whole else ()
        shapes[name] = (share(lead) if several and lead else lead) + core
    return shapes


def _share(draw: Draw, batch: tuple[int, ...]) -> tuple[int, ...]:
    """An input's part of the batch axes; broadcasting supplies the rest."""
    kind = draw(one_of(_SHARES))
    if kind == "ones":
        kept = draw(st.integers(0, 2 ** len(batch) - 1))
        return tuple(n if kept >> i & 1 else 1 for i, n in enumerate(batch))
    if kind == "dropped":
        return batch[draw(st.integers(0, len(batch))) :]
    return {"full": batch, "all ones": (1,) * len(batch), "none": ()}[kind]


def _extent(dim: Dim, sizes: Mapping[str, int | None]) -> int | None:
    return dim.size if dim.name is None else sizes[dim.name]


def _size_of(spec: OpSpec, name: str) -> Size:
    return spec.dims.get(name, _ANY_SIZE)


def _all_equal(spec: OpSpec, sizes: Sizes) -> Sizes:
    """Give every size that may have it the value of the first."""
    first = next((n for n in sizes.values() if n is not None), 0)
    return {
        name: first if n is not None and _fits(first, _size_of(spec, name)) else n
        for name, n in sizes.items()
    }


def _fits(n: int, size: Size) -> bool:
    return size.min <= n <= (math.inf if size.max is None else size.max) and (
        n % size.multiple_of == 0
    )


@cache
def _allowed(size: Size, large: bool) -> tuple[int, ...]:
    """Sizes to choose from, small or large ones, the simplest first."""
    fitting = tuple(n for n in (_LARGE if large else _SIZES) if _fits(n, size))
    if len(set(fitting)) > 1 or (fitting and large):
        return fitting
    return _smallest(size)


def _smallest(size: Size) -> tuple[int, ...]:
    """The first few sizes with entries, or 0 where there are none."""
    step = size.multiple_of
    first = -(-max(size.min, 1) // step) * step
    return tuple(n for n in range(first, first + 5 * step, step) if _fits(n, size)) or (0,)


@cache
def _lengths(size: Size, over: int) -> tuple[int, ...]:
    """Sizes a little beyond a threshold, the first the simplest."""
    if over == NEAR:
        return tuple(n for n in _NEAR_LENGTHS if _fits(n, size))
    beyond = max(over, size.min - 1)
    fitting = tuple(n for by in _BEYOND if _fits(n := beyond + by, size))
    step = size.multiple_of
    return fitting or tuple(n for by in (1, 2) if _fits(n := (beyond // step + by) * step, size))


@cache
def _tiny(size: Size, most: int) -> tuple[int, ...]:
    """Sizes of an axis beside a long one, above `most` by need."""
    return tuple(n for n in _TINY if _fits(n, size) and n <= most) or _smallest(size)[:1]


def _fixed(spec: OpSpec) -> int:
    """The factor by which axes of fixed size enlarge an input."""
    return max(
        math.prod(dim.size or 1 for dim in argument.dims if dim.name is None)
        for argument in signature_of(spec).inputs
    )


def _lengths_of(spec: OpSpec, axis: str, over: int) -> tuple[int, ...]:
    """Lengths of a stretched axis, moderate where an input has it twice."""
    lengths = _lengths(_size_of(spec, axis), over)
    times = max(sum(d.name == axis for d in a.dims) for a in signature_of(spec).inputs)
    return tuple(n for n in lengths if n <= _SQUARE) if times > 1 else lengths


def _can_stretch(spec: OpSpec, axis: str, over: int) -> bool:
    lengths = _lengths_of(spec, axis, over)
    if not lengths:
        return False
    for argument in signature_of(spec).inputs:
        names = [dim.name for dim in argument.dims]
        if not (axis in names or (axis == LEADING and argument.leading)):
            continue
        others = (_smallest(_size_of(spec, n))[0] for n in names if n is not None and n != axis)
        if lengths[0] * _fixed(spec) * math.prod(max(n, 1) for n in others) > _ENTRIES:
            return False
    return True
