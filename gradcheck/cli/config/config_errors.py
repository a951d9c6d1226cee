"""Mistakes in a configuration, collected so that all of them are told at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gradcheck.errors import GradcheckError


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigMistake:
    """One thing that cannot be used.

    Attributes:
        place: the file or the variable.
        line: the line in that file, from 1; 0 where it is not known.
        column: the column, from 1; 0 where it is not known.
        table: the table in that file, "[tool.gradcheck]"; empty for the top of a file.
        said: a sentence that names the key, the value and what is allowed.
    """

    place: str
    said: str
    table: str = ""
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        where = ":".join([self.place, *(str(n) for n in (self.line, self.column) if n)])
        return f"{where}: {self.table} {self.said}" if self.table else f"{where}: {self.said}"


class ConfigError(GradcheckError):
    """A configuration cannot be used; the text has a line for each mistake."""

    def __init__(self, mistakes: Sequence[ConfigMistake]) -> None:
        self.mistakes = tuple(mistakes)
        lines = [str(mistake) for mistake in self.mistakes]
        if len(lines) > 1:
            lines = [f"the configuration has {len(lines)} mistakes.", *lines]
        super().__init__("\n".join(lines))
