"""`gradcheck pin`: keep a failing case for good."""

from __future__ import annotations

import click

from gradcheck.cli import completing
from gradcheck.cli.configured import ConfiguredCommand, config_options
from gradcheck.cli.keeping import Keeping, corpus_option


@click.command(
    "pin", cls=ConfiguredCommand, short_help="Keep a failing case: every run starts with it."
)
@click.argument(
    "names",
    metavar="ID|PATH...",
    nargs=-1,
    required=True,
    shell_complete=completing.failures,
)
@corpus_option
@config_options
def command(*, names: tuple[str, ...], corpus: str) -> None:
    """Copy stored failures to a folder that is committed with the project.

    Every run of their ops starts with these cases, before any is drawn. To unpin one, delete
    its file.

    \b
    gradcheck pin 3f9c2a
    """
    from gradcheck.document.failures import StoredFailure
    from gradcheck.document.files import shown
    from gradcheck.reports.text import visible

    keeping = Keeping.here(corpus)
    for stored in [StoredFailure.load(keeping.path_of(name)) for name in names]:
        path = visible(shown(keeping.pinned.save(stored)))
        click.echo(f"Pinned {visible(stored.op[:60])} {stored.id}: commit {path}.")
