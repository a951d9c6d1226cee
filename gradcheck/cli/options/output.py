"""Options about output that several commands have."""

from __future__ import annotations

import click

format_option = click.option(
    "--format",
    "form",
    type=click.Choice(("table", "concise")),
    default="table",
    show_default=True,
    help="A table, or plain lines for other programs.",
)
