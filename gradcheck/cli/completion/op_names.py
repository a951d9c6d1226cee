"""Names of a module's ops, without importing it, for shells.

Those given by `@gc.op` are read from its text; those made in a loop, and those of installed
packages, are remembered from the last run.
"""

from __future__ import annotations

import ast
import contextlib
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
_LARGEST = 2**20  # characters of a file; arbitrary: a parse of 1 MB is still felt at a key press


def remember(sources: Sources) -> None:
    """Remember the names of loaded ops, by module, for completion.

    A convenience: where it cannot be stored, nothing is said.
    """
    from gradcheck.results.documents import DocumentError, write

    known = {**_remembered(), **_loaded(sources)}
    with contextlib.suppress(DocumentError):
        write(Path.cwd() / _FILE, json.dumps({name: list(ops) for name, ops in known.items()}))


def names(modules: Iterable[str], *, builtin: bool) -> list[str]:
    """Names of ops of some modules; of the built-in ones without any."""
    modules = tuple(modules)
    remembered = _remembered()
    known = [name for module in modules for name in _of(module, remembered)]
    if builtin or not modules:
        known += [*builtin_names(), *remembered.get(_PLUGINS, ())]
    return list(dict.fromkeys(known))


def builtin_names() -> list[str]:
    """The names of the built-in ops."""
    folder = folder_of_builtin()
    return [name for file in sorted(folder.glob("*.py")) for name in written_in(file)]


def written_in(file: Path) -> list[str]:
    """Ops that the text of a module defines; none without readable text."""
    try:
        with file.open(encoding="utf-8") as opened:
            tree = ast.parse(opened.read(_LARGEST))
    except (OSError, ValueError, SyntaxError, RecursionError, MemoryError):
        return []
    return list(dict.fromkeys(_defined(tree)))


def _loaded(sources: Sources) -> dict[str, Sequence[str]]:
    """Names of loaded ops by module; loading again costs nothing."""
    from gradcheck.errors import GradcheckError
    from gradcheck.spec.registry import Registry

    registry = Registry()
    by_module: dict[str, Sequence[str]] = {}
    with contextlib.suppress(GradcheckError):
        for module in sources.modules:
            by_module[module] = [spec.name for spec in registry.load(module)]
        if sources.with_builtin:
            known = {spec.name for spec in registry} | set(builtin_names())
            registry.load_builtin()
            by_module[_PLUGINS] = [spec.name for spec in registry if spec.name not in known]
    return by_module


def _of(module: str, remembered: Mapping[str, Sequence[str]]) -> Iterator[str]:
    if is_path(module):
        yield from written_in(Path(module))
    yield from remembered.get(module, ())


def _remembered() -> Mapping[str, Sequence[str]]:
    """Names by module from the last run; none from a broken file."""
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
    """The folder of the catalogue, found without importing its ops."""
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
    """The literal name in a call of `op`, if there is one."""
    if not (isinstance(node, ast.Call) and _is_op(node)):
        return []
    values = [keyword.value for keyword in node.keywords if keyword.arg == "name"]
    return [v.value for v in values if isinstance(v, ast.Constant) and isinstance(v.value, str)]


def _is_op(node: ast.AST) -> bool:
    called = node.func if isinstance(node, ast.Call) else node
    if isinstance(called, ast.Attribute):
        return called.attr == "op"
    return isinstance(called, ast.Name) and called.id == "op"
