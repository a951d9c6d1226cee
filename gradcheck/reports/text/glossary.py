"""The words that reports print, each with its meaning and an advice."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType

GROUPS: Mapping[str, str] = MappingProxyType(
    {
        "verdict": "Verdicts",
        "row": "Words of a row",
        "panel": "Words of a panel",
        "obstacle": "Why a case is unusable",
        "kind": "Kinds of failure; rules in SARIF",
        "command": "Words of other commands",
    }
)
"""Titles of the groups of words, in the order in which they are listed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """A word that reports print."""

    group: str  # a key of GROUPS
    word: str
    text: str
    advice: str = ""  # a reader's next step
    also: tuple[str, ...] = ()  # other spellings, and words that stand on the same page
    see: str = ""  # the property that says more

    @property
    def summary(self) -> str:
        """The first sentence of the text."""
        return f"{self.text.partition('. ')[0].rstrip('.')}."


@cache
def words() -> tuple[Word, ...]:
    """Return all words, group by group."""
    text = files("gradcheck.reports.text").joinpath("glossary.toml").read_text(encoding="utf-8")
    tables = tomllib.loads(text)
    return tuple(
        Word(group=group, **{**table, "also": tuple(table.get("also", ()))})
        for group in GROUPS
        for table in tables[group]
    )


def word_of(group: str, word: str) -> Word:
    """Return a verdict or a kind of failure; each has one."""
    return next(each for each in words() if (each.group, each.word) == (group, word))


def lookup(phrase: str) -> list[Word]:
    """Return the words that a phrase means.

    Case does not matter, and hyphens are blanks. A phrase that says more than a word means that
    word: "forward jumps at x[2]".
    """
    name = normal(phrase)
    exact = [each for each in words() if name in _spellings(each)]
    return exact or [
        each
        for each in words()
        if each.group == "obstacle"
        and any(name.startswith(spelling.partition(":")[0]) for spelling in _spellings(each))
    ]


def spellings() -> list[str]:
    """Return everything that `lookup` knows, as it is printed."""
    return [spelling for each in words() for spelling in (each.word, *each.also)]


def normal(phrase: str) -> str:
    """Return a phrase in small letters, its words one blank apart."""
    return " ".join(phrase.lower().replace("-", " ").replace("_", " ").split())


def _spellings(word: Word) -> list[str]:
    return [normal(each) for each in (word.word, *word.also)]
