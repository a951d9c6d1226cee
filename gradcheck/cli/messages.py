"""Warnings and notes on standard error."""

from __future__ import annotations

import click


def warn(sentence: str) -> None:
    """Warn on standard error of something that is probably not meant."""
    from gradcheck.reports.text.printable import visible

    click.echo(f"Warning: {visible(sentence)}", err=True)


def note(sentence: str) -> None:
    """Mention on standard error something that is worth knowing."""
    from gradcheck.reports.text.printable import visible

    click.echo(f"Note: {visible(sentence)}", err=True)
