"""Candidates on entries: x is 0, negative, on the diagonal, …"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from gradcheck.cases.case import Case
from gradcheck.diagnosis.intervals import broadcasts
from gradcheck.diagnosis.quantities import numeric_params
from gradcheck.diagnosis.rerun import Observed
from gradcheck.diagnosis.separation import Candidate, Observations, Question
from gradcheck.diagnosis.specimen import Specimen
from gradcheck.diagnosis.thresholds import beside, conditions_on
from gradcheck.ndarrays.types import Array

_LEAST_WRONG = 3  # arbitrary: of fewer, too much is true by accident to look
_MINUS = " − "
_MOST_ENTRIES = 4096  # arbitrary: of a case that is looked at, to keep columns short


def on_entries(specimens: Sequence[Specimen], passing: Sequence[Observed]) -> Question | None:
    """Ask for a property of wrong entries; None where few are wrong.

    Args:
        specimens: failing cases, taken apart for one input.
        passing: cases in which nothing is wrong.
    """
    name = specimens[0].name
    looked_at = [_failing(specimen) for specimen in specimens]
    looked_at += [_passing(name, observed) for observed in passing if _fits(name, observed)]
    fails = np.concatenate([each.wrong.ravel() for each in looked_at])
    counts = np.concatenate([(each.wrong | each.right).ravel() for each in looked_at])
    cases = np.concatenate([np.full(each.wrong.size, i) for i, each in enumerate(looked_at)])
    if fails.sum() < _LEAST_WRONG:
        return None
    columns = [_columns(name, each.arrays) for each in looked_at]
    table = {
        label: np.concatenate([column[label].ravel() for column in columns])[counts]
        for label in columns[0]
        if all(label in column for column in columns)
    }
    params = specimens[0].case.params.items()
    limits = [name for name, value in params if isinstance(value, float) and name in table]
    # Where x is 0 many a mistake vanishes, whatever it is.
    vanishing = f"{name} ≠ 0"
    candidates = [
        candidate
        for label, values in table.items()
        for candidate in _on(label, values, fails[counts], {p: table[p] for p in limits})
        if candidate.words != vanishing
    ]
    return Question(Observations(fails[counts], cases[counts]), candidates)


@dataclass(frozen=True, slots=True)
class _Looked:
    """A case by its entries: those surely wrong, and those surely right."""

    arrays: Mapping[str, Array]
    wrong: Array
    right: Array


def _failing(specimen: Specimen) -> _Looked:
    arrays = _arrays(specimen.case, specimen.out, specimen.g)
    finite = np.isfinite(specimen.seen)
    if not finite.all():
        return _Looked(arrays, ~finite, finite)
    # A zero that should be one shows nothing: most mistakes leave it.
    right = specimen.right.agrees(specimen.seen) & specimen.right.known
    return _Looked(arrays, specimen.wrong, right)


def _passing(name: str, observed: Observed) -> _Looked:
    gradient = observed.gradients[name]
    arrays = _arrays(observed.case, observed.outputs[0], observed.cotangents[0])
    return _Looked(arrays, np.zeros(gradient.shape, bool), gradient != 0)


def _arrays(case: Case, out: Array, g: Array) -> Mapping[str, Array]:
    """Inputs, params, output and cotangent, by name."""
    params = {k: np.asarray(v) for k, v in case.params.items() if isinstance(v, np.ndarray)}
    numbers = {k: np.asarray(v) for k, v in numeric_params(case.params).items()}
    inputs = dict(zip(case.names, case.inputs, strict=True))
    arrays = {**inputs, **params, **numbers}
    shapes = {x.shape for x in case.inputs}
    return arrays | {name: a for name, a in (("out", out), ("g", g)) if a.shape in shapes}


def _fits(name: str, observed: Observed) -> bool:
    gradient = observed.gradients.get(name)
    return gradient is not None and 0 < gradient.size <= _MOST_ENTRIES and bool(observed.outputs)


def _columns(name: str, arrays: Mapping[str, Array]) -> dict[str, Array]:
    """Facts about each entry of an input, by name; places come first."""
    x = arrays[name]
    columns = _places(x) if x.ndim and x.dtype.kind == "f" else {}
    for label, array in {name: x, **arrays}.items():
        whole = label not in ("out", "g") or array.shape == x.shape
        if array.dtype.kind in "fiub" and whole and broadcasts(array.shape, x.shape):
            columns[label] = np.broadcast_to(array, x.shape).astype(np.float64)
    for other, array in arrays.items():
        alike = array.shape == x.shape and array.dtype.kind == x.dtype.kind == "f"
        if alike and other not in (name, "g", "out"):
            columns[f"{name}{_MINUS}{other}"] = (x - array).astype(np.float64)
    return columns


def _places(x: Array) -> dict[str, Array]:
    largest, smallest = (f(x, axis=-1, keepdims=True) for f in (np.max, np.min))
    place = np.broadcast_to(np.arange(x.shape[-1]), x.shape)
    facts = {
        "constant": np.broadcast_to(largest == smallest, x.shape),
        "largest": x == largest,
        "smallest": x == smallest,
        "first": place == 0,
        "last": place == x.shape[-1] - 1,
    }
    if x.ndim > 1:
        rows, columns = np.indices(x.shape)[-2:]
        facts["row − column"] = rows - columns
    return {label: holds.astype(np.float64) for label, holds in facts.items()}


# Columns that hold of an entry or do not, in words; and places beside the diagonal.
_FLAGS: Mapping[str, str] = {
    "constant": "the entry's row is constant",
    "largest": "the entry is the largest of its row",
    "smallest": "the entry is the smallest of its row",
    "first": "the entry is the first of its row",
    "last": "the entry is the last of its row",
}
_PLACES: tuple[tuple[str, Callable[[Array], Array]], ...] = (
    ("the entry is on the diagonal", lambda d: d == 0),
    ("the entry is off the diagonal", lambda d: d != 0),
    ("the entry is below the diagonal", lambda d: d > 0),
    ("the entry is above the diagonal", lambda d: d < 0),
)


def _on(
    label: str, values: Array, fails: Array, limits: Mapping[str, Array]
) -> Iterator[Candidate]:
    if label in _FLAGS:
        yield Candidate(_FLAGS[label], values == 1, telling=True)
        return
    if label == "row − column":
        for words, holds in _PLACES:
            yield Candidate(words, holds(values), telling=True)
        return
    if _MINUS in label:
        one, other = label.split(_MINUS)
        for relation, met in (("=", values == 0), ("<", values < 0), (">", values > 0)):
            yield Candidate(f"{one} {relation} {other}", met, telling=True)
    for param, limit in limits.items():
        if param != label:
            yield from beside(label, values, param, limit)
    yield from conditions_on(label, values, fails)
