"""The cotangent ignored, averaged, misread, or used in part."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from functools import partial

import numpy as np

from gradcheck.diagnosis.intervals import Measured, pulled
from gradcheck.diagnosis.mistake import Mistake, everywhere
from gradcheck.diagnosis.specimen import Specimen
from gradcheck.diagnosis.vjp_probes import IN_MEMORY_ORDER
from gradcheck.ndarrays.flat import flat
from gradcheck.ndarrays.types import Array


def _mirrored(g: Array) -> Array | None:
    return g.mT if g.ndim > 1 and g.mT.shape == g.shape else None


# What the cotangent was taken for, in words and as a function of it.
_INSTEAD: tuple[tuple[str, Callable[[Array], Array | None]], ...] = (
    ("of ones: the cotangent is ignored", np.ones_like),
    ("where each entry is the cotangent's sum", lambda g: np.full_like(g, g.sum())),
    ("where each entry is the cotangent's mean", lambda g: np.full_like(g, g.mean())),
    ("where each entry is the cotangent's first", lambda g: np.full_like(g, g.flat[0])),
    ("without its signs: the cotangent's absolute value", np.abs),
    ("of signs only: the cotangent's sign", np.sign),
    ("squared: the cotangent is multiplied in twice", lambda g: g * g),
    ("conjugated", lambda g: g.conj() if np.iscomplexobj(g) else None),
    ("transposed", lambda g: g.T if g.T.shape == g.shape else None),
    ("with its last two axes swapped", _mirrored),
)
# Slices of the output, as functions of its length.
_ALONE: tuple[tuple[str, Callable[[int], slice]], ...] = (
    ("first slice", lambda n: slice(1)),
    ("last slice", lambda n: slice(n - 1, n)),
)
_WITHOUT: tuple[tuple[str, Callable[[int], slice]], ...] = (
    ("first slice along axis {}", lambda n: slice(1, n)),
    ("last slice along axis {}", lambda n: slice(n - 1)),
    *(
        (
            f"last entries along axis {{}}, beyond whole blocks of {block}",
            partial(lambda block, n: slice(n // block * block), block),
        )
        for block in (2, 4, 8, 16, 32, 64, 128)
    ),
)


_HALVES: tuple[tuple[str, Callable[[int], slice]], ...] = (
    ("first half", lambda n: slice(n // 2)),
    ("second half", lambda n: slice(n // 2, n)),
    *_ALONE,
)


def cotangents(specimens: Sequence[Specimen]) -> Iterator[Mistake]:
    """Ways to mistake the cotangent for another one."""
    for words, change in _INSTEAD:
        yield everywhere(
            f"the right gradient for a cotangent {words}", partial(_for_changed, change)
        )
    yield everywhere(IN_MEMORY_ORDER, _in_memory_order)
    if np.iscomplexobj(specimens[0].x):
        yield everywhere(
            "the complex conjugate of the right gradient",
            lambda s: s.right.arranged(np.conj),
        )
        yield everywhere(
            "the complex conjugate of the right gradient, with the wrong sign",
            lambda s: s.right.arranged(np.conj).scaled(-1),
        )
        yield everywhere(
            "the cotangent times the derivative, where its complex conjugate belongs", _unconjugated
        )
    for axis in (-1, 0):
        yield everywhere(
            f"the right gradient for the cotangent reversed along axis {axis}",
            partial(_for_changed, partial(_reversed, axis)),
        )
    yield from _of_several_outputs(specimens[0])
    yield everywhere("the Jacobian times the cotangent, where its transpose belongs", _untransposed)
    yield everywhere(
        "the diagonal of the Jacobian times the cotangent: all else is missing", _diagonal
    )


def parts(first: Specimen) -> Iterator[Mistake]:
    """Ways to use only some of the cotangent: a slice, or blocks."""
    for axis, (words, kept) in itertools.product((0, -1), _ALONE):
        yield everywhere(
            f"the part that comes from the output's {words} along axis {axis} "
            "(overwritten, not accumulated)",
            partial(_for_slice, axis, kept),
        )
    for axis, (words, kept) in itertools.product((0, -1), _WITHOUT):
        yield everywhere(
            "the right gradient without the part that comes from the output's "
            f"{words.format(axis)}",
            partial(_for_slice, axis, kept),
        )
    yield from _signs(first)


def _signs(first: Specimen) -> Iterator[Mistake]:
    """Ways to give a part of the sum the wrong sign."""
    flipped = "the right gradient with the wrong sign in"
    for place in range(len(first.outputs) if len(first.outputs) > 1 else 0):
        yield everywhere(
            f"{flipped} the part that comes from output {place}", partial(_negated_output, place)
        )
    yield everywhere(f"{flipped} all negative slopes of the forward", _without_signs)
    yield everywhere(f"{flipped} all slopes off the diagonal of the Jacobian", _flipped_beside)
    for axis, (words, half) in itertools.product((-1, 0), _HALVES):
        yield everywhere(
            f"{flipped} the part that comes from the output's {words} along axis {axis}",
            partial(_negated_slice, axis, half),
        )


def _for_changed(change: Callable[[Array], Array | None], specimen: Specimen) -> Measured | None:
    changed = [change(g) for g in specimen.cotangents if g.size]
    usable = [g for g in changed if g is not None]
    return specimen.for_cotangents(usable) if len(usable) == len(specimen.cotangents) else None


def _unconjugated(specimen: Specimen) -> Measured:
    """The cotangent times the derivative of a holomorphic op, without its conjugate."""
    return specimen.for_cotangents([np.conj(g) for g in specimen.cotangents]).arranged(np.conj)


def _reversed(axis: int, g: Array) -> Array | None:
    return np.flip(g, axis) if g.ndim else None


def _in_memory_order(specimen: Specimen) -> Measured:
    as_seen = [g for g in specimen.trial.cotangents if g is not None]
    return specimen.for_cotangents(
        [
            g.ravel()[_places(h)].reshape(g.shape)
            for g, h in zip(specimen.cotangents, as_seen, strict=True)
        ]
    )


def _places(array: Array) -> Array:
    """The order in which the entries of an array lie in memory."""
    numbers = np.empty_like(array, dtype=np.intp)
    numbers[...] = np.arange(array.size).reshape(array.shape)
    return numbers.ravel(order="K")


def _of_several_outputs(first: Specimen) -> Iterator[Mistake]:
    """The cotangent of one output left out, or all but one."""
    count = len(first.outputs)
    if count < 2:
        return
    for place in range(count):
        yield everywhere(
            f"the right gradient without the cotangent of output {place}",
            partial(_without_output, place),
        )
        yield everywhere(
            f"the right gradient for the cotangent of output {place} only",
            partial(_for_output, place),
        )


def _without_output(place: int, specimen: Specimen) -> Measured | None:
    numbered = enumerate(specimen.cotangents)
    return specimen.for_cotangents([np.zeros_like(g) if k == place else g for k, g in numbered])


def _for_output(place: int, specimen: Specimen) -> Measured | None:
    numbered = enumerate(specimen.cotangents)
    return specimen.for_cotangents([g if k == place else np.zeros_like(g) for k, g in numbered])


def _negated_output(place: int, specimen: Specimen) -> Measured:
    numbered = enumerate(specimen.cotangents)
    return specimen.for_cotangents([-g if k == place else g for k, g in numbered])


def _slice_of(axis: int, kept: Callable[[int], slice], specimen: Specimen) -> Array | None:
    """The cotangent of the one output, with zeros outside of a slice."""
    g = specimen.g
    if len(specimen.outputs) != 1 or not g.ndim:
        return None
    part = np.zeros_like(g)
    index = (slice(None),) * (axis % g.ndim) + (kept(g.shape[axis]),)
    part[index] = g[index]
    return part


def _for_slice(axis: int, kept: Callable[[int], slice], specimen: Specimen) -> Measured | None:
    part = _slice_of(axis, kept, specimen)
    return None if part is None else specimen.for_cotangents([part])


def _negated_slice(axis: int, kept: Callable[[int], slice], specimen: Specimen) -> Measured | None:
    part = _slice_of(axis, kept, specimen)
    return None if part is None else specimen.for_cotangents([specimen.g - 2 * part])


def _without_signs(specimen: Specimen) -> Measured | None:
    """The gradient as if all slopes of the forward were positive."""
    if _complex(specimen):
        return None
    weights = np.concatenate([flat(np.ascontiguousarray(g)) for g in specimen.cotangents])
    slopes = Measured(np.abs(specimen.slopes.value), specimen.slopes.bar)
    return pulled(slopes, weights).arranged(lambda a: a.reshape(specimen.x.shape))


def _flipped_beside(specimen: Specimen) -> Measured | None:
    diagonal = _diagonal(specimen)
    if diagonal is None:
        return None
    return Measured(
        2 * diagonal.value - specimen.right.value, 2 * diagonal.bar + specimen.right.bar
    )


def _untransposed(specimen: Specimen) -> Measured | None:
    if len(specimen.outputs) != 1 or specimen.out.shape != specimen.x.shape or _complex(specimen):
        return None
    gradient = pulled(specimen.slopes.arranged(np.transpose), flat(specimen.g))
    return gradient.arranged(lambda a: a.reshape(specimen.x.shape))


def _diagonal(specimen: Specimen) -> Measured | None:
    if len(specimen.outputs) != 1 or specimen.out.shape != specimen.x.shape or _complex(specimen):
        return None
    diagonal = specimen.slopes.arranged(np.diagonal).scaled(flat(specimen.g))
    return diagonal.arranged(lambda a: a.reshape(specimen.x.shape))


def _complex(specimen: Specimen) -> bool:
    return np.iscomplexobj(specimen.x) or np.iscomplexobj(specimen.g)
