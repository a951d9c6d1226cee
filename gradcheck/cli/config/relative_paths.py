"""Configured paths, as they are written in the current folder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from gradcheck.spec.importing import is_path

if TYPE_CHECKING:
    from gradcheck.cli.config.keys import Key
    from gradcheck.cli.config.precedence import Setting


def located_value(key: Key, setting: Setting) -> object:
    """The value of a setting, with paths from the current folder."""
    if key.name == "ops":
        return located(setting)
    return located_path(setting) if key.is_path and setting.value is not None else setting.value


def located(setting: Setting) -> tuple[str, ...]:
    """Modules: files relative to the current folder, dotted names as they are."""
    from gradcheck.cli.config.config_files import name_of

    folder, modules = setting.folder, setting.value
    assert isinstance(modules, tuple)
    if folder is None:
        return modules
    here = Path.cwd()
    return tuple(name_of(folder / each, here) if is_path(each) else each for each in modules)


def located_path(setting: Setting) -> str:
    """The path of a setting, relative to the current folder."""
    from gradcheck.cli.config.config_files import name_of

    folder, path = setting.folder, setting.value
    assert isinstance(path, str)
    return path if folder is None else name_of(folder / path, Path.cwd())
