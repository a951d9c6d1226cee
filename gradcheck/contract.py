"""The contract of a vjp: what must hold before any number is compared.

One gradient per differentiable input, of the input's shape and dtype; arguments left
as they were; no memory shared that would let writing to one array change another.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from gradcheck.errors import listing
from gradcheck.forward import is_differentiable
from gradcheck.results import Kind

Array = NDArray[Any]
Culprit = Literal["forward", "vjp", "jvp"]
_SMALL = 2**20  # bytes that may be copied just to compare them
_OVERLAP_WORK = 10_000  # how hard to look for a shared element before giving up


@dataclass(frozen=True, slots=True)
class Violation:
    """A broken contract, in words, and the function that broke it."""

    kind: Kind
    headline: str
    message: str
    argument: str | None = None
    culprit: Culprit = "vjp"


@dataclass(frozen=True, slots=True)
class Inputs:
    """The inputs of a case by name, and which of them have a gradient."""

    arrays: Mapping[str, Array]
    differentiable: tuple[str, ...]

    @property
    def fixed(self) -> tuple[str, ...]:
        return tuple(name for name in self.arrays if name not in self.differentiable)


def outputs_of(returned: Any, inputs: Inputs) -> tuple[Array, ...] | Violation:
    """Take what a forward returned as a tuple of arrays, or say what is wrong with it."""
    items = returned if isinstance(returned, tuple) else (returned,)
    for item in items:
        if not _is_numeric(item):
            return Violation(
                Kind.FORWARD,
                "forward returned no array",
                f"forward returned {_describe(item)}; it must return a NumPy array or a "
                "tuple of them.",
                culprit="forward",
            )
    outputs = tuple(np.asarray(item) for item in items)
    differentiable = [out for out in outputs if is_differentiable(out)]
    if not differentiable:
        dtypes = listing(dict.fromkeys(str(out.dtype) for out in outputs))
        return Violation(
            Kind.FORWARD,
            "forward has no differentiable output",
            f"forward returned {dtypes}; an output with a gradient is floating or complex.",
            culprit="forward",
        )
    is_complex = any(inputs.arrays[name].dtype.kind == "c" for name in inputs.differentiable)
    if not is_complex and any(out.dtype.kind == "c" for out in differentiable):
        return Violation(
            Kind.FORWARD,
            "forward returned complex numbers for real inputs",
            "forward returned complex numbers for real inputs; return real ones, or split them "
            "into real and imaginary outputs.",
            culprit="forward",
        )
    return outputs


def gradients_of(returned: Any, inputs: Inputs) -> dict[str, Array] | Violation:
    """Take what a vjp returned as one gradient per differentiable input, by name."""
    if isinstance(returned, list):
        return Violation(
            Kind.TYPE,
            "the vjp returned a list",
            f"The vjp returned a list; return {_wanted(inputs)}.",
        )
    items = returned if isinstance(returned, tuple) else (returned,)
    names = inputs.differentiable
    if len(items) == len(inputs.arrays) and len(items) != len(names):
        by_name = dict(zip(inputs.arrays, items, strict=True))
        for name in inputs.fixed:
            if by_name[name] is not None:
                return Violation(
                    Kind.UNWANTED,
                    f"∂L/∂{name} should be None",
                    f"The vjp returned {_describe(by_name[name])} for {name}, which is not "
                    "differentiable; return None in its place, or leave it out.",
                    name,
                )
        items = tuple(by_name[name] for name in names)
    if len(items) != len(names):
        return Violation(
            Kind.ARITY,
            f"the vjp returned {_count(len(items), 'gradient')} for {_count(len(names), 'input')}",
            f"The vjp returned {_count(len(items), 'gradient')}; return {_wanted(inputs)}.",
        )
    gradients = {}
    for name, item in zip(names, items, strict=True):
        violation = _unfit(name, item, inputs.arrays[name])
        if violation is not None:
            return violation
        gradients[name] = np.asarray(item)
    return gradients


def unchanged(
    before: Mapping[str, Array], after: Mapping[str, Array], *, culprit: Culprit
) -> Violation | None:
    """Compare arguments byte for byte with copies that were made before a call."""
    for name, array in after.items():
        if not same_bytes(before[name], array):
            called = "the cotangent" if name == "g" else name
            return Violation(
                Kind.MUTATION,
                f"the {culprit} changed {called}",
                f"The {culprit} wrote into {called}: work on a copy. Whoever called it still "
                f"holds that array.",
                None if name == "g" else name,
                culprit,
            )
    return None


def separate(gradients: Mapping[str, Array], others: Mapping[str, Array]) -> Violation | None:
    """Check that writing into a gradient changes no other gradient and no argument."""
    items = list(gradients.items())
    for i, (name, gradient) in enumerate(items):
        for other, array in items[i + 1 :]:
            if _overlap(gradient, array):
                return Violation(
                    Kind.ALIASING,
                    f"∂L/∂{name} and ∂L/∂{other} share memory",
                    f"∂L/∂{name} and ∂L/∂{other} are the same memory: adding to one in place "
                    "changes the other. Return a copy of one.",
                    name,
                )
        for other, array in others.items():
            if _overlap(gradient, array):
                called = "the cotangent" if other == "g" else other
                return Violation(
                    Kind.ALIASING,
                    f"∂L/∂{name} shares memory with {called}",
                    f"∂L/∂{name} is a view of {called}: adding to it in place changes {called}. "
                    "Return a copy.",
                    name,
                )
    return None


def same_bytes(a: Array, b: Array) -> bool:
    """Whether two arrays hold the same bytes; NaN equals itself, -0.0 does not equal 0.0."""
    if a.shape != b.shape or a.dtype != b.dtype:
        return False
    if a.nbytes <= _SMALL:
        return a.tobytes() == b.tobytes()
    if a.dtype.kind == "c":
        return same_bytes(a.real, b.real) and same_bytes(a.imag, b.imag)
    whole = np.dtype(f"u{a.dtype.itemsize}")
    return np.array_equal(np.ascontiguousarray(a).view(whole), np.ascontiguousarray(b).view(whole))


def _unfit(name: str, item: Any, x: Array) -> Violation | None:
    if item is None:
        return Violation(
            Kind.MISSING,
            f"∂L/∂{name} is missing",
            f"The vjp returned None for {name}, which is differentiable; return an array of shape "
            f"{x.shape}, or declare nondiff=({name!r},).",
            name,
        )
    if not _is_numeric(item):
        return Violation(
            Kind.TYPE,
            f"∂L/∂{name} is not an array",
            f"The vjp returned {_describe(item)} for {name}; return a NumPy array of "
            f"shape {x.shape}.",
            name,
        )
    gradient = np.asarray(item)
    if gradient.shape != x.shape:
        return Violation(
            Kind.SHAPE,
            f"∂L/∂{name} has the wrong shape",
            f"∂L/∂{name} has shape {gradient.shape}; {name} has shape {x.shape}."
            f"{_shape_hint(gradient.shape, x.shape)}",
            name,
        )
    if gradient.dtype != x.dtype:
        return Violation(
            Kind.DTYPE,
            f"∂L/∂{name} has the wrong dtype",
            f"∂L/∂{name} is {gradient.dtype}; {name} is {x.dtype}, and so must its gradient be.",
            name,
        )
    return None


def _shape_hint(got: tuple[int, ...], wanted: tuple[int, ...]) -> str:
    if got == wanted[::-1]:
        return " It looks transposed."
    try:
        if np.broadcast_shapes(got, wanted) == got:
            return " Sum over the axes along which the input was broadcast (gc.unbroadcast)."
    except ValueError:
        pass
    return ""


def _overlap(a: Array, b: Array) -> bool:
    """Whether writing to one of two arrays can change the other."""
    if not (np.may_share_memory(a, b) and a.flags.writeable and b.flags.writeable):
        return False
    try:
        return bool(np.shares_memory(a, b, max_work=_OVERLAP_WORK))  # type: ignore[arg-type]
    except np.exceptions.TooHardError:
        return False


def _is_numeric(item: Any) -> bool:
    if isinstance(item, np.ndarray | np.generic):
        return item.dtype.kind in "fciub"
    return isinstance(item, int | float | complex)


def _wanted(inputs: Inputs) -> str:
    names = [f"∂L/∂{name}" for name in inputs.differentiable]
    if len(names) == 1:
        return f"one array, {names[0]}"
    return f"a tuple of {len(names)}: {listing(names)}"


def _describe(item: Any) -> str:
    if item is None:
        return "None"
    kind = type(item).__name__
    if isinstance(item, np.ndarray):
        return f"an array of dtype {item.dtype}"
    return f"an {kind}" if kind[0] in "aeiou" else f"a {kind}"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
