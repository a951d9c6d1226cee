"""Folders of stored failures: recent ones and pinned ones."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from gradcheck.errors import did_you_mean, listing
from gradcheck.results.documents import DocumentError, write
from gradcheck.results.documents.document_errors import excerpt
from gradcheck.results.documents.files import shown
from gradcheck.run.history.stored_failure import StoredFailure

SUFFIX = ".json"
_ID = re.compile(r"[0-9a-f]{1,64}")
_NAMED = 8  # ids that a message lists


@dataclass(frozen=True, slots=True)
class Store:
    """A folder with one file per failure, named after its id."""

    folder: Path

    def save(self, stored: StoredFailure) -> Path:
        """Write a failure; an equal one is written over.

        Raises:
            DocumentError: if it cannot be written.
        """
        path = self.folder / f"{stored.id}{SUFFIX}"
        write(path, stored.text())
        return path

    def paths(self) -> list[Path]:
        """All files, the latest last.

        Raises:
            DocumentError: if the folder cannot be read.
        """
        try:
            kept = [path for path in self.folder.iterdir() if _is_kept(path)]
        except FileNotFoundError:
            return []
        except OSError as error:
            why = error.strerror or type(error).__name__
            raise DocumentError(f"{shown(self.folder)} cannot be read: {why}.") from None
        return sorted(kept, key=lambda path: (_age(path), path.name))

    def __iter__(self) -> Iterator[StoredFailure]:
        """Read all of them.

        Raises:
            DocumentError: at the first that cannot be read.
        """
        return map(StoredFailure.load, self.paths())


def find(name: str, *stores: Store) -> Path:
    """The file of an id or its beginning, the first store first.

    Raises:
        DocumentError: if there is none, or several.
    """
    paths: dict[str, Path] = {}
    for store in stores:
        for path in store.paths():
            paths.setdefault(path.stem, path)
    fitting = [each for each in paths if each.startswith(name)] if _ID.fullmatch(name) else []
    if name in paths or len(fitting) == 1:
        return paths[name if name in paths else fitting[0]]
    if fitting:
        raise DocumentError(f"{name!r} may be {_some(fitting)}: give more of it.")
    folders = " or ".join(shown(store.folder) for store in stores)
    raise DocumentError(
        f"No failure {excerpt(name)} is stored in {folders}; there is {_some(list(paths))}."
        f"{did_you_mean(name[:64], paths)}"
    )


def _is_kept(path: Path) -> bool:
    return path.suffix == SUFFIX and not path.name.startswith(".")


def _age(path: Path) -> float:
    """When a file was written; 0 if it has gone since."""
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0


def _some(ids: list[str]) -> str:
    latest = [name[:64] for name in reversed(ids[-_NAMED:])]
    more = len(ids) - len(latest)
    return listing([*latest, f"{more} more"] if more else latest)
