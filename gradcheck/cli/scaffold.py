"""The files that a project begins with; existing ones are kept."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from gradcheck.errors import GradcheckError
from gradcheck.results.atomic import write

CONFIG = "gradcheck.toml"
_FILES = {
    CONFIG: CONFIG,
    "my_ops.py": "my_ops.py",
    "test_my_ops.py": "test_my_ops.py",
    "gradcheck.yml": ".github/workflows/gradcheck.yml",
}


class ScaffoldError(GradcheckError):
    """A file cannot be written where it should be."""


@dataclass(frozen=True, slots=True)
class Written:
    """A file that was written, or kept.

    Attributes:
        path: relative to the folder of the project.
        kept: why nothing was written there; empty if it was.
    """

    path: str
    kept: str = ""


def scaffold(folder: Path, *, configured_in: str = "") -> Iterator[Written]:
    """Write the files that are missing, and yield each.

    Args:
        folder: of the project; it is made where it is missing.
        configured_in: the file that configures gradcheck already, instead of one of ours.

    Raises:
        ScaffoldError: if a file or a folder cannot be written.
    """
    for template, path in _FILES.items():
        if template == CONFIG and configured_in:
            yield Written(path, kept=f"{configured_in} has the configuration")
        else:
            text = (
                files("gradcheck.cli").joinpath("templates", template).read_text(encoding="utf-8")
            )
            yield _written(folder, path, text)


def _written(folder: Path, path: str, text: str) -> Written:
    target = folder / path
    if os.path.lexists(target):
        return Written(path, kept="it is there already")
    try:
        write(target, text.encode())
    except FileExistsError:
        raise ScaffoldError(_refused(target, "a file is where a folder should be")) from None
    except OSError as error:
        raise ScaffoldError(_refused(target, error.strerror or type(error).__name__)) from None
    return Written(path)


def _refused(target: Path, why: str) -> str:
    return f"{str(target)!r} cannot be written: {why}."
