"""Options about output that several commands have."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from gradcheck.cli.config.choices import COLORS


def color_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--color`."""
    return click.option(
        "--color",
        type=click.Choice(COLORS),
        default="auto",
        show_default=True,
        help="Colour the output; auto looks at the terminal, NO_COLOR and FORCE_COLOR.",
    )(command)


def format_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--format`, passed as `form`."""
    return click.option(
        "--format",
        "form",
        type=click.Choice(("table", "concise")),
        default="table",
        show_default=True,
        help="A table, or plain lines for other programs.",
    )(command)
