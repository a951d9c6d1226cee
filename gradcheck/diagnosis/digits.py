"""Right but for its digits: NaN in places, or low precision."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

import numpy as np

from gradcheck.diagnosis.mistake import Mistake
from gradcheck.diagnosis.specimen import Specimen
from gradcheck.ndarrays.types import Array

_PRECISIONS = (np.float16, np.float32)
_DIGITS = range(9, 2, -1)
_ROUNDINGS = 16  # units in the last place that a computation in low precision may be off by


def digits(specimens: Sequence[Specimen]) -> Iterator[Mistake]:
    """Gradients that are right in part of their digits, particular ones first."""
    yield Mistake(words="the right gradient where it is finite", fit=_finite_part)
    for precision in _PRECISIONS:
        yield Mistake(
            words=f"the right gradient rounded to {np.dtype(precision).name}",
            fit=partial(_rounded, precision),
        )
    errors = [_relative_error(specimen) for specimen in specimens]
    if errors and max(errors) < 1e-3:
        known = next(d for d in _DIGITS if max(errors) < 10.0**-d)
        yield Mistake(
            words=f"the right gradient to {known} digits only",
            fit=lambda s: s.seen[s.wrong],
        )


def _finite_part(specimen: Specimen) -> Array | None:
    seen, right = specimen.seen, specimen.right
    finite = np.isfinite(seen)
    if seen.shape != right.shape or finite.all() or not right.agrees(seen)[finite].all():
        return None
    known = np.isfinite(right.bar)
    return np.concatenate([right.value[finite & known], np.arange(0.5, (~finite & known).sum())])


def _rounded(precision: type[np.floating], specimen: Specimen) -> Array | None:
    """Whether all numbers are of lower precision, and right to that."""
    seen, right = specimen.seen, specimen.right
    if seen.shape != right.shape or np.iscomplexobj(seen):
        return None
    info = np.finfo(precision)
    with np.errstate(all="ignore"):
        stays = seen.astype(precision).astype(seen.dtype) == seen
        near = np.abs(seen - right.value) <= _ROUNDINGS * info.eps * specimen.spent + right.bar
    # Beyond its range a number of that precision says nothing.
    beyond = (np.abs(right.value) > info.max) | (specimen.spent < info.tiny / info.eps)
    if not (beyond | (stays & (near | right.agrees(seen)))).all():
        return None
    return seen[specimen.wrong & ~beyond]


def _relative_error(specimen: Specimen) -> float:
    """The largest error of a wrong entry, relative to the terms summed."""
    seen, right, wrong = specimen.seen, specimen.right, specimen.wrong
    if seen.shape != right.shape or not wrong.any():
        return np.inf if seen.shape != right.shape else 0.0
    with np.errstate(all="ignore"):
        errors = np.abs(seen - right.value)[wrong] / specimen.spent[wrong]
    return float(np.nan_to_num(errors, nan=np.inf).max())
