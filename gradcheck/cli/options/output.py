"""Options about output that several commands have."""

from __future__ import annotations

import click

from gradcheck.cli.options.add_options import Decorator

_TEXT = "A table, or plain lines for other programs."


def format_of(*forms: str, text: str = _TEXT) -> Decorator:
    """`--format`, passed as `form`; the first is the default."""
    return click.option(
        "--format",
        "form",
        type=click.Choice(forms),
        default=forms[0],
        show_default=True,
        help=text,
    )


format_option = format_of("table", "concise")
