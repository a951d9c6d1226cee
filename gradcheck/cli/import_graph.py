"""The files of a module: its own, and imported ones beside it.

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
    """Files that importing a dotted name runs, packages first; none if unknown."""
    files: list[Path] = []
    places = list(folders)
    for part in module.split("."):
        for place in places:
            package, file = place / part, place / f"{part}.py"
            if (package / "__init__.py").is_file():
                files.append(package / "__init__.py")
            elif file.is_file():
                files.append(file)
            elif not package.is_dir():
                continue
            places = [package]
            break
        else:
            return files
    return files


def graph(roots: Iterable[Path], before: Graph | None = None) -> dict[Path, frozenset[Path]]:
    """The files of some modules, each with those that it imports.

    Args:
        roots: files of modules.
        before: an earlier graph: a file that cannot be read now imports what it did then.
    """
    imports: dict[Path, frozenset[Path]] = {}
    waiting = [path.resolve() for path in roots]
    while waiting:
        file = waiting.pop()
        if file not in imports:
            imports[file] = _imported(file, (before or {}).get(file, frozenset()))
            waiting += imports[file]
    return imports


def affected(changed: Iterable[Path], files: Graph) -> set[Path]:
    """These files, and all that import them, directly or not."""
    reached = set(changed)
    while more := {file for file, imports in files.items() if imports & reached} - reached:
        reached |= more
    return reached


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
    """Yield dotted names with levels; `from ..a import b` gives ..a.b."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, 0) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            start = f"{node.module}." if node.module else ""
            yield from ((f"{start}{alias.name}", node.level) for alias in node.names)


def _folder_of_imports(file: Path) -> list[Path]:
    """Folders of absolute imports: the file's own, and its topmost package's."""
    folders = [file.parent]
    while (folders[-1] / "__init__.py").is_file() and folders[-1].parent != folders[-1]:
        folders.append(folders[-1].parent)
    ends = (folders[0], folders[-1])
    return [folder for folder in dict.fromkeys(ends) if folder.name not in _INSTALLED]
