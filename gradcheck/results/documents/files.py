"""Documents in files: read with care, written whole or not at all."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from gradcheck.results import atomic
from gradcheck.results.documents.document_errors import DocumentError, NotWrittenError, excerpt

LARGEST = 2**30  # bytes; arbitrary: above any document of ours, below what fills a memory


def shown(path: Path) -> str:
    """A path for a message: relative if below the current folder."""
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)


def read(path: Path, *, kind: str, version: int) -> dict[str, Any]:
    """Read a document of a kind.

    Args:
        path: the file.
        kind: what its key "format" must say.
        version: the latest version that is known.

    Returns:
        The document as plain data, without what its form has still to check.

    Raises:
        DocumentError: if there is no such file, or it holds something else.
    """
    plain = _loaded(path)
    if not isinstance(plain, dict) or "format" not in plain:
        raise DocumentError(
            f"{shown(path)} is no document of gradcheck: it does not say its format."
        )
    if plain["format"] != kind:
        raise DocumentError(
            f"{shown(path)} is of format {excerpt(plain['format'])}; what is wanted here is "
            f"{kind!r}."
        )
    written = plain.get("version")
    if not isinstance(written, int) or isinstance(written, bool) or written < 1:
        raise DocumentError(
            f"{shown(path)} has version {excerpt(written)}; a version is a number from 1 on."
        )
    if written > version:
        raise DocumentError(
            f"{shown(path)} is of version {excerpt(written)}; this gradcheck knows up to "
            f"{version}. It was written by a later one: upgrade with pip install -U gradcheck."
        )
    return plain


def _loaded(path: Path) -> Any:
    try:
        if path.stat().st_size > LARGEST:
            raise DocumentError(f"{shown(path)} has more than {LARGEST >> 20} MiB: it is not read.")
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise DocumentError(f"{shown(path)} is no text: byte {error.start} is no UTF-8.") from None
    except (OSError, ValueError) as error:
        raise DocumentError(f"{shown(path)} cannot be read: {_message(error)}.") from None
    try:
        return json.loads(text, parse_constant=_refuse)
    except json.JSONDecodeError as error:
        raise DocumentError(
            f"{shown(path)} is no JSON: line {error.lineno}, column {error.colno}: {error.msg}."
        ) from None
    except RecursionError:
        raise DocumentError(f"{shown(path)} is nested too deeply to be a document.") from None
    except ValueError as error:
        raise DocumentError(f"{shown(path)} is no JSON: {error}.") from None


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not allowed in JSON")


def _message(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error)


def write(path: Path, text: str) -> None:
    """Write a file whole, or leave the earlier one as it is.

    Raises:
        NotWrittenError: if it cannot be written.
    """
    try:
        atomic.write(path, text.encode())
    except (OSError, ValueError) as error:
        raise NotWrittenError(f"{shown(path)} cannot be written: {_message(error)}.") from None


def dumped(plain: Any, *, indent: int | None = None) -> str:
    """JSON text, in ASCII, since an op may return lone surrogates."""
    separators = (",", ":") if indent is None else (",", ": ")
    return json.dumps(plain, allow_nan=False, separators=separators, indent=indent) + "\n"
