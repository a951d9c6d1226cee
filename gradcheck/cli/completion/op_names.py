"""Which ops a module has, without importing it: for shells, which ask at every press of a key.

What a file says by `@gc.op` is read from its text. Ops that are made in a loop, and those of
packages that are installed, are known from the last run.
"""

from __future__ import annotations

import ast
import importlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from gradcheck.cli.project import FOLDER
from gradcheck.spec.importing import is_path

if TYPE_CHECKING:
    from gradcheck.cli.op_sources import Sources

_FILE = Path(FOLDER) / "ops.json"
_PLUGINS = "(plugins)"  # no module has this name
_LARGEST = 2**20  # characters of a file that are read


def remember(sources: Sources) -> None:
    """Keep the names of all ops that a run has loaded, by their module, for the next completion.

    It is a convenience: where it cannot be kept, nothing is said.
    """
    from gradcheck.results.documents import DocumentError, write

    found = {**_remembered(), **_loaded(sources)}
    try:
        write(Path.cwd() / _FILE, json.dumps({name: list(ops) for name, ops in found.items()}))
    except DocumentError:
        return


def names(modules: Iterable[str], *, builtin: bool) -> list[str]:
    """The names of the ops of some modules, or of the built-in ones if there are none."""
    modules = tuple(modules)
    remembered = _remembered()
    found = [name for module in modules for name in _of(module, remembered)]
    if builtin or not modules:
        found += [*builtin_names(), *remembered.get(_PLUGINS, ())]
    return list(dict.fromkeys(found))


def builtin_names() -> list[str]:
    """The names of the built-in ops."""
    folder = folder_of_builtin()
    return [name for file in sorted(folder.glob("*.py")) for name in written_in(file)]


def written_in(file: Path) -> list[str]:
    """The ops that the text of a module defines; none where it cannot be read."""
    try:
        with file.open(encoding="utf-8") as opened:
            tree = ast.parse(opened.read(_LARGEST))
    except (OSError, ValueError, SyntaxError, RecursionError, MemoryError):
        return []
    return list(dict.fromkeys(_defined(tree)))


def _loaded(sources: Sources) -> dict[str, Sequence[str]]:
    """What has been loaded; loading it again costs nothing."""
    from gradcheck.errors import GradcheckError
    from gradcheck.spec.registry import Registry

    registry = Registry()
    found: dict[str, Sequence[str]] = {}
    try:
        for module in sources.modules:
            found[module] = [spec.name for spec in registry.load(module)]
        if sources.builtin or not sources.modules:
            known = {spec.name for spec in registry} | set(builtin_names())
            registry.load_builtin()
            found[_PLUGINS] = [spec.name for spec in registry if spec.name not in known]
    except GradcheckError:
        pass
    return found


def _of(module: str, remembered: Mapping[str, Sequence[str]]) -> Iterator[str]:
    if is_path(module):
        yield from written_in(Path(module))
    yield from remembered.get(module, ())


def _remembered() -> Mapping[str, Sequence[str]]:
    """What the last run left; a file that is broken is the same as none."""
    try:
        with _FILE.open(encoding="utf-8") as opened:
            plain = json.loads(opened.read(_LARGEST))
    except (OSError, ValueError, RecursionError):
        return {}
    if not isinstance(plain, dict):
        return {}
    return {
        module: [name for name in ops if isinstance(name, str)]
        for module, ops in plain.items()
        if isinstance(ops, list)
    }


def folder_of_builtin() -> Path:
    """Where the catalogue lies: importing the package would import all of its ops."""
    package = importlib.import_module("gradcheck")
    folders = (Path(folder) / "ops" for folder in package.__path__)
    return next(folder for folder in folders if (folder / "__init__.py").is_file())


def _defined(tree: ast.AST) -> Iterator[str]:
    """Names given to `op`, and those of functions that it decorates."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            for decorator in node.decorator_list:
                if _is_op(decorator) and not _named(decorator):
                    yield node.name
        if isinstance(node, ast.Call):
            yield from _named(node)


def _named(node: ast.AST) -> list[str]:
    """The name that a call of `op` gives, if it is written out."""
    if not (isinstance(node, ast.Call) and _is_op(node)):
        return []
    values = [keyword.value for keyword in node.keywords if keyword.arg == "name"]
    return [v.value for v in values if isinstance(v, ast.Constant) and isinstance(v.value, str)]


def _is_op(node: ast.AST) -> bool:
    called = node.func if isinstance(node, ast.Call) else node
    if isinstance(called, ast.Attribute):
        return called.attr == "op"
    return isinstance(called, ast.Name) and called.id == "op"
