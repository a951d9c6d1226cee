"""Values of the configuration with the place that they come from."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from gradcheck.spec.importing import is_path

if TYPE_CHECKING:
    from gradcheck.cli.config.precedence import Setting


def located(setting: Setting) -> tuple[str, ...]:
    """Modules as they are written in the current folder: files relative to it, names as such."""
    from gradcheck.cli.config.config_files import name_of

    folder, modules = setting.folder, setting.value
    assert isinstance(modules, tuple)
    if folder is None:
        return modules
    here = Path.cwd()
    return tuple(name_of(folder / each, here) if is_path(each) else each for each in modules)


def located_path(setting: Setting) -> str:
    """A path as it is written in the current folder: relative to the file that names it."""
    from gradcheck.cli.config.config_files import name_of

    folder, path = setting.folder, setting.value
    assert isinstance(path, str)
    return path if folder is None else name_of(folder / path, Path.cwd())
