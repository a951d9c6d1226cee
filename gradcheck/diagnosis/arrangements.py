"""The right numbers in the wrong places: transposed, shifted, swapped, not summed."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from functools import partial

import numpy as np

from gradcheck.diagnosis.intervals import Measured, broadcasts
from gradcheck.diagnosis.mistake import Mistake, everywhere, explained
from gradcheck.diagnosis.specimen import Specimen
from gradcheck.ndarrays.broadcasting import unbroadcast
from gradcheck.ndarrays.types import Array

_MOST_AXES = 4  # derived: 4! orders of axes; of five there would be 120 to try
# What may be left of a gradient by matrices.
_TRIANGLES: tuple[tuple[str, Callable[[Array], Array]], ...] = (
    ("lower triangle", np.tril),
    ("upper triangle", np.triu),
    ("diagonal", lambda a: np.tril(np.triu(a))),
)


def arrangements(specimens: Sequence[Specimen]) -> Iterator[Mistake]:
    """All places that the entries of a gradient may be put."""
    yield from _moved()
    name = specimens[0].name
    yield Mistake(
        words=f"the right gradient before the sum over broadcast axes "
        f"(agrees after gc.unbroadcast(…, {name}.shape))",
        fit=_unsummed,
    )
    yield Mistake(
        words=f"the right gradient, repeated along the axes that {name} lacks", fit=_repeated
    )
    for other in specimens[0].trial.inputs.differentiable:
        if other != name:
            yield everywhere(
                f"the gradient of {other} (the two are swapped)", partial(_swapped, other)
            )
    for other in specimens[0].trial.inputs.differentiable:
        if other != name:
            yield everywhere(f"the gradient of {other}", partial(_gradient_of, other))
    yield everywhere("the right gradient in another shape (agrees after reshape)", _reshaped)
    yield everywhere("the right gradient summed over axes that it has", _summed)
    yield Mistake(
        words=f"the right gradient with entries around it that {name} does not have (not cropped)",
        fit=_uncropped,
    )
    yield everywhere("the first entries of the right gradient only (too short)", _cut)
    for words, keep in _TRIANGLES:
        yield Mistake(words=f"the {words} of the right gradient only", fit=partial(_part, keep))
    yield Mistake(words="the right numbers in the wrong places", fit=_permuted)


def _moved() -> Iterator[Mistake]:
    """Axes permuted, reversed, or shifted by one."""
    yield _arranged("the transpose of the right gradient (agrees after .T)", _reversed_axes)
    yield _arranged(
        "the right gradient with its last two axes swapped (agrees after .mT)", _swapped_axes
    )
    for order in itertools.chain.from_iterable(
        itertools.permutations(range(n)) for n in range(3, _MOST_AXES + 1)
    ):
        yield _arranged(
            f"the right gradient with its axes permuted (agrees after .transpose{_inverse(order)})",
            partial(_transposed, order),
        )
    for axis in (-1, 0, -2, 1):
        yield _arranged(f"the right gradient reversed along axis {axis}", partial(_flipped, axis))
        for shift, way in ((1, "forward"), (-1, "back")):
            yield _arranged(
                f"the right gradient shifted {way} by one along axis {axis}",
                partial(_shifted, axis, shift),
            )
            yield _arranged(
                f"the right gradient rolled {way} by one along axis {axis}",
                partial(_rolled, axis, shift),
            )
    yield _arranged("the right gradient read in Fortran order", _fortran)


def _arranged(words: str, move: Callable[[Array], Array | None]) -> Mistake:
    """The right gradient after a move, if it can be moved."""

    def predict(specimen: Specimen) -> Measured | None:
        value, bar = move(specimen.right.value), move(specimen.right.bar)
        return None if value is None or bar is None else Measured(value, bar)

    return everywhere(words, predict)


def _reversed_axes(a: Array) -> Array:
    return a.T


def _swapped_axes(a: Array) -> Array | None:
    return None if a.ndim < 2 else a.mT


def _transposed(order: tuple[int, ...], a: Array) -> Array | None:
    return None if a.ndim != len(order) else a.transpose(order)


def _inverse(order: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(order.index(axis) for axis in range(len(order)))


def _flipped(axis: int, a: Array) -> Array | None:
    return np.flip(a, axis) if _has(a, axis) else None


def _rolled(axis: int, by: int, a: Array) -> Array | None:
    return np.roll(a, by, axis) if _has(a, axis) else None


def _shifted(axis: int, by: int, a: Array) -> Array | None:
    """As rolled, with a zero for the entry that comes from nowhere."""
    if not _has(a, axis):
        return None
    moved = np.roll(a, by, axis)
    moved[(slice(None),) * (axis % a.ndim) + ((0,) if by > 0 else (-1,))] = 0
    return moved


def _has(a: Array, axis: int) -> bool:
    return -a.ndim <= axis < a.ndim


def _fortran(a: Array) -> Array:
    return a.ravel(order="F").reshape(a.shape)


def _part(keep: Callable[[Array], Array], specimen: Specimen) -> Array | None:
    """A part of the right gradient, and zeros elsewhere, as returned."""
    if specimen.x.ndim < 2:
        return None
    return explained(specimen, specimen.right.arranged(keep), returned=specimen.returned)


def _swapped(other: str, specimen: Specimen) -> Measured | None:
    """The right gradient of another input, if that one has this one's."""
    there = specimen.beside(other)
    if there is None or not _is(specimen.right, there.returned):
        return None
    return there.right


def _gradient_of(other: str, specimen: Specimen) -> Measured | None:
    return specimen.right_of(other)


def _is(measured: Measured, returned: Array) -> bool:
    return returned.shape == measured.shape and bool(measured.agrees(returned).all())


def _unsummed(specimen: Specimen) -> Array | None:
    returned, right = specimen.returned, specimen.right
    if returned.shape == right.shape:
        return None
    try:
        summed = unbroadcast(returned, right.shape)
    except ValueError:
        return None
    return _unless_alike(specimen, explained(specimen, right, returned=summed))


def _repeated(specimen: Specimen) -> Array | None:
    shape, right = specimen.returned.shape, specimen.right
    if shape == right.shape or not broadcasts(right.shape, shape):
        return None
    repeated = right.arranged(lambda a: np.broadcast_to(a, shape))
    return _unless_alike(specimen, explained(specimen, repeated))


def _unless_alike(specimen: Specimen, numbers: Array | None) -> Array | None:
    """No numbers where only axes of size 1 differ."""
    alike = specimen.returned.size == specimen.right.value.size
    return numbers[:0] if numbers is not None and alike else numbers


def _reshaped(specimen: Specimen) -> Measured | None:
    shape, right = specimen.returned.shape, specimen.right
    if shape == right.shape or specimen.returned.size != right.value.size:
        return None
    return right.arranged(lambda a: a.reshape(shape))


def _summed(specimen: Specimen) -> Measured | None:
    """The right gradient, summed to the shape that was returned."""
    shape, right = specimen.returned.shape, specimen.right
    if specimen.returned.size >= right.value.size:
        return None
    try:
        return right.arranged(lambda a: unbroadcast(a, shape))
    except ValueError:
        return None


def _uncropped(specimen: Specimen) -> Array | None:
    """Whether the right gradient is somewhere within what was returned."""
    returned, right = specimen.returned, specimen.right
    spare = [a - b for a, b in zip(returned.shape, right.shape, strict=False)]
    if returned.ndim != right.value.ndim or min(spare, default=0) < 0 or not any(spare):
        return None
    for start in itertools.product(*(range(n + 1) for n in spare)):
        window = returned[tuple(slice(i, i + n) for i, n in zip(start, right.shape, strict=True))]
        if right.agrees(window).all():
            return window[right.known]
    return None


def _cut(specimen: Specimen) -> Measured | None:
    """The first entries of the right gradient, as many as were returned."""
    shape, right = specimen.returned.shape, specimen.right
    if len(shape) != right.value.ndim or shape == right.shape:
        return None
    if any(n > m for n, m in zip(shape, right.shape, strict=True)):
        return None
    return right.arranged(lambda a: a[tuple(slice(n) for n in shape)])


def _permuted(specimen: Specimen) -> Array | None:
    """Whether the same numbers were returned in another order."""
    right, returned = specimen.right, specimen.seen
    unknown = np.isinf(right.bar).any()
    if returned.shape != right.shape or np.iscomplexobj(returned) or unknown:
        return None
    order = right.value.ravel().argsort(kind="stable")
    in_order = right.arranged(lambda a: a.ravel()[order])
    numbers = np.sort(returned, axis=None)
    if not in_order.agrees(numbers).all():
        return None
    return returned[specimen.wrong]
