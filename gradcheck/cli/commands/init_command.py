"""`gradcheck init`: the files that a project begins with."""

from __future__ import annotations

import importlib.util
import os
import shlex
import shutil
import sys
from pathlib import Path

import click

from gradcheck.cli.messages import note


@click.command("init")
@click.argument("folder", metavar="[DIR]", default=".", type=click.Path(path_type=Path))
def command(folder: Path) -> None:
    """Write what a project needs to begin with: a configuration,
    an op with a right gradient, a test for pytest and a workflow for GitHub.

    Nothing is asked, and no file that exists is changed. Then the two commands to type next are
    printed.

    \b
    gradcheck init
    gradcheck init my_project
    """
    from gradcheck.cli.scaffold import scaffold
    from gradcheck.reports.text.printable import visible

    for file in scaffold(folder, configured_in=_configured_in(folder)):
        name = visible(str(folder / file.path))
        click.echo(f"kept   {name}: {file.kept}" if file.kept else f"wrote  {name}", err=True)
    _tell_of_the_root(folder)
    click.echo("\nNow type:\n", err=True)
    here = os.path.realpath(folder) == os.path.realpath(".")
    change = "" if here else f"cd {shlex.quote(str(folder))} && "
    click.echo(f"  {change}{_program('gradcheck')} run")
    first = "" if is_installed("pytest") else f"{_program('pip')} install pytest && "
    click.echo(f"  {first}{_program('pytest')} test_my_ops.py")


def _configured_in(folder: Path) -> str:
    """The pyproject.toml with our table, which a second file would override."""
    from gradcheck.cli.config.config_files import SHARED, read
    from gradcheck.errors import GradcheckError

    try:
        read(folder / SHARED, folder)
    except GradcheckError:
        return ""
    return SHARED


def _tell_of_the_root(folder: Path) -> None:
    """Note that GitHub reads workflows at the root of a repository only."""
    home = Path(os.path.realpath(folder))
    root = next((above for above in (home, *home.parents) if (above / ".git").exists()), home)
    if root != home:
        note(
            "GitHub reads workflows at the root of a repository only. Move .github there, "
            f"and give its steps working-directory: {home.relative_to(root).as_posix()}"
        )


def is_installed(module: str) -> bool:
    return importlib.util.find_spec(module) is not None


def _program(name: str) -> str:
    """The command for a program of this environment, maybe by its path."""
    path = shutil.which(name)
    here = os.path.dirname(sys.executable)  # noqa: PTH120 - resolving it would leave the environment
    if path and os.path.dirname(path) == here:  # noqa: PTH120
        return name
    return f"{shlex.quote(sys.executable)} -m {name}"
