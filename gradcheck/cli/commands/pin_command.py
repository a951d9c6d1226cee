"""`gradcheck pin`: keep a failing case for good."""

from __future__ import annotations

import click

from gradcheck.cli.completion import completers
from gradcheck.cli.config.keys import option
from gradcheck.cli.configured_command import ConfiguredCommand
from gradcheck.cli.options.config_file import config_options
from gradcheck.cli.project import Project


@click.command("pin", cls=ConfiguredCommand)
@click.argument(
    "names",
    metavar="ID|PATH...",
    nargs=-1,
    required=True,
    shell_complete=completers.failures,
)
@option("corpus")
@config_options
def command(*, names: tuple[str, ...], corpus: str) -> None:
    """Copy stored failures to a folder that is committed with the project.

    Every run of their ops starts with these cases, before any is drawn. To unpin one, delete
    its file.

    \b
    gradcheck pin 3f9c2a
    """
    from gradcheck.reports.text.printable import visible
    from gradcheck.results.documents.files import shown
    from gradcheck.run.history.stored_failure import StoredFailure

    project = Project.here(corpus)
    for stored in [StoredFailure.load(project.path_of(name)) for name in names]:
        path = visible(shown(project.pinned.save(stored)))
        click.echo(f"Pinned {visible(stored.op[:60])} {stored.id}: commit {path}.")
