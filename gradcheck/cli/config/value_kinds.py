"""Kinds of configured values: checked in files, parsed from variables."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import click

from gradcheck.errors import SettingsError, did_you_mean
from gradcheck.run.memory_sizes import parsed_size

TRUE = ("1", "true", "yes", "on")
FALSE = ("0", "false", "no", "off")
AUTO = "auto"
LOCAL = "local"
LONGEST = 60  # characters; arbitrary: from 40 to 100 a value and its message fit on a line


class Refused(ValueError):
    """Refusal of a value; the text is a hint or empty."""


@dataclass(frozen=True, slots=True)
class ValueKind:
    """A set of allowed values.

    Attributes:
        says: the end of the sentence "it must be …".
        read: converts the content of a file to the value, or raises `Refused`.
        parse: converts text to the content of a file, or raises ValueError.
        click: arguments for click, which tell it what an option may be.
        refusal: of a value that click lets pass; it is put in for {}.
    """

    says: str
    read: Callable[[object], object]
    parse: Callable[[str], object] = str
    click: Mapping[str, Any] = field(default_factory=dict)
    refusal: str = ""


def whole(least: int, most: int | None = None, refusal: str = "") -> ValueKind:
    """A whole number."""

    def read(value: object) -> int:
        if not isinstance(value, int) or isinstance(value, bool):
            raise Refused
        if value < least or (most is not None and value > most):
            raise Refused
        return value

    limits = f"{least} or more" if most is None else f"{least} to {most}"
    allowed: Any = int if most is None else click.Choice(range(least, most + 1))
    return ValueKind(f"a whole number, {limits}", read, int, {"type": allowed}, refusal)


def number(says: str, refusal: str = "", *, below: float = math.inf) -> ValueKind:
    """A finite number above 0."""

    def read(value: object) -> float:
        if not isinstance(value, int | float) or isinstance(value, bool):
            raise Refused
        try:
            converted = float(value)
        except OverflowError:
            raise Refused from None
        if not (0 < converted < below and math.isfinite(converted)):
            raise Refused
        return converted

    return ValueKind(says, read, float, {"type": float}, refusal)


def jobs() -> ValueKind:
    """A number of jobs, or `AUTO` for as many as processors."""

    number_of_jobs = whole(1)

    def read(value: object) -> object:
        return AUTO if value == AUTO else number_of_jobs.read(value)

    return ValueKind(
        f'a whole number, 1 or more, or "{AUTO}"',
        read,
        lambda text: text if text == AUTO else int(text),
        {"type": str},
        f"{{!r}} is no number of jobs; give 1 or more, or {AUTO}.",
    )


def size() -> ValueKind:
    """A size of memory in words."""

    def read(value: object) -> str:
        if not isinstance(value, str):
            raise Refused
        try:
            parsed_size(value)
        except SettingsError:
            raise Refused from None
        return value

    return ValueKind('a size of memory, "512M" or "2G"', read)


def flag() -> ValueKind:
    """True or false."""

    def read(value: object) -> bool:
        if not isinstance(value, bool):
            raise Refused
        return value

    def parse(text: str) -> bool:
        if text.lower() not in TRUE + FALSE:
            raise Refused
        return text.lower() in TRUE

    return ValueKind("true or false", read, parse)


def words(says: str) -> ValueKind:
    """Text that is not blank."""

    def read(value: object) -> str:
        if not isinstance(value, str) or not value.strip():
            raise Refused
        return value

    return ValueKind(says, read)


def one_of(*names: str) -> ValueKind:
    """One of a few names."""

    def read(value: object) -> str:
        if not isinstance(value, str):
            raise Refused
        if value not in names:
            raise Refused(did_you_mean(value, names))
        return value

    says = f"one of {', '.join(map(shown, names))}"
    return ValueKind(says, read, click={"type": click.Choice(names)})


def many(each: ValueKind, says: str) -> ValueKind:
    """A list; in an environment variable its items stand between commas."""

    def read(value: object) -> tuple[object, ...]:
        if not isinstance(value, list):
            read(wrapped := [value])
            raise Refused(f" Write {shown(wrapped)}.")
        for item in value:
            try:
                each.read(item)
            except Refused as refused:
                raise Refused(f" {shown(item)} cannot stand in it.{refused}") from None
        return tuple(map(each.read, value))

    def parse(text: str) -> list[object]:
        return [each.parse(item.strip()) for item in text.split(",") if item.strip()]

    return ValueKind(says, read, parse, {"multiple": True, **each.click})


def reasons(names: Sequence[str]) -> ValueKind:
    """A table from names to reasons in words."""

    def read(value: object) -> dict[str, str]:
        if not isinstance(value, dict):
            raise Refused
        for name, why in value.items():
            if name not in names:
                raise Refused(f" There is no {shown(name)} among them.{did_you_mean(name, names)}")
            if not isinstance(why, str) or not why.strip():
                raise Refused(f" {name} needs a reason in words.")
        return dict(value)

    return ValueKind(
        f'a table of properties, each with a reason, {{layouts = "why"}}; '
        f"known are {', '.join(names)}",
        read,
    )


def shown(value: object) -> str:
    """A value as in a file, on one line, cut if long."""
    text = _written(value)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def _written(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        import json

        return json.dumps(value[: 2 * LONGEST], ensure_ascii=False)
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_written, value[:LONGEST]))}]"
    if isinstance(value, dict):
        pairs = (f"{key} = {_written(item)}" for key, item in list(value.items())[:LONGEST])
        return f"{{{', '.join(pairs)}}}"
    return str(value)
