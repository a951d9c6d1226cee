"""A multiple of the input, the output or ones too many.

The gradient of x / |x| has no part along x, that of x − mean(x) none along ones, and that of a
softmax is p·(g − ⟨g, p⟩). Who forgets to subtract returns the right gradient plus a multiple.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

import numpy as np

from gradcheck.diagnosis.intervals import Measured
from gradcheck.diagnosis.mistake import Mistake, explained
from gradcheck.diagnosis.specimen import Specimen
from gradcheck.ndarrays.types import Array

_ONES = "one number"


def projections(specimens: Sequence[Specimen]) -> Iterator[Mistake]:
    """Multiples that a projection would have removed, whole ones first."""
    for name in (specimens[0].name, "out", _ONES):
        for axis, along in ((None, ""), (-1, " along axis -1"), (0, " along axis 0")):
            what = name if name == _ONES else f"a multiple of {name}"
            yield Mistake(
                words=f"the right gradient plus {what}{along} (a projection is missing)",
                fit=partial(_plus_multiple, name, axis),
            )


def _plus_multiple(name: str, axis: int | None, specimen: Specimen) -> Array | None:
    seen, right = specimen.seen, specimen.right
    source = np.ones_like(seen) if name == _ONES else specimen.array(name)
    unlike = seen.shape != right.shape or source.shape != seen.shape
    if unlike or not seen.ndim or np.iscomplexobj(seen) or np.iscomplexobj(source):
        return None
    known = np.where(np.isfinite(right.bar) & np.isfinite(seen), source, 0)
    with np.errstate(all="ignore"):
        norm = (known * known).sum(axis=axis, keepdims=True)
        factor = (known * (seen - right.value)).sum(axis=axis, keepdims=True) / norm
        bar = (
            right.bar
            + np.abs(known)
            * (np.abs(known) * _finite(right.bar)).sum(axis=axis, keepdims=True)
            / norm
        )
        predicted = right.value + factor * source
    # The multiple is made of one number of each row, which therefore proves nothing.
    largest = np.abs(known) == np.abs(known).max(axis=axis, keepdims=True, initial=0)
    unknown = largest | ~np.isfinite(predicted) | ~np.isfinite(bar)
    return explained(
        specimen,
        Measured(np.where(unknown, 0, predicted), np.where(unknown, np.inf, bar)),
    )


def _finite(bar: Array) -> Array:
    return np.where(np.isfinite(bar), bar, 0)
