"""Modules of ops, imported by their file or by their dotted name."""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
import sys
import traceback
from pathlib import Path
from types import ModuleType

from gradcheck.errors import LoadError, SpecError, did_you_mean
from gradcheck.spec.home import is_own


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
    if not path.is_file():
        siblings = [p.name for p in path.parent.glob("*.py")] if path.parent.is_dir() else []
        raise LoadError(f"There is no file {path}.{did_you_mean(path.name, siblings)}")
    path = path.resolve()
    known = sys.modules.get(path.stem)
    if known is not None and Path(getattr(known, "__file__", None) or "").resolve() == path:
        return known
    # A name that an installed module has stays that module's.
    taken = known is not None or _importable_from_elsewhere(path)
    digest = hashlib.sha256(str(path).encode()).hexdigest()[:12]
    name = f"{path.stem}_{digest}" if taken else path.stem
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise LoadError(f"{path} cannot be imported; a module of ops is a Python file.")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    sys.path.insert(0, str(path.parent))
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    finally:
        sys.path.remove(str(path.parent))
    return module


def _importable_from_elsewhere(path: Path) -> bool:
    try:
        spec = importlib.util.find_spec(path.stem)
    except (ImportError, ValueError):
        return False
    return spec is not None and Path(spec.origin or "").resolve() != path


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
    frames = traceback.extract_tb(error.__traceback__)
    own = [f for f in frames if "importlib" not in f.filename and not f.filename.startswith("<")]
    theirs = [f for f in own if not is_own(f.filename)]
    if isinstance(error, SyntaxError) and error.filename:
        return f"{error.filename}:{error.lineno}: "
    return f"{theirs[-1].filename}:{theirs[-1].lineno}: " if theirs else ""
