"""`gradcheck explain`: the meaning of properties and of printed words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from gradcheck.cli.completion import completers
from gradcheck.cli.config.keys import option
from gradcheck.cli.options.output import format_option

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import RenderableType

    from gradcheck.reports.terminal.console import Color


@click.command("explain")
@click.argument("word", metavar="[WORD]...", nargs=-1, shell_complete=completers.words)
@format_option
@option("color")
def command(*, word: tuple[str, ...], form: str, color: Color) -> None:
    """Explain a property, a verdict or another word of a report.

    Without an argument all are listed; --format concise gives bare names.

    \b
    gradcheck explain linearity
    gradcheck explain INCONCLUSIVE
    gradcheck explain looks like
    """
    from gradcheck.checks.properties.catalogue import properties
    from gradcheck.reports.terminal.console import console
    from gradcheck.reports.terminal.explain_page import contents
    from gradcheck.reports.text.glossary import words
    from gradcheck.spec.property_names import NAMES

    if word:
        console(color).show(*_pages(" ".join(word)))
    elif form == "concise":
        click.echo("\n".join((*NAMES, *(each.word for each in words()))))
    else:
        console(color).show(*contents(properties()))


def _pages(phrase: str) -> Iterator[RenderableType]:
    """The page of a property, of a word, or of both."""
    from rich.text import Text

    from gradcheck.checks.properties.catalogue import property_of
    from gradcheck.errors import SelectionError, did_you_mean
    from gradcheck.reports.terminal.explain_page import property_page, word_page
    from gradcheck.reports.text.glossary import lookup, normal, spellings
    from gradcheck.results.verdict import Verdict
    from gradcheck.spec.property_names import NAMES

    name = normal(phrase)
    pages = [property_page(property_of(name))] if name in NAMES else []
    pages += [word_page(each) for each in lookup(phrase)]
    if not pages:
        hint = did_you_mean(phrase, (*NAMES, *spellings())) or did_you_mean(phrase.upper(), Verdict)
        raise SelectionError(
            f"{phrase!r} is no word of a report; 'gradcheck explain' lists all of them.{hint}"
        )
    for place, page in enumerate(pages):
        if place:
            yield Text("")
        yield from page
