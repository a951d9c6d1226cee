"""Which ops failed when they were last run."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from gradcheck.results.documents.codec import from_plain, to_plain
from gradcheck.results.documents.files import dumped, read, shown

FORMAT: Literal["gradcheck-last-run"] = "gradcheck-last-run"
VERSION = 1  # of the document: a field that changes its meaning makes another one


@dataclass(frozen=True, slots=True, kw_only=True)
class LastRun:
    """The ops that the last runs left failing."""

    format: Literal["gradcheck-last-run"] = FORMAT
    version: int = VERSION
    failed: tuple[str, ...] = ()

    @classmethod
    def load(cls, path: Path) -> LastRun:
        """Read it.

        Raises:
            DocumentError: if the file holds something else.
        """
        return from_plain(cls, read(path, kind=FORMAT, version=VERSION), shown(path))

    def text(self) -> str:
        """Return it as JSON."""
        return dumped(to_plain(self), indent=1)
