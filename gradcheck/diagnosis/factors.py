"""A factor of the chain rule missing or doubled; a wrong derivative."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from functools import partial

import numpy as np

from gradcheck.diagnosis.intervals import Measured, broadcasts
from gradcheck.diagnosis.mistake import Make, Mistake, everywhere
from gradcheck.diagnosis.specimen import Specimen
from gradcheck.ndarrays.types import Array

Function = Callable[[Array], Array]
_FAINT = 1e-3  # arbitrary: slopes that are not known to so much of the largest may be any
_EXTREME = 1e-100  # derived: between it and its inverse third powers neither over- nor underflow


def _identity(v: Array) -> Array:
    return v


def _logistic(v: Array) -> Array:
    return 1 / (1 + np.exp(-v))


# Factors that derivatives are made of. The derivatives: Abramowitz and Stegun (1964), chapter 4.
_FACTORS: tuple[tuple[str, Function], ...] = (
    ("{}", _identity),
    ("1 − {}²", lambda v: 1 - v * v),
    ("{0}·(1 − {0})", lambda v: v * (1 - v)),
    ("1 − {}", lambda v: 1 - v),
    ("1 + {}", lambda v: 1 + v),
    ("{}²", lambda v: v * v),
    ("1 + {}²", lambda v: 1 + v * v),
    ("exp({})", np.exp),
    ("exp(−{})", lambda v: np.exp(-v)),
    ("log({})", np.log),
    ("√{}", np.sqrt),
    ("√(1 − {}²)", lambda v: np.sqrt(1 - v * v)),
    ("√(1 + {}²)", lambda v: np.sqrt(1 + v * v)),
    ("sin({})", np.sin),
    ("cos({})", np.cos),
    ("tanh({})", np.tanh),
    ("σ({})", lambda v: 1 / (1 + np.exp(-v))),
    ("|{}|", np.abs),
    ("sign({})", np.sign),
)
# What else the cotangent of an elementwise function is multiplied by: its derivatives.
_DERIVATIVES: tuple[tuple[str, str, Function], ...] = (
    ("2·{}", "the square", lambda v: 2 * v),
    ("cos({})", "the sine", np.cos),
    ("−sin({})", "the cosine", lambda v: -np.sin(v)),
    ("sin({})", "minus the cosine", np.sin),
    ("exp({})", "the exponential", np.exp),
    ("1/{}", "the logarithm", lambda v: 1 / v),
    ("−1/{}²", "the reciprocal", lambda v: -1 / (v * v)),
    ("1 − tanh({})²", "the hyperbolic tangent", lambda v: 1 - np.tanh(v) ** 2),
    ("σ({0})·(1 − σ({0}))", "the logistic function", lambda v: _logistic(v) * _logistic(-v)),
    ("σ({})", "softplus", _logistic),
    ("1/(1 + {}²)", "the arctangent", lambda v: 1 / (1 + v * v)),
    ("1/√(1 − {}²)", "the arcsine", lambda v: 1 / np.sqrt(1 - v * v)),
    ("1/(1 − {}²)", "the inverse hyperbolic tangent", lambda v: 1 / (1 - v * v)),
    ("cosh({})", "the hyperbolic sine", np.cosh),
    ("sinh({})", "the hyperbolic cosine", np.sinh),
    ("1/(2·√{})", "the square root", lambda v: 0.5 / np.sqrt(v)),
    ("sign({})", "the absolute value", np.sign),
    ("({} > 0)", "relu", lambda v: (v > 0).astype(v.dtype)),
    ("1 − {}²", "", lambda v: 1 - v * v),
    ("{0}·(1 − {0})", "", lambda v: v * (1 - v)),
    ("{}", "", _identity),
    ("{}²", "", lambda v: v * v),
)


def chains(specimens: Sequence[Specimen]) -> Iterator[Mistake]:
    """Factors too many or too few, of the input's or output's shape."""
    names = _sources(specimens[0])
    for words, function in _FACTORS:
        for name, side in itertools.product(names, (_on_input, _on_output)):
            phrase = words.format(name)
            source = partial(_source, name)
            yield everywhere(
                f"the right gradient without the factor {phrase}",
                partial(side, name, partial(_inverse, function)),
                source,
            )
            yield everywhere(
                f"the right gradient times {phrase}", partial(side, name, function), source
            )


def itself(make: Make) -> Iterator[Mistake]:
    """The cotangent, as if the forward were the identity or a sum."""
    yield make("the cotangent itself", _cotangent_itself)


def formulas(specimens: Sequence[Specimen], make: Make) -> Iterator[Mistake]:
    """The cotangent times some derivative, or times another input."""
    first = specimens[0]
    for name in (first.name, "out"):
        for words, function, derivative in _DERIVATIVES:
            phrase = f"the cotangent times {words.format(name)}"
            yield make(
                f"{phrase}, the derivative of {function}" if function and name != "out" else phrase,
                partial(_formula, name, derivative),
                partial(_source, name),
            )
    for other in first.inputs:
        if other != first.name:
            yield make(
                f"the cotangent times {other}",
                partial(_formula, other, _identity),
                partial(_source, other),
            )


def _inverse(function: Function, source: Array) -> Array:
    return 1 / function(source)


def _sources(first: Specimen) -> list[str]:
    """Arrays that a factor may be made of, by name."""
    floating = [name for name, value in first.inputs.items() if value.dtype.kind in "fc"]
    arrays = [name for name, v in first.case.params.items() if isinstance(v, np.ndarray)]
    return ["out", *floating, "g", *(n for n in arrays if first.array(n).dtype.kind in "fiub")]


def _source(name: str, specimen: Specimen) -> Array:
    array = specimen.array(name)
    return array.astype(np.float64) if array.dtype.kind in "iub" else array


def _on_input(name: str, factor: Function, specimen: Specimen) -> Measured | None:
    """The right gradient times a factor, entry by entry."""
    source = _source(name, specimen)
    if not broadcasts(source.shape, specimen.x.shape):
        return None
    return specimen.right.scaled(np.broadcast_to(_applied(factor, source), specimen.x.shape))


def _on_output(name: str, factor: Function, specimen: Specimen) -> Measured | None:
    """The right gradient for the cotangent times a factor."""
    source, g = _source(name, specimen), specimen.g
    if len(specimen.outputs) != 1 or not broadcasts(source.shape, g.shape):
        return None
    with np.errstate(all="ignore"):
        cotangent = g * _applied(factor, source)
    return specimen.for_cotangents([cotangent]) if cotangent.dtype == g.dtype else None


def _formula(name: str, derivative: Function, specimen: Specimen) -> Measured | None:
    source = _source(name, specimen)
    if source.shape != specimen.x.shape:
        return None
    return _times_cotangent(specimen, _applied(derivative, source))


def _cotangent_itself(specimen: Specimen) -> Measured | None:
    return _times_cotangent(specimen, np.ones_like(specimen.x))


def _times_cotangent(specimen: Specimen, local: Array) -> Measured | None:
    """A formula is exact; where it is not finite nothing is known."""
    cotangent = _cotangent_of_entries(specimen)
    if cotangent is None:
        return None
    with np.errstate(all="ignore"):
        value = cotangent * local
    fine = np.isfinite(value)
    return Measured(np.where(fine, value, 0), np.where(fine, 0.0, np.inf))


def _cotangent_of_entries(specimen: Specimen) -> Array | None:
    """The cotangent of each entry: of its one output, or by shape."""
    g, x = specimen.g, specimen.x
    if len(specimen.outputs) != 1:
        return None
    complex_ = np.iscomplexobj(g) or np.iscomplexobj(x)
    if g.shape != x.shape and g.size <= x.size and not complex_:
        slopes = specimen.slopes
        depends = np.abs(slopes.value) > slopes.bar
        certain = (slopes.bar <= _FAINT * np.abs(slopes.value).max(initial=0)).all(axis=0)
        outputs = depends.sum(axis=0)
        if outputs.max(initial=0) == 1:
            known = (outputs == 1) | certain
            return np.where(known, g.ravel() @ depends, np.nan).reshape(x.shape)
    return np.broadcast_to(g, x.shape) if broadcasts(g.shape, x.shape) else None


def _applied(function: Function, source: Array) -> Array:
    """The function, NaN where its formula may overflow half-way."""
    with np.errstate(all="ignore"):
        size = np.abs(source)
        extreme = (size > 1 / _EXTREME) | ((size < _EXTREME) & (source != 0))
        return np.where(extreme, np.nan, function(source))
