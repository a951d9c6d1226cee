"""Numbers, arrays and shapes: short, and exact where that is short."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcheck.ndarrays.dtypes import is_floating, is_real
from gradcheck.numeric.notation import apart
from gradcheck.reports.text.printable import visible

if TYPE_CHECKING:
    from gradcheck.numeric.comparison import Comparison

DIGITS = 8  # significant digits of entries, as NumPy prints; shorter decimals are exact
MOST_INLINE = 40  # entries written out; arbitrary: five lines of a panel
LONGEST_REPR = 200  # characters of a param; arbitrary: three lines of a panel
_MOST = 16  # derived: digits behind the first one that tell any two float64 apart
_NOTHING = 1e-300  # derived: differences below this underflow


def number(value: Any) -> str:
    """Write an entry in at most `DIGITS` digits: "0.1", "2.", "1e-20"."""
    scalar: Any = np.asarray(value)[()]
    if isinstance(scalar, np.complexfloating):
        imaginary = _real(scalar.imag)
        return f"{_real(scalar.real)}{'' if imaginary[0] in '+-' else '+'}{imaginary}j"
    if isinstance(scalar, np.floating) or is_real(np.asarray(scalar).dtype):
        return _real(scalar)
    if isinstance(scalar, np.bool_ | np.integer):
        return str(scalar)
    return _short_repr(value)


def array(value: Any) -> str:
    """Write an array on one line, or a summary of it."""
    if isinstance(value, tuple | list):
        return f"[{', '.join(array(item) for item in value)}]"
    a = np.asarray(value)
    if a.size == 0 or (a.size > 8 and _constant(a)):
        return _constructor(a)
    if a.size > MOST_INLINE:
        return _summary(a)
    return _nested(a)


def matrix(value: Any) -> str:
    """Write an array with aligned columns, or summarise a large one."""
    a = np.asarray(value)
    if a.size == 0:
        return _constructor(a)
    if a.size > 4 * MOST_INLINE:
        return _summary(a)
    width = max(len(number(entry)) for entry in a.flat)
    return np.array2string(
        a,
        separator=", ",
        max_line_width=10_000,
        formatter={"all": lambda entry: f"{number(entry):>{width}}"},
    )


def shape(value: Any) -> str:
    """Write an array's shape: "2×3", "4", or "scalar"."""
    if isinstance(value, tuple | list):
        return ", ".join(shape(item) for item in value) or "none"
    return "×".join(map(str, np.shape(value))) or "scalar"


def entry(name: str, index: Iterable[int]) -> str:
    """Name an entry of an argument: "b[1,0]", or "b" for a scalar."""
    inside = ",".join(map(str, index))
    return f"{name}[{inside}]" if inside else name


def plain(value: Any) -> str:
    """Write a param: an array, or a repr that may be cut."""
    if isinstance(value, np.ndarray):
        return array(value)
    return _short_repr(value)


def bar(value: float) -> str:
    """Write an error bar in one digit: "2e-10"."""
    if value < _NOTHING:
        return "0"
    return f"{value:.0e}" if value and math.isfinite(value) else f"{value:g}"


def short(value: float) -> str:
    """Write a number in two digits: "0.003", "1.2", "5e+05"."""
    if not math.isfinite(value) or value == 0:
        return f"{value:g}"
    if value < 1e-3 or value >= 1e4:
        return f"{value:.0e}"
    return f"{value:.2g}" if value < 100 else f"{value:.0f}"


def margin(value: float) -> str:
    """Write a margin; its side of the border shows: "0.998", not "1"."""
    text = short(value)
    return text if text != "1" else apart(value, 1.0, digits=2)[0]


def seconds(value: float) -> str:
    """Write a duration: "15 ms", "1.9 s", "2 min 5 s"."""
    if value < 0.0995:
        return f"{value * 1000:.0f} ms"
    if value < 9.95:
        return f"{value:.1f} s"
    if value < 59.5:
        return f"{value:.0f} s"
    whole = round(value)
    return f"{whole // 60} min {whole % 60} s"


def compared(comparison: Comparison) -> tuple[str, str]:
    """Write an analytic value and its reference with equally many digits.

    There are enough digits to see the two differ: ("0.000000", "1.000000 ± 2e-10"). At a
    kink the reference is an interval: "0.000000 … 1.000000 ± 2e-10".
    """
    reference = comparison.reference
    write = _equally(
        (comparison.analytic, reference.low, reference.high),
        reference.distance(comparison.analytic),
    )
    ends = dict.fromkeys((write(reference.low), write(reference.high)))
    return write(comparison.analytic), f"{' … '.join(ends)} ± {bar(reference.bar)}"


def _equally(values: Iterable[float], difference: float) -> Callable[[float], str]:
    """Choose a notation that shows a difference."""
    sizes = [abs(value) for value in values if math.isfinite(value)]
    largest = max(sizes, default=0.0)
    plain = largest == 0 or 1e-3 <= largest < 1e6
    digits = 6
    if 0 < difference < math.inf:
        magnitude = math.floor(math.log10(largest))
        first, most = (0, _MOST - magnitude) if plain else (magnitude, _MOST)
        digits = min(max(first + 1 - math.floor(math.log10(difference)), digits), most)
    return lambda value: f"{value:.{digits}{'f' if plain else 'e'}}"


def _real(value: Any) -> str:
    if not np.isfinite(value):
        return str(value)
    if value == 0 or 1e-4 <= abs(float(value)) < 1e8:
        return np.format_float_positional(value, DIGITS, unique=True, fractional=False, trim=".")
    return np.format_float_scientific(value, DIGITS - 1, unique=True, trim="-")


def _nested(a: Any) -> str:
    if a.ndim == 0:
        return number(a)
    return f"[{', '.join(_nested(item) for item in a)}]"


def _constant(a: Any) -> bool:
    return (a.dtype.kind in "iub" or is_floating(a.dtype)) and bool((a == a.flat[0]).all())


def _constructor(a: Any) -> str:
    """Write an empty or constant array as a NumPy call."""
    name = a.dtype.name
    size = str(a.shape) if name == "float64" else f"{a.shape}, {name}"
    if a.size == 0 or not a.any():
        return f"zeros({size})"
    return f"ones({size})" if (a == 1).all() else f"full({a.shape}, {number(a.flat[0])})"


def _summary(a: Any) -> str:
    text = f"{shape(a)} array"
    if (a.dtype.kind in "iu" or is_real(a.dtype)) and np.isfinite(a).all():
        return f"{text}, {number(a.min())} … {number(a.max())}"
    return f"{text} of {a.dtype.name}"


def _short_repr(value: Any) -> str:
    try:
        text = visible(repr(value))
    except Exception as error:  # noqa: BLE001 - a repr of the user's may do anything
        text = f"<{type(value).__name__}: its repr raised {type(error).__name__}>"
    return text if len(text) <= LONGEST_REPR else f"{text[:LONGEST_REPR]}…"
