"""Validation of files and environment variables against the table of keys."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from gradcheck.cli.config.config_errors import ConfigMistake
from gradcheck.cli.config.config_files import Document
from gradcheck.cli.config.keys import BY_NAME, KEYS, OP_BY_NAME, PREFIX, Key, OpKey
from gradcheck.cli.config.op_tables import OpTable
from gradcheck.cli.config.value_kinds import Refused, shown
from gradcheck.errors import did_you_mean, listing

OP = "op"
EXTENDS = "extends"
NOT_KEYS = (EXTENDS, OP)
PROFILE_VARIABLE = f"{PREFIX}PROFILE"
CONFIG_VARIABLE = f"{PREFIX}CONFIG"
VARIABLES = (PROFILE_VARIABLE, CONFIG_VARIABLE)
"""Variables for options that are no keys of a file."""
_HINTS = {
    "profile": " A file names its profile by extends.",
    **dict.fromkeys(OP_BY_NAME, ' It belongs into a table about ops, [op."NAME"].'),
}
"""For keys in the wrong place."""


@dataclass(slots=True)
class Checked:
    """The usable part of a source, and its mistakes."""

    values: dict[str, object] = field(default_factory=dict)
    tables: list[OpTable] = field(default_factory=list)
    mistakes: list[ConfigMistake] = field(default_factory=list)


def check_document(document: Document) -> Checked:
    """Check each key of a file, and each table about ops."""
    checked = Checked()
    unknown: set[str] = set()
    for name, value in document.values.items():
        if name in NOT_KEYS:
            continue
        key = BY_NAME.get(name)
        if key is None:
            message = _unknown(name, (EXTENDS, *BY_NAME, OP), unknown)
            checked.mistakes.append(document.mistake(message, key=name))
            continue
        try:
            checked.values[name] = key.kind.read(value)
        except Refused as refused:
            checked.mistakes.append(document.mistake(_refusal(key, value, refused), key=name))
    if OP in document.values:
        _check_tables(document, checked)
    return checked


def check_environment(environ: Mapping[str, str]) -> Checked:
    """Check each `GRADCHECK_*` variable of a key that is not empty."""
    checked = Checked()
    for key in KEYS:
        text = environ.get(key.variable, "")
        if not text:
            continue
        try:
            checked.values[key.name] = key.kind.read(key.kind.parse(text))
        except ValueError as error:
            hint = str(error) if isinstance(error, Refused) else ""
            message = f"{shown(text)} cannot be used; it must be {key.kind.says}.{hint}"
            checked.mistakes.append(ConfigMistake(place=key.variable, message=message))
    return checked


def unknown_variables(environ: Mapping[str, str]) -> list[str]:
    """A sentence for each `GRADCHECK_*` variable that does nothing."""
    known = [*(key.variable for key in KEYS), *VARIABLES]
    return [
        f"the environment variable {name} does nothing.{did_you_mean(name, known)}"
        for name in sorted(environ)
        if name.startswith(PREFIX) and name not in known
    ]


def _unknown(name: str, known: Iterable[str], before: set[str]) -> str:
    """The message for an unknown key, with a list once per table."""
    hint = did_you_mean(name, known) or _HINTS.get(name, "")
    allowed = f"; allowed are {listing(known)}" if not before else ""
    before.add(name)
    return f"there is no key {shown(name)}{allowed}.{hint}"


def _refusal(key: Key | OpKey, value: object, refused: Refused) -> str:
    hint = str(refused)
    if key.name == "ops" and isinstance(value, dict):
        hint = " A table about one op is called op."
    return f"{key.name} = {shown(value)}: it must be {key.kind.says}.{hint}"


def _check_tables(document: Document, checked: Checked) -> None:
    tables = document.values[OP]
    if not isinstance(tables, dict):
        message = f'op = {shown(tables)}: there is a table for each op, [op."my_op"].'
        checked.mistakes.append(document.mistake(message, key=OP))
        return
    for pattern, table in tables.items():
        if not isinstance(table, dict):
            message = f'{shown(pattern)} must be a table, [op."NAME"], with {listing(OP_BY_NAME)}.'
            checked.mistakes.append(document.mistake(message, OP, key=pattern))
            continue
        wrong = _wrong_in(table)
        mistakes = [document.mistake(message, OP, pattern, key=key) for key, message in wrong]
        checked.mistakes += mistakes
        if not mistakes:
            checked.tables.append(_op_table(document, pattern, table))


def _wrong_in(table: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """Yield the wrong keys of a table about ops, with messages."""
    unknown: set[str] = set()
    for name, value in table.items():
        key = OP_BY_NAME.get(name)
        if key is None:
            yield name, _unknown(name, OP_BY_NAME, unknown)
            continue
        try:
            key.kind.read(value)
        except Refused as refused:
            yield name, _refusal(key, value, refused)
    if "rtol" in table and "reason" not in table:
        yield "rtol", f'rtol = {shown(table["rtol"])} needs a reason = "…" beside it.'
    if "reason" in table and "rtol" not in table:
        yield "reason", "reason says why rtol is not the default, but there is no rtol."
    if "xfail" in table and "skip" in table:
        yield "xfail", "an op that is skipped cannot be expected to fail: give xfail or skip."


def _op_table(document: Document, pattern: str, table: Mapping[str, object]) -> OpTable:
    read = {name: OP_BY_NAME[name].kind.read(value) for name, value in table.items()}
    return OpTable(pattern=pattern, origin=document.origin(OP, pattern), **read)  # type: ignore[arg-type]
