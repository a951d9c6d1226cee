"""Several sources merged into one value per key, with its origin."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType

from gradcheck.cli.config import config_files
from gradcheck.cli.config.config_errors import ConfigError, ConfigMistake
from gradcheck.cli.config.config_files import Document
from gradcheck.cli.config.key_checks import (
    CONFIG_VARIABLE,
    PROFILE_VARIABLE,
    check_document,
    check_environment,
    unknown_variables,
)
from gradcheck.cli.config.keys import ABOUT_OPS, KEYS, LOOSE
from gradcheck.cli.config.op_tables import OpTable
from gradcheck.cli.config.option_choices import PROFILES


class SettingLevel(StrEnum):
    """Kinds of origins, the strongest first."""

    COMMAND_LINE = "command line"
    ENVIRONMENT = "environment"
    FILE = "file"
    PROFILE = "profile"
    DEFAULT = "default"


_OF_THIS_CALL = (SettingLevel.COMMAND_LINE, SettingLevel.ENVIRONMENT)
_WRITTEN = (SettingLevel.FILE, SettingLevel.PROFILE)


@dataclass(frozen=True, slots=True)
class Setting:
    """A value and its origin.

    Attributes:
        origin: the option, the variable, "file:table.key", "profile NAME", or "default".
        folder: that paths in the value are relative to; None for the current folder.
    """

    value: object
    level: SettingLevel
    origin: str
    folder: Path | None = None

    @property
    def is_typed(self) -> bool:
        return self.level is SettingLevel.COMMAND_LINE

    @property
    def is_default(self) -> bool:
        return self.level is SettingLevel.DEFAULT

    @property
    def is_from_file(self) -> bool:
        return self.level is SettingLevel.FILE


@dataclass(frozen=True, slots=True)
class Layer:
    """The values of one source."""

    settings: Mapping[str, Setting]
    tables: tuple[OpTable, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """The configuration without the command line.

    Attributes:
        settings: one for each key.
        bare: those of the same place without variables or options.
        tables: about single ops, the strongest last.
        files: the files that were read, the strongest first.
        named: the file of `--config` or its variable; empty if it was found.
        profile: the profile in force, or empty.
        warnings: sentences about probable mistakes.
    """

    settings: Mapping[str, Setting]
    bare: Mapping[str, Setting]
    tables: tuple[OpTable, ...] = ()
    files: tuple[str, ...] = ()
    named: str = ""
    profile: str = ""
    warnings: tuple[str, ...] = ()


def resolve(
    *, cwd: Path, environ: Mapping[str, str], profile: str | None = None, file: str | None = None
) -> Config:
    """Read and merge all sources: environment over files over profile.

    Args:
        cwd: where to look for a file.
        environ: the environment variables.
        profile, file: as typed.

    Raises:
        ConfigError: with all mistakes.
    """
    named = file or environ.get(CONFIG_VARIABLE, "")
    wanted = profile or environ.get(PROFILE_VARIABLE, "")
    mistakes: list[ConfigMistake] = []
    if wanted and wanted not in PROFILES:
        place = "--profile" if profile else PROFILE_VARIABLE
        mistakes.append(ConfigMistake(place=place, message=config_files.unknown_profile(wanted)))
    documents, note = _documents(cwd, named, mistakes)
    unasked = documents
    if wanted in PROFILES:
        documents = [d for d in documents if not d.is_profile] + config_files.chain(
            config_files.profile(wanted), cwd
        )
    variables = check_environment(environ)
    mistakes += variables.mistakes
    for document in documents:
        mistakes += check_document(document).mistakes
    if mistakes:
        raise ConfigError(mistakes)
    layers = [_environment_layer(variables.values)]
    layers += map(_layer, documents)
    tables = tuple(table for layer in reversed(layers) for table in layer.tables)
    warnings = [*([note] if note else []), *unknown_variables(environ), *_loose(tables)]
    return Config(
        settings=merged([*layers, built_in()]),
        bare=merged([*map(_layer, unasked), built_in()]),
        tables=tables,
        files=tuple(d.name for d in documents if not d.is_profile),
        named=named,
        profile=next((d.name.removeprefix("profile ") for d in documents if d.is_profile), ""),
        warnings=tuple(warnings),
    )


def built_in() -> Layer:
    """The layer of the defaults."""
    return Layer({key.name: Setting(key.default, SettingLevel.DEFAULT, "default") for key in KEYS})


def merged(layers: Sequence[Layer]) -> Mapping[str, Setting]:
    """For each key the setting of the strongest layer that has one.

    Where the command line or the environment names `ops`, files and profiles do not choose
    among them: they are about other ops. Files that extend each other are about the same ones.

    Args:
        layers: the strongest first.
    """
    strongest: dict[str, Setting] = {}
    replaced = False
    for layer in layers:
        for name, setting in layer.settings.items():
            if not (replaced and name in ABOUT_OPS and setting.level in _WRITTEN):
                strongest.setdefault(name, setting)
        ops = layer.settings.get("ops")
        replaced = replaced or (ops is not None and ops.level in _OF_THIS_CALL)
    return MappingProxyType({k.name: strongest[k.name] for k in KEYS if k.name in strongest})


def _documents(cwd: Path, named: str, mistakes: list[ConfigMistake]) -> tuple[list[Document], str]:
    """The file in force and those it extends; mistakes are collected."""
    try:
        first, note = (config_files.read(cwd / named, cwd), "") if named else config_files.find(cwd)
        return (config_files.chain(first, cwd) if first else []), note
    except ConfigError as error:
        mistakes += error.mistakes
        return [], ""


def _layer(document: Document) -> Layer:
    """The layer of a document without mistakes."""
    checked = check_document(document)
    level = SettingLevel.PROFILE if document.is_profile else SettingLevel.FILE
    return Layer(
        {
            name: Setting(value, level, document.origin(name), document.folder)
            for name, value in checked.values.items()
        },
        tuple(checked.tables),
    )


def _environment_layer(values: Mapping[str, object]) -> Layer:
    return Layer(
        {
            key.name: Setting(values[key.name], SettingLevel.ENVIRONMENT, key.variable)
            for key in KEYS
            if key.name in values
        }
    )


def _loose(tables: Sequence[OpTable]) -> list[str]:
    return [
        f"{table.origin}.rtol = {table.rtol:g} is too loose to mean anything: a float64 gradient "
        f"with a relative error of {table.rtol:.0%} would pass. More than {LOOSE:g} is hardly ever "
        "needed."
        for table in tables
        if table.rtol is not None and table.rtol > LOOSE
    ]
