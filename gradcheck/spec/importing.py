"""Modules of ops, imported by their file or by their dotted name."""

from __future__ import annotations

import importlib
import importlib.util
import os
import sys
from pathlib import Path
from types import ModuleType

from gradcheck.errors import LoadError, SpecError, did_you_mean
from gradcheck.spec.home import is_own

_INIT = "__init__.py"


def is_path(module: str) -> bool:
    """Whether a module is named by its file."""
    return module.endswith(".py") or "/" in module or "\\" in module


def import_ops(module: str) -> ModuleType:
    """Import a module of ops.

    Raises:
        LoadError: if it is missing, or fails while it is imported.
        SpecError: if it describes an op that does not fit together.
    """
    try:
        return _import_path(Path(module)) if is_path(module) else _import_name(module)
    except LoadError:
        raise
    except SpecError as error:
        raise SpecError(f"{_last_line_in(error)}{error}") from error
    except (Exception, SystemExit) as error:
        raise LoadError(
            f"Importing {module} failed: {_last_line_in(error)}{type(error).__name__}: {error}"
        ) from error


def _import_path(path: Path) -> ModuleType:
    import hashlib

    file = path / _INIT if path.is_dir() else path
    if not file.is_file():
        raise LoadError(_no_file(path))
    file = file.resolve()
    is_package = file.name == _INIT
    root = file.parent.parent if is_package else file.parent
    stem = file.parent.name if is_package else file.stem
    known = sys.modules.get(stem)
    if known is not None and Path(getattr(known, "__file__", None) or "").resolve() == file:
        return known
    # A name that an installed module has stays that module's.
    taken = known is not None or _importable_from_elsewhere(stem, file)
    digest = hashlib.sha256(str(file).encode()).hexdigest()[:12]
    name = f"{stem}_{digest}" if taken else stem
    inside = [str(file.parent)] if is_package else None
    spec = importlib.util.spec_from_file_location(name, file, submodule_search_locations=inside)
    if spec is None or spec.loader is None:
        raise LoadError(f"{path} cannot be imported; a module of ops is a Python file.")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    sys.path.insert(0, str(root))
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    finally:
        sys.path.remove(str(root))
    return module


def _no_file(path: Path) -> str:
    """Say why a path is no module, with the nearest file."""
    if path.is_dir():
        return f"{path} is a folder without {_INIT}; name a file in it."
    if path.is_symlink():
        return f"{path} is a link to {os.readlink(path)}, where there is no file."  # noqa: PTH115 - as it is written
    beside = path.parent.glob("*.py") if path.parent.is_dir() else ()
    siblings = [each.name for each in beside if each.is_file()]
    return f"There is no file {path}.{did_you_mean(path.name, siblings)}"


def _importable_from_elsewhere(stem: str, file: Path) -> bool:
    try:
        spec = importlib.util.find_spec(stem)
    except (ImportError, ValueError):
        return False
    return spec is not None and Path(spec.origin or "").resolve() != file


def _import_name(name: str) -> ModuleType:
    here = str(Path.cwd())
    sys.path.insert(0, here)
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name is None or not f"{name}.".startswith(f"{error.name}."):
            raise
        hint = f" Did you mean the file {name}.py?" if Path(f"{name}.py").is_file() else ""
        raise LoadError(
            f"There is no module {name!r} (looked in {here} and in the installed packages).{hint}"
        ) from None
    finally:
        sys.path.remove(here)


def _last_line_in(error: BaseException) -> str:
    """The innermost line of a traceback that is in no library."""
    import traceback

    frames = traceback.extract_tb(error.__traceback__)
    own = [f for f in frames if "importlib" not in f.filename and not f.filename.startswith("<")]
    theirs = [f for f in own if not is_own(f.filename)]
    if isinstance(error, SyntaxError) and error.filename:
        return f"{error.filename}:{error.lineno}: "
    return f"{theirs[-1].filename}:{theirs[-1].lineno}: " if theirs else ""
