"""Calling a function with the values it asks for by name."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np

from gradcheck.errors import SpecError, did_you_mean, listing

_NO_DEFAULTS: Mapping[str, Any] = MappingProxyType({})
_ROOM = str(Path(__file__).parent)
ANY = object()
"""The default of a name that is always passed, whatever a function has for it."""


@dataclass(frozen=True, slots=True)
class Location:
    """Where something is defined."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True)
class Bound:
    """A function whose parameters, behind `leading` positional ones, are known names."""

    function: Callable[..., Any]
    positional: tuple[str, ...]
    keyword: tuple[str, ...]

    @property
    def names(self) -> tuple[str, ...]:
        return self.positional + self.keyword

    def __call__(self, values: Mapping[str, Any], *leading: Any) -> Any:
        """Call with `leading`, then each asked-for name from `values`."""
        by_position = [values[name] for name in self.positional]
        by_keyword = {name: values[name] for name in self.keyword}
        return self.function(*leading, *by_position, **by_keyword)


def bind(
    function: Callable[..., Any],
    known: Collection[str],
    *,
    leading: int = 0,
    what: str,
    defaults: Mapping[str, Any] = _NO_DEFAULTS,
) -> Bound:
    """Bind a function's parameters by name.

    Args:
        function: what will be called.
        known: the names that can be supplied.
        leading: how many positional parameters come first and are passed by place.
        what: how messages call the function, "the vjp of 'matmul'".
        defaults: for known names, the default that a function may have as well, or `ANY`.

    Raises:
        SpecError: for a parameter that is not known and has no default, or that is known and
            has another one: a closure's `f=df` is not to be replaced by the op's `f`.
    """
    if not callable(function):
        raise SpecError(f"{what} must be a function; got {function!r}.")
    parameters = parameters_of(function)
    if parameters is None:
        raise SpecError(f"{what} has no readable parameters; wrap it in a lambda.")
    placed = [p for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    if len(placed) < leading:
        first = "tangent" if what.startswith("the jvp") else "cotangent"
        raise SpecError(f"{what} must take the {first} as its first parameter.")
    positional: list[str] = []
    keyword: list[str] = []
    for parameter in [p for p in parameters if p not in placed[:leading]]:
        if parameter.kind is parameter.VAR_KEYWORD:
            continue
        if parameter.kind is parameter.VAR_POSITIONAL:
            raise SpecError(
                f"{what} takes *{parameter.name}; its parameters are bound by name, so name them."
            )
        if parameter.name in known:
            _refuse_another_default(parameter, defaults, what)
            by_place = parameter.kind is parameter.POSITIONAL_ONLY
            (positional if by_place else keyword).append(parameter.name)
        elif parameter.default is parameter.empty:
            raise SpecError(
                f"{what} asks for {parameter.name!r}, which there is not: "
                f"it can ask for {listing(known)}.{did_you_mean(parameter.name, known)}"
            )
    return Bound(function, tuple(positional), tuple(keyword))


def _refuse_another_default(
    parameter: inspect.Parameter, defaults: Mapping[str, Any], what: str
) -> None:
    default, allowed = parameter.default, defaults.get(parameter.name)
    if default is parameter.empty or default is None or allowed is ANY or default is allowed:
        return
    if allowed is None or not np.array_equal(default, allowed):
        raise SpecError(
            f"{what} has a default of its own for {parameter.name!r}, where the op's "
            f"{parameter.name!r} would be passed: rename the parameter to keep its default, or "
            "drop the default."
        )


def parameters_of(function: Callable[..., Any]) -> list[inspect.Parameter] | None:
    """Return a function's parameters, or None where they are unreadable (a ufunc)."""
    if hasattr(function, "nin"):
        return None
    try:
        return list(inspect.signature(function).parameters.values())
    except (TypeError, ValueError):
        return None


def location_of(function: Callable[..., Any]) -> Location | None:
    """Return where a function is defined, or None if in C."""
    if hasattr(function, "__wrapped__"):
        function = inspect.unwrap(function)
    code = getattr(function, "__code__", None)
    return Location(code.co_filename, code.co_firstlineno) if code else None


def caller() -> Location:
    """Return the nearest frame outside this room."""
    frame = sys._getframe(1)  # noqa: SLF001
    while frame.f_back is not None and frame.f_code.co_filename.startswith(_ROOM):
        frame = frame.f_back
    return Location(frame.f_code.co_filename, frame.f_lineno)
