"""Mistakes in a configuration, collected to be reported at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gradcheck.errors import GradcheckError


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigMistake:
    """A value or key that cannot be used.

    Attributes:
        place: the file or the variable.
        message: a sentence that names the key, the value and what is allowed.
        table: the table in that file, "[tool.gradcheck]"; empty for the top of a file.
        line, column: in that file, from 1; 0 if unknown.
    """

    place: str
    message: str
    table: str = ""
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        where = ":".join([self.place, *(str(n) for n in (self.line, self.column) if n)])
        return " ".join(filter(None, (f"{where}:", self.table, self.message)))


class ConfigError(GradcheckError):
    """An unusable configuration; the text has a line per mistake."""

    def __init__(self, mistakes: Sequence[ConfigMistake]) -> None:
        self.mistakes = tuple(mistakes)
        lines = [str(mistake) for mistake in self.mistakes]
        if len(lines) > 1:
            lines = [f"the configuration has {len(lines)} mistakes.", *lines]
        super().__init__("\n".join(lines))
