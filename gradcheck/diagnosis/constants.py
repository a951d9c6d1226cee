"""A constant factor too many or too few: sign, 2, …"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import partial
from types import MappingProxyType

import numpy as np

from gradcheck.diagnosis.intervals import Measured
from gradcheck.diagnosis.mistake import Make, Mistake
from gradcheck.diagnosis.quantities import common, quantities_of
from gradcheck.diagnosis.specimen import Specimen
from gradcheck.ndarrays.types import Array

_NAMED: tuple[tuple[str, float], ...] = (
    ("π", math.pi),
    ("2π", 2 * math.pi),
    ("1/π", 1 / math.pi),
    ("√2", math.sqrt(2)),
    ("1/√2", math.sqrt(0.5)),
    ("ln 2", math.log(2)),
    ("1/ln 2", 1 / math.log(2)),
    ("ln 10", math.log(10)),
    ("1/ln 10", 1 / math.log(10)),
    ("2/√π", 2 / math.sqrt(math.pi)),
    ("√π/2", math.sqrt(math.pi) / 2),
)
_LARGEST_DENOMINATOR = 12  # arbitrary: fractions that people write; from 10 to 16 alike
_PLAIN: Mapping[float, str] = MappingProxyType(
    {
        0.0: "zero",
        -1.0: "the right gradient with the wrong sign",
        2.0: "twice the right gradient",
        0.5: "half the right gradient",
        -2.0: "twice the right gradient, with the wrong sign",
        -0.5: "half the right gradient, with the wrong sign",
    }
)

# What a factor may be made of a number q, in words and as a function.
_FORMS: tuple[tuple[str, Callable[[float], float]], ...] = (
    ("divided by {}", lambda q: 1 / q),
    ("times {}", lambda q: q),
    ("times the square root of {}", math.sqrt),
    ("divided by the square root of {}", lambda q: 1 / math.sqrt(q)),
    ("times the square of {}", lambda q: q * q),
    ("divided by the square of {}", lambda q: 1 / (q * q)),
    ("times 1 − {}", lambda q: 1 - q),
    ("divided by 1 − {}", lambda q: 1 / (1 - q)),
    ("divided by {} − 1", lambda q: 1 / (q - 1)),
    ("times {} − 1", lambda q: q - 1),
    ("times {0} / ({0} − 1)", lambda q: q / (q - 1)),
    ("times ({0} − 1) / {0}", lambda q: (q - 1) / q),
    ("times 2 / {}", lambda q: 2 / q),
    ("times {} / 2", lambda q: q / 2),
    ("times −{}", lambda q: -q),
    ("divided by −{}", lambda q: -1 / q),
)


def constants(specimens: Sequence[Specimen], make: Make) -> Iterator[Mistake]:
    """Factors that the specimens suggest: one number, or a named one."""
    factors = (suggested_factor(specimen) for specimen in specimens)
    suggested = next((factor for factor in factors if factor is not None), None)
    if suggested is None:
        return
    yield make(_words(suggested), partial(_times, suggested))
    names = common([quantities_of(specimen) for specimen in specimens])
    for name in names:
        for words, form in _FORMS:
            yield make(
                f"the right gradient {words.format(name)}",
                partial(_times_named, name, form),
                partial(_of, name),
                numbers=2,
            )
    for one, other in itertools.permutations(names, 2):
        yield make(
            f"the right gradient times {one} / {other}",
            partial(_times_quotient, one, other),
            partial(_quotient, one, other),
        )


def suggested_factor(specimen: Specimen) -> float | None:
    """The ratio of returned to right, for the wrong entry known best."""
    right, seen = specimen.right, specimen.seen
    if right.shape != seen.shape:
        return None
    telling = right.known & specimen.wrong
    if not telling.any():
        return None
    with np.errstate(all="ignore"):
        certainty = np.where(telling, np.abs(right.value) / (right.bar + 1e-300), 0)
    best = np.unravel_index(certainty.argmax(), certainty.shape)
    ratio = complex(seen[best] / right.value[best])
    error = float(right.tolerance[best] / abs(right.value[best]))
    if not math.isfinite(abs(ratio)) or abs(ratio.imag) > error * abs(ratio):
        return None
    return _simple(ratio.real, error)


def _simple(factor: float, error: float) -> float:
    """The simple number that a measured one stands for, within its error."""
    near = Fraction(factor).limit_denominator(_LARGEST_DENOMINATOR)
    candidates = [float(near), *(sign * value for _, value in _NAMED for sign in (1, -1))]
    fitting = [c for c in candidates if abs(c - factor) <= error * abs(factor)]
    return fitting[0] if fitting else factor


def _words(factor: float) -> str:
    """Say what one factor makes of the right gradient."""
    ratio = Fraction(abs(factor)).limit_denominator(_LARGEST_DENOMINATOR)
    if factor in _PLAIN:
        return _PLAIN[factor]
    if float(ratio) == abs(factor):
        size = str(ratio)
    else:
        size = next((n for n, v in _NAMED if v == abs(factor)), f"{abs(factor):.8g}")
    return f"the right gradient times {'−' if factor < 0 else ''}{size}"


def _times(factor: float, specimen: Specimen) -> Measured:
    return specimen.right.scaled(factor)


def _times_named(name: str, form: Callable[[float], float], specimen: Specimen) -> Measured | None:
    try:
        factor = form(quantities_of(specimen)[name])
    except (ZeroDivisionError, ValueError, OverflowError):
        return None
    return specimen.right.scaled(factor)


def _of(name: str, specimen: Specimen) -> Array:
    return np.asarray(quantities_of(specimen)[name])


def _times_quotient(one: str, other: str, specimen: Specimen) -> Measured | None:
    factor = float(_quotient(one, other, specimen))
    return specimen.right.scaled(factor) if math.isfinite(factor) else None


def _quotient(one: str, other: str, specimen: Specimen) -> Array:
    quantities = quantities_of(specimen)
    with np.errstate(all="ignore"):
        return np.asarray(np.divide(quantities[one], quantities[other]))
