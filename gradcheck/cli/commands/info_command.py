"""`gradcheck info`: facts for a bug report."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import click

from gradcheck.cli.options.output import format_of


@click.command("info")
@format_of("text", "json", text="How to show it: for people, or for programs.")
def command(form: str) -> None:
    """Show what is installed, on what machine, and what this project has.

    Meant to be pasted into a bug report: of environment variables only those named GRADCHECK_*
    are shown. No op is imported, and a configuration with mistakes is no obstacle.
    """
    from gradcheck.cli.installation import Installation
    from gradcheck.reports.terminal.installation_page import as_lines

    about = {**Installation.current().plain(), "project": _project()}
    text = json.dumps(about, indent=2) if form == "json" else "\n".join(as_lines(about))
    click.echo(text)


def _project() -> dict[str, Any]:
    from gradcheck.cli.config.key_checks import VARIABLES
    from gradcheck.cli.config.keys import KEYS
    from gradcheck.cli.installation import variables

    known = {*VARIABLES, *(key.variable for key in KEYS)}
    return {**_configured(), "variables": variables(os.environ, known.__contains__)}


def _configured() -> dict[str, Any]:
    """Configured files and modules, or the mistakes of the configuration."""
    from gradcheck.cli.config.config_errors import ConfigError
    from gradcheck.cli.config.precedence import resolve
    from gradcheck.cli.config.relative_paths import located, located_path
    from gradcheck.cli.installation import without_home
    from gradcheck.cli.project import CORPUS
    from gradcheck.spec.importing import is_path

    empty: dict[str, Any] = {"files": [], "profile": None, "ops": [], "mistakes": []}
    try:
        config = resolve(cwd=Path.cwd(), environ=os.environ)
    except ConfigError as error:
        return {**empty, **_stored(CORPUS), "mistakes": str(error).splitlines()}
    modules = located(config.settings["ops"])
    missing = [each for each in modules if is_path(each) and not Path(each).exists()]
    listed = [f"{each} (no such file)" if each in missing else each for each in modules]
    return {
        **empty,
        "files": list(map(without_home, config.files)),
        "profile": config.profile or None,
        "ops": list(map(without_home, listed)),
        **_stored(located_path(config.settings["corpus"])),
    }


def _stored(corpus: str) -> dict[str, int]:
    """Numbers of stored and of pinned failures."""
    from gradcheck.cli.project import Project

    project = Project.here(corpus)
    return {"failures": len(project.failures.paths()), "pinned": len(project.pinned.paths())}
