"""Traits of whole numbers that pick entries, and of masks: arrays without a derivative."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

import numpy as np

from gradcheck.cases.case import Case
from gradcheck.cases.conditions.condition import Trait, trait
from gradcheck.cases.conditions.possible import Scope
from gradcheck.ndarrays.types import Array
from gradcheck.spec.signature import Signature

_INDEX: Mapping[str, str] = MappingProxyType(
    {
        "none": "there is no index in {}",
        "repeated": "an index in {} is repeated",
        "all equal": "all indices in {} are equal",
        "out of order": "the indices in {} are out of order",
        "descending": "the indices in {} descend",
        "negative": "an index in {} is negative",
    }
)
_MASK: Mapping[str, str] = MappingProxyType(
    {
        "all true": "{} is true everywhere",
        "all false": "{} is false everywhere",
        "mixed": "{} is true in places",
        "row of false": "a row of {} is all false",
    }
)
VALUES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"index": tuple(_INDEX), "mask": tuple(_MASK)}
)


def traits(case: Case, _signature: Signature | None) -> Iterator[Trait]:
    """The traits of whole and boolean inputs, and of params that are such arrays."""
    params = {k: v for k, v in case.params.items() if isinstance(v, np.ndarray)}
    for name, x in {**dict(zip(case.names, case.inputs, strict=True)), **params}.items():
        if x.dtype.kind in "iu":
            for value in _of_index(x.ravel()):
                yield trait("index", name, value, _INDEX[value])
        elif x.dtype.kind == "b":
            for value in _of_mask(x):
                yield trait("mask", name, value, _MASK[value])


def _of_index(index: Array) -> Iterator[str]:
    if not index.size:
        yield "none"
        return
    steps = index[1:] > index[:-1]
    if index.min() < 0:
        yield "negative"
    if len(np.unique(index)) < index.size:
        yield "repeated"
        if (index == index[0]).all():
            yield "all equal"
    if (index[1:] < index[:-1]).any():
        yield "out of order"
        if not steps.any():
            yield "descending"


def _of_mask(mask: Array) -> Iterator[str]:
    if not mask.size:
        return
    if mask.all():
        yield "all true"
    elif not mask.any():
        yield "all false"
    else:
        yield "mixed"
    if mask.ndim and not mask.any(axis=-1).all():
        yield "row of false"


def possible(scope: Scope) -> Iterator[Trait]:
    """What can be told of indices and masks that were seen."""
    for name, kind in scope.kinds.items():
        if kind in "iu":
            values = ["repeated", "all equal", "out of order"]
            tests = [d.contains for d in scope.domains.get(name, ()) if d.contains is not None]
            if any(contains(np.array([-1])) for contains in tests):
                values.append("negative")
            for value in values:
                yield trait("index", name, value, _INDEX[value])
        elif kind == "b":
            for value, words in _MASK.items():
                yield trait("mask", name, value, words)
