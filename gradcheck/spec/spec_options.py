"""Options of an op, beside its name, signature and forward."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING, Field, dataclass, field, fields
from types import MappingProxyType
from typing import Any

from hypothesis import strategies as st

from gradcheck.ndarrays.layouts import LAYOUTS
from gradcheck.spec.calls import Call, Values
from gradcheck.spec.dims import Size

Function = Callable[..., Any]
# Arbitrary: eight digits, to which nothing agrees by chance, while differences reach more.
DEFAULT_RTOL = 1e-8


def _no_values() -> Mapping[str, Any]:
    return MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SpecOptions:
    """Options of an op, described and ordered as in `op`."""

    tags: tuple[str, ...] = ()
    source: str = ""
    domains: Values = field(default_factory=_no_values)
    dims: Mapping[str, Size] = field(default_factory=_no_values)
    params: Values = field(default_factory=_no_values)
    cases: st.SearchStrategy[Call] | None = None
    assume: Function | None = None
    dtypes: tuple[str, ...] = ("float64",)
    widens: bool = True
    nondiff: frozenset[str] = frozenset()
    rtol: float = DEFAULT_RTOL
    reason: str = ""
    reference: Function | None = None
    skip: Mapping[str, str] = field(default_factory=_no_values)
    also: tuple[str, ...] = ()
    layouts: tuple[str, ...] = LAYOUTS
    example: Call | None = None


def options_of(keywords: Mapping[str, Any]) -> SpecOptions:
    """Normalise keyword arguments and copy them, safe from later changes.

    Raises:
        TypeError: for a keyword that is no option.
    """
    known = {option.name: option for option in fields(SpecOptions)}
    for key in keywords:
        if key not in known:
            raise TypeError(f"op() got an unexpected keyword argument {key!r}")
    return SpecOptions(**{key: _kept(known[key], value) for key, value in keywords.items()})


def keywords_of(options: SpecOptions) -> dict[str, Any]:
    return {option.name: getattr(options, option.name) for option in fields(SpecOptions)}


def _kept(option: Field[Any], value: Any) -> Any:
    """Copy words and tables into the type of the default."""
    if option.default_factory is not MISSING:
        return MappingProxyType(dict(value or {}))
    if isinstance(option.default, tuple | frozenset):
        return type(option.default)(_words(value))
    return value


def _words(words: str | Iterable[str]) -> tuple[str, ...]:
    return (words,) if isinstance(words, str) else tuple(words)
