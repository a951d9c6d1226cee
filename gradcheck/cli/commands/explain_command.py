"""`gradcheck explain`: the meaning of a property or a verdict."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from gradcheck.cli.completion import completers
from gradcheck.cli.config.keys import option
from gradcheck.cli.options.output import format_option

if TYPE_CHECKING:
    from gradcheck.reports.terminal.console import Color


@click.command("explain", short_help="Explain a property or a verdict.")
@click.argument(
    "name",
    metavar="[PROPERTY|VERDICT]",
    required=False,
    shell_complete=completers.properties,
)
@format_option
@option("color")
def command(*, name: str | None, form: str, color: Color) -> None:
    """Explain what is checked besides the value of a gradient,
    and what a verdict means.

    Without an argument all properties are listed; --format concise gives bare names.

    \b
    gradcheck explain linearity
    gradcheck explain INCONCLUSIVE
    """
    from gradcheck.checks.properties.catalogue import properties, property_of
    from gradcheck.reports.terminal.console import console
    from gradcheck.reports.terminal.property_page import (
        properties_table,
        property_page,
        verdict_page,
    )
    from gradcheck.results.verdict import Verdict
    from gradcheck.spec.property_names import NAMES

    out = console(color)
    if name is None and form == "concise":
        click.echo("\n".join(NAMES))
    elif name is None:
        out.show(properties_table(properties()))
    elif name.lower() in NAMES:
        out.show(*property_page(property_of(name.lower())))
    elif name.upper() in list(Verdict):
        out.show(*verdict_page(Verdict(name.upper())))
    else:
        raise _unknown(name)


def _unknown(name: str) -> Exception:
    from gradcheck.errors import SelectionError, did_you_mean, listing
    from gradcheck.results.verdict import Verdict
    from gradcheck.spec.property_names import NAMES

    hint = did_you_mean(name.lower(), NAMES) or did_you_mean(name.upper(), Verdict)
    return SelectionError(
        f"{name!r} is neither a property nor a verdict. Properties are {listing(NAMES)}; "
        f"verdicts are {listing(Verdict)}.{hint}"
    )
