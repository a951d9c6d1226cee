"""Known mistakes, and when one is taken for the mistake made."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from gradcheck.diagnosis.intervals import Measured, broadcasts
from gradcheck.diagnosis.specimen import Specimen
from gradcheck.ndarrays.types import Array

# A mistake must explain so many different numbers, in so many cases or by far more numbers: a
# single number agrees with many a formula.
_NUMBERS = 3  # arbitrary: two numbers fit a formula with two choices by accident
_CASES = 2  # arbitrary: in one case alone sizes and params agree by accident
_MANY = 8  # arbitrary: so many numbers of one case are as good as a second case
# Arbitrary: what a prediction may be off by, beside how far off the right gradient is.
_SHARPER = 0.1
_SAME = 1e-9  # derived: below what a gradient may be off, see `intervals`

Fit = Callable[[Specimen], Array | None]
Predict = Callable[[Specimen], Measured | None]
Source = Callable[[Specimen], Array]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake:
    """A mistake that somebody may have made.

    Attributes:
        words: what the returned gradient looks like.
        fit: the numbers of a specimen by which the mistake is recognised, of which equal ones
            say the same thing; None where what was returned contradicts it.
        numbers: how many different ones there must be.
    """

    words: str
    fit: Fit
    numbers: int = _NUMBERS


class Make(Protocol):
    """Makes a mistake from what it predicts: everywhere, or in some entries."""

    def __call__(
        self, words: str, predict: Predict, source: Source | None = None, numbers: int = _NUMBERS
    ) -> Mistake: ...


def everywhere(
    words: str, predict: Predict, source: Source | None = None, numbers: int = _NUMBERS
) -> Mistake:
    """A mistake that says what the whole gradient would be.

    Args:
        words: what the returned gradient looks like.
        predict: what it would be, or None where the mistake cannot be made.
        source: the array that a factor was computed from. It must differ from entry to entry,
            or else any other function of it would do as well.
        numbers: how many different numbers are asked for.
    """

    def fit(specimen: Specimen) -> Array | None:
        predicted = predict(specimen)
        return None if predicted is None else explained(specimen, predicted, source=source)

    return Mistake(words=words, fit=fit, numbers=numbers)


def in_some_entries(
    words: str, predict: Predict, source: Source | None = None, numbers: int = _NUMBERS
) -> Mistake:
    """The same where only some entries are wrong."""

    def fit(specimen: Specimen) -> Array | None:
        predicted = predict(specimen)
        if predicted is None or specimen.projected or predicted.shape != specimen.wrong.shape:
            return None
        where_wrong = Measured(
            np.where(specimen.wrong, predicted.value, specimen.seen),
            np.where(specimen.wrong, predicted.bar, 0.0),
        )
        return explained(specimen, where_wrong, source=source)

    return Mistake(words=f"{words}, in some entries", fit=fit, numbers=numbers)


def explained(
    specimen: Specimen,
    predicted: Measured,
    *,
    returned: Array | None = None,
    source: Source | None = None,
) -> Array | None:
    """The numbers that show a prediction; None where it is contradicted.

    They are those of entries that are wrong, and nearer to the prediction by far than to the
    right gradient.
    """
    returned = specimen.seen if returned is None else returned
    if specimen.rounding:
        bar = predicted.bar + specimen.rounding * np.abs(predicted.value)
        predicted = Measured(predicted.value, bar)
    if returned.shape != predicted.shape or not predicted.agrees(returned).all():
        return None
    right = specimen.right
    if specimen.seen.shape != right.shape:
        return returned[predicted.known]
    apart = np.abs(returned - right.value)
    telling = specimen.wrong & (predicted.tolerance <= _SHARPER * apart)
    numbers = np.where(returned == 0, right.value, returned) if source is None else source(specimen)
    if broadcasts(numbers.shape, telling.shape):
        return np.asarray(np.broadcast_to(numbers, telling.shape)[telling])
    return numbers.ravel() if telling.any() else numbers.ravel()[:0]


def first_that_fits(mistakes: Iterable[Mistake], specimens: Sequence[Specimen]) -> Mistake | None:
    """The first mistake that explains every specimen, and enough of them."""
    return next((mistake for mistake in mistakes if _fits(mistake, specimens)), None)


def _fits(mistake: Mistake, specimens: Sequence[Specimen]) -> bool:
    numbers = []
    for specimen in specimens:
        recognised = mistake.fit(specimen)
        if recognised is None:
            return False
        numbers.append(recognised)
    different = _different(np.concatenate([n.ravel() for n in numbers]))
    cases = sum(n.size > 0 for n in numbers)
    return different >= (mistake.numbers if cases >= _CASES else _MANY)


def _different(values: Array) -> int:
    """How many different numbers there are."""
    ordered = np.unique(values)
    if ordered.size < 2:
        return int(ordered.size)
    apart = np.abs(np.diff(ordered)) > _SAME * np.abs(ordered[1:])
    return int(1 + apart.sum())
