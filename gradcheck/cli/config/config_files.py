"""Configuration files: finding, reading, and what they extend."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gradcheck.cli.config.config_errors import ConfigError, ConfigMistake
from gradcheck.cli.config.option_choices import PROFILES
from gradcheck.cli.config.value_kinds import shown
from gradcheck.errors import did_you_mean, listing

OWN = "gradcheck.toml"
SHARED = "pyproject.toml"
SHARED_TABLE = ("tool", "gradcheck")
_REPOSITORY = (".git", ".hg")
_LARGEST = 2**20  # bytes; arbitrary: 10 times the largest pyproject.toml, and read in a moment


@dataclass(frozen=True)
class Document:
    """A configuration file, or a shipped profile.

    Attributes:
        name: relative to the current folder, or "profile ci".
        folder: that paths in it are relative to; None for a profile.
        table: the path of our table, () for a whole file.
        values: of that table.
        text: of the whole file.
        identity: equal for the same document.
    """

    name: str
    folder: Path | None
    table: tuple[str, ...]
    values: Mapping[str, Any]
    text: str
    identity: str

    @property
    def is_profile(self) -> bool:
        return self.folder is None

    def mistake(self, message: str, *path: str, key: str = "") -> ConfigMistake:
        """A mistake about a key of the table at `path` below ours."""
        from gradcheck.cli.config.toml_lines import line_of

        table = (*self.table, *path)
        return ConfigMistake(
            place=self.name,
            line=line_of(self.text, (*table, *([key] if key else []))) or line_of(self.text, table),
            table=f"[{dotted(table)}]" if table else "",
            message=message,
        )

    def origin(self, *path: str) -> str:
        """The origin of a value, "pyproject.toml:tool.gradcheck.cases" or "profile ci"."""
        return self.name if self.is_profile else f"{self.name}:{dotted((*self.table, *path))}"


def dotted(path: tuple[str, ...]) -> str:
    """Join the parts of a TOML key, quoted where necessary."""
    return ".".join(part if _is_bare(part) else shown(part) for part in path)


def _is_bare(part: str) -> bool:
    return bool(part) and all(c.isascii() and (c.isalnum() or c in "-_") for c in part)


def find(cwd: Path) -> tuple[Document | None, str]:
    """Look for a file in a folder and above, within its repository.

    Outside of a repository only the folder itself counts: a file names Python modules to
    import, and one further up may be anybody's.

    Returns:
        The file, if there is one, and a note about it or nothing.
    """
    for folder in _folders(cwd):
        shared = _shared(folder / SHARED, cwd)
        own = folder / OWN
        if own.is_file():
            note = (
                f"{name_of(own, cwd)} is used; [tool.gradcheck] in {name_of(folder / SHARED, cwd)} "
                "is not read."
            )
            return read(own, cwd), note if shared else ""
        if shared is not None:
            return shared, ""
    return None, ""


def read(path: Path, cwd: Path) -> Document:
    """Read a file by its path.

    Raises:
        ConfigError: if it cannot be read, is not TOML, or has no table of ours.
    """
    name = name_of(path, cwd)
    document = _parsed(path, name)
    if document is None:
        raise ConfigError(
            [ConfigMistake(place=name, message=f"there is no table [{dotted(SHARED_TABLE)}].")]
        )
    return document


def chain(first: Document, cwd: Path) -> list[Document]:
    """A document and those that it extends, the strongest first.

    Raises:
        ConfigError: for a file that cannot be read, or one that extends itself.
    """
    documents = [first]
    while (wanted := documents[-1].values.get("extends")) is not None:
        last = documents[-1]
        following = _extended(last, wanted, cwd)
        documents.append(following)
        if any(following.identity == known.identity for known in documents[:-1]):
            way = " → ".join(document.name for document in documents)
            raise ConfigError([last.mistake(f"extends goes in a circle: {way}.", key="extends")])
    return documents


def profile(name: str) -> Document:
    """Read a shipped profile."""
    import tomllib
    from importlib.resources import files

    text = files("gradcheck.configs").joinpath(f"{name}.toml").read_text(encoding="utf-8")

    called = f"profile {name}"
    return Document(called, None, (), tomllib.loads(text), text, identity=called)


def unknown_profile(name: str) -> str:
    """The message for the name of no profile."""
    return (
        f"there is no profile {shown(name)}; shipped are {listing(PROFILES)}."
        f"{did_you_mean(name, PROFILES)}"
    )


def _extended(document: Document, wanted: object, cwd: Path) -> Document:
    if not isinstance(wanted, str) or not wanted:
        raise ConfigError(
            [document.mistake("extends must be the name of a profile, or a path.", key="extends")]
        )
    if wanted in PROFILES:
        return profile(wanted)
    path = (document.folder or cwd) / wanted
    if not path.is_file():
        raise ConfigError(
            [
                document.mistake(
                    f"extends = {shown(wanted)}: there is no such file, and shipped profiles are "
                    f"{listing(PROFILES)}.{did_you_mean(wanted, PROFILES)}",
                    key="extends",
                )
            ]
        )
    return read(path, cwd)


def _folders(cwd: Path) -> list[Path]:
    above = [cwd, *cwd.parents]
    for count, folder in enumerate(above, start=1):
        if any((folder / mark).exists() for mark in _REPOSITORY):
            return above[:count]
    return [cwd]


def _shared(path: Path, cwd: Path) -> Document | None:
    """Our table in a pyproject.toml; files without our name are not parsed."""
    try:
        content = _content(path)
    except OSError:
        return None
    return _parsed(path, name_of(path, cwd)) if b"gradcheck" in content else None


def _content(path: Path) -> bytes:
    """The bytes of a file; one too many of a larger one."""
    with path.open("rb") as file:
        return file.read(_LARGEST + 1)


def _parsed(path: Path, name: str) -> Document | None:
    """Read a file; None for a pyproject.toml without our table."""
    import tomllib

    try:
        content = _content(path)
        if len(content) > _LARGEST:
            too_large = f"this is larger than {_LARGEST >> 20} MB, and no configuration is."
            raise ConfigError([ConfigMistake(place=name, message=too_large)])
        text = content.decode("utf-8")
        whole = tomllib.loads(text)
    except OSError as error:
        mistake = ConfigMistake(place=name, message=f"{error.strerror or error}.")
        raise ConfigError([mistake]) from None
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        mistake = ConfigMistake(place=name, line=line, message="this is not UTF-8.")
        raise ConfigError([mistake]) from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigError([_broken(name, text, error)]) from None
    except RecursionError:
        mistake = ConfigMistake(place=name, message="values are nested too deeply.")
        raise ConfigError([mistake]) from None
    table: tuple[str, ...] = SHARED_TABLE if path.name == SHARED else ()
    values: Any = whole
    for part in table:
        if not isinstance(values, dict) or part not in values:
            return None
        values = values[part]
    document = Document(name, path.resolve().parent, table, {}, text, str(path.resolve()))
    if not isinstance(values, dict):
        raise ConfigError([document.mistake("this must be a table.")])
    return Document(name, document.folder, table, values, text, document.identity)


def _broken(name: str, text: str, error: Exception) -> ConfigMistake:
    """Locate a syntax error by the end of tomllib's message."""
    problem, _, where = str(error).rpartition(" (at ")
    numbers = [int(word) for word in where.rstrip(")").replace(",", "").split() if word.isdigit()]
    if len(numbers) != 2:
        last = text.splitlines() or [""]
        numbers = [len(last), len(last[-1]) + 1]
    line, column = numbers
    message = f"this is not TOML: {problem or error}."
    return ConfigMistake(place=name, line=line, column=column, message=message)


def name_of(path: Path, cwd: Path) -> str:
    """A path relative to a folder."""
    try:
        return os.path.relpath(path, cwd)
    except ValueError:  # another drive
        return str(path)
