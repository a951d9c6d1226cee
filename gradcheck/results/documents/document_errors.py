"""Errors of documents that cannot be read or written."""

from __future__ import annotations

from collections.abc import Iterable

from gradcheck.errors import GradcheckError, OutputError, did_you_mean, listing

_SHOWN = 60  # characters of a value in a message; arbitrary: most of a line


class DocumentError(GradcheckError):
    """A broken document; the message says where, and why."""


class NotWrittenError(DocumentError, OutputError):
    """A document cannot be written."""


def excerpt(value: object) -> str:
    """A value for a message: its kind, or its first characters."""
    shown = repr(value) if isinstance(value, str | int | float | None) else type(value).__name__
    shown = {"dict": "an object", "list": "a list"}.get(shown, shown)
    return shown if len(shown) <= _SHOWN else f"{shown[:_SHOWN]}…"


def unfit(at: str, value: object, wanted: str) -> DocumentError:
    """The error for a value that is not of the wanted kind."""
    return DocumentError(f"{at} should be {wanted}; it is {excerpt(value)}.")


def unknown(at: str, key: str, known: Iterable[str]) -> DocumentError:
    """The error for a name that means nothing there."""
    names = list(known)
    short = key if len(key) <= _SHOWN else f"{key[:_SHOWN]}…"
    return DocumentError(
        f"{at} has {short!r}; known are {listing(names)}.{did_you_mean(short, names)}"
    )
