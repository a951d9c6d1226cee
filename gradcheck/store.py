"""Folders of stored failures: what was found lately, and what is pinned for good."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from gradcheck.document import DocumentError, write
from gradcheck.document.failures import StoredFailure
from gradcheck.errors import did_you_mean, listing

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
        """All files, the latest last."""
        if not self.folder.is_dir():
            return []
        found = (path for path in self.folder.glob(f"*{SUFFIX}") if not path.name.startswith("."))
        return sorted(found, key=lambda path: (path.stat().st_mtime, path.name))

    def __iter__(self) -> Iterator[StoredFailure]:
        """Read all of them.

        Raises:
            DocumentError: at the first that cannot be read.
        """
        return map(StoredFailure.load, self.paths())

    def find(self, name: str) -> Path:
        """The file of an id, or of the beginning of one.

        Raises:
            DocumentError: if there is none, or several.
        """
        ids = [path.stem for path in self.paths()]
        fitting = [found for found in ids if found.startswith(name)] if _ID.fullmatch(name) else []
        if len(fitting) == 1:
            return self.folder / f"{fitting[0]}{SUFFIX}"
        if fitting:
            raise DocumentError(f"{name!r} may be {listing(fitting)}: give more of it.")
        known = listing(reversed(ids[-_NAMED:])) if ids else "nothing"
        raise DocumentError(
            f"No failure {_short(name)!r} is stored in {self.folder}; there is {known}."
            f"{did_you_mean(_short(name), ids)}"
        )


def _short(name: str) -> str:
    return name if len(name) <= 60 else f"{name[:60]}…"
