"""Files of named modules of ops, found without importing them."""

from __future__ import annotations

import pkgutil
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.machinery import ModuleSpec
from pathlib import Path

from gradcheck.errors import LoadError, did_you_mean


@dataclass(frozen=True, slots=True, kw_only=True)
class ModuleSource:
    """A module of ops.

    Attributes:
        dotted: its dotted name, if that was given.
        root: the folder in which a dotted name is looked up first.
    """

    file: Path
    dotted: str
    root: Path

    @property
    def module(self) -> str:
        """The dotted name, or the path."""
        return self.dotted or str(self.file)


def find_source(named: str, root: Path) -> ModuleSource:
    """Find a module by dotted name or path, or raise LoadError."""
    if named.endswith(".py") or "/" in named or "\\" in named:
        return ModuleSource(file=_existing(root / named), dotted="", root=root)
    with importable_from(root):
        return ModuleSource(file=_file_of(named, root), dotted=named, root=root)


@contextmanager
def importable_from(folder: Path) -> Iterator[None]:
    """Let modules of a folder be imported by name."""
    sys.path.insert(0, str(folder))
    try:
        yield
    finally:
        sys.path.remove(str(folder))


def _existing(path: Path) -> Path:
    if path.is_dir():
        raise LoadError(f"{path} is a folder; name a file in it, or a package by its dotted name.")
    if not path.is_file():
        siblings = [p.name for p in path.parent.glob("*.py")] if path.parent.is_dir() else []
        raise LoadError(f"There is no file {path}.{did_you_mean(path.name, siblings)}")
    return path


def _file_of(name: str, root: Path) -> Path:
    """Look a dotted name up like an import, without importing its parents."""
    places: Sequence[str] | None = None
    parts = name.split(".")
    spec: ModuleSpec | None = None
    for k, part in enumerate(parts):
        full = ".".join(parts[: k + 1])
        spec = _spec_of(full, places)
        if spec is None:
            near = [m.name for m in pkgutil.iter_modules([str(root)] if k == 0 else places)]
            where = "" if full == name else f": there is no {full!r}"
            raise LoadError(
                f"There is no module {name!r}{where} (looked in {root} and in the installed "
                f"packages).{did_you_mean(part, near)}"
            )
        loaded = sys.modules.get(full)
        places = getattr(loaded, "__path__", None) or spec.submodule_search_locations or ()
    if spec is None or not (spec.origin and Path(spec.origin).is_file()):
        raise LoadError(f"{name!r} is not a Python file; name the module that defines the ops.")
    return Path(spec.origin)


def _spec_of(name: str, places: Sequence[str] | None) -> ModuleSpec | None:
    loaded = sys.modules.get(name)
    if loaded is not None and loaded.__spec__ is not None:
        return loaded.__spec__
    for finder in sys.meta_path:
        spec = finder.find_spec(name, places)
        if spec is not None:
            return spec
    return None
