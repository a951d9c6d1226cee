"""Requirements on results: arrays of the right form, or a violation.

A forward returns an array or a tuple of arrays; a vjp one gradient per differentiable
input, of the input's shape and dtype.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from gradcheck.checks.violation import Violation
from gradcheck.errors import listing
from gradcheck.ndarrays.dtypes import is_floating
from gradcheck.ndarrays.flat import is_differentiable
from gradcheck.ndarrays.types import Array
from gradcheck.results.kind import Kind
from gradcheck.spec.signature import Signature


@dataclass(frozen=True, slots=True)
class Inputs:
    """A case's inputs by name, and those with a gradient."""

    arrays: Mapping[str, Array]
    differentiable: tuple[str, ...]

    @property
    def fixed(self) -> tuple[str, ...]:
        return tuple(name for name in self.arrays if name not in self.differentiable)


def outputs_of(returned: Any, inputs: Inputs) -> tuple[Array, ...] | Violation:
    """Take a forward's result as arrays, or report a violation."""
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


def unlike_signature(
    outputs: Sequence[Array], signature: Signature | None, sizes: Mapping[str, int | None]
) -> Violation | None:
    """Report shapes of outputs that disagree with the signature."""
    if signature is None or not signature.outputs or not sizes:
        return None
    wrong = signature.mismatch([out.shape for out in outputs], sizes)
    if wrong is None:
        return None
    return Violation(
        Kind.FORWARD,
        "forward disagrees with the signature",
        f"forward returned {wrong}.",
        culprit="forward",
    )


def gradients_of(returned: Any, inputs: Inputs) -> tuple[dict[str, Array], list[Violation]]:
    """Take a vjp's result as usable gradients by input, and violations."""
    items = _items_of(returned, inputs)
    if isinstance(items, Violation):
        return {}, [items]
    gradients, violations = {}, []
    for name, item in zip(inputs.differentiable, items, strict=True):
        violation = _unfit(name, item, inputs.arrays[name])
        if violation is None:
            gradients[name] = np.asarray(item)
        else:
            violations.append(violation)
    return gradients, violations


def _items_of(returned: Any, inputs: Inputs) -> tuple[Any, ...] | Violation:
    """One item per differentiable input, or the violation that there is not."""
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
    return items


def overwritten(name: str) -> Violation:
    """The violation of a vjp whose calls share one buffer."""
    return Violation(
        Kind.STATE,
        f"a second call of the vjp changes ∂L/∂{name} of the first",
        f"The vjp returns one buffer for ∂L/∂{name} from call to call, so the second call writes "
        "over the result of the first. Return a fresh array.",
        name,
    )


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


def _is_numeric(item: Any) -> bool:
    if isinstance(item, np.ndarray | np.generic):
        return item.dtype.kind in "iub" or is_floating(item.dtype)
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
