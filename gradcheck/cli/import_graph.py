"""Which files a module is made of: its own, and those it imports that lie beside it.

Read from the text, so that nothing is run and a module with an error in it is no obstacle.
What is installed is left out: it does not change while somebody edits.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

Graph = Mapping[Path, frozenset[Path]]
_INSTALLED = ("site-packages", "dist-packages")


def files_of(module: str, folders: Iterable[Path]) -> list[Path]:
    """The files that importing a dotted name runs, packages first; none where it is not found."""
    found: list[Path] = []
    places = list(folders)
    for part in module.split("."):
        for place in places:
            package, file = place / part, place / f"{part}.py"
            if (package / "__init__.py").is_file():
                found.append(package / "__init__.py")
            elif file.is_file():
                found.append(file)
            elif not package.is_dir():
                continue
            places = [package]
            break
        else:
            return found
    return found


def graph(roots: Iterable[Path], before: Graph | None = None) -> dict[Path, frozenset[Path]]:
    """The files that some modules are made of, each with those that it imports.

    Args:
        roots: files of modules.
        before: an earlier graph: a file that cannot be read now imports what it did then.
    """
    found: dict[Path, frozenset[Path]] = {}
    waiting = [path.resolve() for path in roots]
    while waiting:
        file = waiting.pop()
        if file not in found:
            found[file] = _imported(file, (before or {}).get(file, frozenset()))
            waiting += found[file]
    return found


def affected(changed: Iterable[Path], files: Graph) -> set[Path]:
    """These files, and all that import them, however far away."""
    found = set(changed)
    while True:
        more = {file for file, imports in files.items() if imports & found} - found
        if not more:
            return found
        found |= more


def _imported(file: Path, before: frozenset[Path]) -> frozenset[Path]:
    try:
        tree = ast.parse(file.read_bytes())
    except (OSError, ValueError, SyntaxError, RecursionError, MemoryError):
        return before
    beside = _folder_of_imports(file)
    paths = (path for name, level in _names(tree) for path in _paths(name, level, file, beside))
    return frozenset(path.resolve() for path in paths) - {file}


def _paths(name: str, level: int, file: Path, beside: list[Path]) -> list[Path]:
    if level == 0:
        return files_of(name, beside)
    folder = file.parents[min(level, len(file.parents)) - 1]
    init = folder / "__init__.py"
    return [*([init] if init.is_file() else []), *(files_of(name, [folder]) if name else [])]


def _names(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """Dotted names and levels: `from ..a import b` may mean ..a or ..a.b, which is tried first."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, 0) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            start = f"{node.module}." if node.module else ""
            yield from ((f"{start}{alias.name}", node.level) for alias in node.names)


def _folder_of_imports(file: Path) -> list[Path]:
    """Where absolute imports are looked for: beside the file, and beside its topmost package."""
    folders = [file.parent]
    while (folders[-1] / "__init__.py").is_file() and folders[-1].parent != folders[-1]:
        folders.append(folders[-1].parent)
    ends = (folders[0], folders[-1])
    return [folder for folder in dict.fromkeys(ends) if folder.name not in _INSTALLED]
