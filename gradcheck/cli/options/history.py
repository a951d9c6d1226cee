"""Options about results of earlier runs."""

from __future__ import annotations

import click

from gradcheck.cli.options.add_options import Function
from gradcheck.cli.project import CORPUS


def corpus_option(command: Function) -> Function:
    """Add `--corpus`."""
    return click.option(
        "--corpus",
        default=CORPUS,
        show_default=True,
        metavar="DIR",
        help="Folder of pinned cases, with which every run of their ops starts.",
    )(command)


def keeping_options(command: Function) -> Function:
    """Add `--last-failed`, `--failed-first` and `--corpus`."""
    last_failed = click.option(
        "--lf",
        "--last-failed",
        "last_failed",
        is_flag=True,
        help="Only ops that failed when they were last run.",
    )
    failed_first = click.option(
        "--ff", "--failed-first", "failed_first", is_flag=True, help="Those first, then the others."
    )
    return last_failed(failed_first(corpus_option(command)))
