"""The pages of `gradcheck explain`: properties, and the words of reports."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from rich.text import Text

from gradcheck.reports.terminal.style import fact, headed, heading, indented, verdict_text, whole
from gradcheck.reports.text.glossary import GROUPS, Word, words
from gradcheck.results.verdict import Verdict
from gradcheck.spec.property_names import ESSENTIAL

if TYPE_CHECKING:
    from rich.console import RenderableType

    from gradcheck.checks.properties.property import Property, When

CHECKED: Mapping[When, tuple[str, str]] = MappingProxyType(
    {
        "always": ("each case", "with each case"),
        "in turn": ("in turn", "with a share of the cases: the properties take turns"),
        "on request": (
            "on request",
            "on request only: --also {name}, or also=('{name}',) in a spec",
        ),
        "per run": ("each run", "once per op, on all cases together"),
    }
)
"""When a property is checked: in a table, and in a sentence."""
_SHORT = ("verdict", "row", "panel", "command")  # groups of words that need no folding


def contents(properties: Iterable[Property]) -> Iterator[RenderableType]:
    """Yield properties and words, group by group, with their summaries."""
    yield properties_table(properties)
    for group, title in GROUPS.items():
        yield Text("")
        table = headed(title, "", kept=(title,) if group in _SHORT else ())
        for each in words():
            if each.group == group:
                table.add_row(Text(each.word, "bold"), Text(each.summary))
        yield table


def properties_table(properties: Iterable[Property]) -> RenderableType:
    """One row per property: name, when it is checked, summary."""
    table = headed("property", "checked", "what holds", kept=("property", "checked"))
    for each in properties:
        table.add_row(Text(each.name, "bold"), Text(CHECKED[each.when][0]), Text(each.summary))
    return table


def property_page(explained: Property) -> Iterator[RenderableType]:
    """Yield the text of a property and how to leave it out."""
    name = explained.name
    yield heading(name)
    for paragraph in explained.text.strip().split("\n\n"):
        yield Text("")
        yield indented(Text(" ".join(paragraph.split())))
    yield Text("")
    yield fact("checked", CHECKED[explained.when][1].format(name=name))
    if name in ESSENTIAL:
        yield fact("leave out", "not possible: without it nothing could be compared")
    elif explained.when != "on request":
        yield whole("leave out", f'gc.op(..., skip={{"{name}": "the reason, in words"}})')


def word_page(word: Word) -> Iterator[RenderableType]:
    """Yield the meaning of a word, and an advice."""
    is_verdict = word.group == "verdict"
    yield verdict_text(Verdict(word.word)) if is_verdict else heading(word.word)
    yield Text("")
    yield indented(Text(word.text))
    if word.advice or word.also or word.see:
        yield Text("")
    if word.also:
        yield fact("also", ", ".join(word.also))
    if word.advice:
        yield fact("what to do", word.advice)
    if word.see:
        yield whole("more", f"gradcheck explain {word.see}")
