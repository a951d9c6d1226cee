"""Arguments that name modules among those that name ops."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from gradcheck.spec.importing import is_path

_GLOB = "*?["


def is_module(argument: str) -> bool:
    """Whether an argument names a file, a package's folder, or a module."""
    if os.path.isfile(argument):  # noqa: PTH113 - false for any text
        return True
    if any(c in argument for c in _GLOB):
        return False
    if is_path(argument):
        return argument.endswith(".py") or os.path.isdir(argument)  # noqa: PTH112
    return "." in argument and _is_dotted_module(argument)


def without_modules(names: Iterable[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Divide names into modules, and names and globs of ops."""
    names = tuple(names)
    modules = tuple(name for name in names if is_module(name))
    return modules, tuple(name for name in names if name not in modules)


def modules_apart(typed: Mapping[str, Any]) -> Mapping[str, Any]:
    """Move modules among the typed names of ops to those of `--ops`."""
    modules, patterns = without_modules(typed.get("patterns", ()))
    if not modules:
        return typed
    rest = {name: value for name, value in typed.items() if name != "patterns"}
    rest["modules"] = [*typed.get("modules", ()), *modules]
    return {**rest, "patterns": patterns} if patterns else rest


def _is_dotted_module(name: str) -> bool:
    from gradcheck.errors import LoadError
    from gradcheck.pytest_plugin.module_sources import find_source

    if not all(part.isidentifier() for part in name.split(".")):
        return False
    try:
        find_source(name, Path.cwd())
    except LoadError:
        return False
    return True
