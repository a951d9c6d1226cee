"""Places of code as a forge names them, below the root."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gradcheck.spec.binding import Location
    from gradcheck.spec.spec import OpSpec


@dataclass(frozen=True, slots=True)
class OpOrigin:
    """An op's module, and the line that defines its gradient."""

    module: str
    location: Location | None = None


def origins(specs: Iterable[OpSpec]) -> Mapping[str, OpOrigin]:
    """Return the origin of each op, by the op's name."""
    return {spec.name: OpOrigin(spec.module, _defined_at(spec)) for spec in specs}


def root() -> Path:
    """Return what paths in a report are relative to.

    GITHUB_WORKSPACE where it is set, else the root of the Git repository around the current
    directory, else the current directory.
    """
    here = Path.cwd()
    if workspace := os.environ.get("GITHUB_WORKSPACE"):
        return Path(workspace)
    return next((p for p in (here, *here.parents) if (p / ".git").exists()), here)


def below(file: str, top: Path) -> str | None:
    """Return a path below a folder, with slashes; None elsewhere."""
    if not Path(file).is_absolute():  # such as "<stdin>": no file at all
        return None
    for path, folder in ((Path(file), top), _resolved(file, top)):
        if path.is_relative_to(folder):
            return path.relative_to(folder).as_posix()
    return None


def _resolved(file: str, top: Path) -> tuple[Path, Path]:
    """Both without links, as far as this machine can resolve them."""
    try:
        return Path(file).resolve(), top.resolve()
    except (OSError, ValueError):
        return Path(file), top


def _defined_at(spec: OpSpec) -> Location:
    rule = spec.gradient
    return rule.location if rule is not None and rule.location is not None else spec.location
