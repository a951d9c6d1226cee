"""Options about results of earlier runs."""

from __future__ import annotations

import click

from gradcheck.cli.config.keys import option
from gradcheck.cli.options.add_options import Function, with_options


def history_options(command: Function) -> Function:
    """Add `--last-failed`, `--failed-first` and `--corpus`."""
    return with_options(
        command,
        click.option(
            "--lf",
            "--last-failed",
            "last_failed",
            is_flag=True,
            help="Only ops that failed when they were last run.",
        ),
        click.option(
            "--ff",
            "--failed-first",
            "failed_first",
            is_flag=True,
            help="Those first, then the others.",
        ),
        option("corpus"),
    )
