"""Options that choose the profile and the configuration file."""

from __future__ import annotations

import click

from gradcheck.cli.completion import completers
from gradcheck.cli.options.add_options import Function, with_options


def config_options(command: Function) -> Function:
    """Add `--config` and `--profile`, which are read before all others."""
    return with_options(
        command,
        click.option(
            "--profile",
            expose_value=False,
            metavar="NAME",
            shell_complete=completers.profiles,
            help="What holds where no file says otherwise: quick, default, ci or thorough.",
        ),
        click.option(
            "--config",
            "config_file",
            expose_value=False,
            metavar="FILE",
            shell_complete=completers.paths,
            help="Read this file instead of gradcheck.toml or pyproject.toml.",
        ),
    )
