"""Write docs/words.md: the properties and words that `gradcheck explain` explains.

python .ci/words_page.py
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from gradcheck.checks.properties.catalogue import properties
from gradcheck.reports.text.glossary import GROUPS, Word, words

PAGE = Path(__file__).resolve().parent.parent / "docs" / "words.md"
TOP = """\
# Words that reports print

`gradcheck explain WORD` prints the same, and `gradcheck explain` lists all of them. This page is
written by `.ci/words_page.py`.
"""


def page() -> str:
    """Return the page as Markdown."""
    return "\n".join(_lines())


def _lines() -> Iterator[str]:
    yield TOP
    yield "## Properties\n\n| property | what holds |\n|---|---|"
    for each in properties():
        yield f"| `{each.name}` | {_cell(each.summary)} |"
    for group, title in GROUPS.items():
        yield f"\n## {title}\n"
        for word in words():
            if word.group == group:
                yield _entry(word)


def _entry(word: Word) -> str:
    also = f" (also {', '.join(word.also)})" if word.also else ""
    more = f" See `gradcheck explain {word.see}`." if word.see else ""
    advice = f" *What to do:* {word.advice}" if word.advice else ""
    return f"- **{word.word}**{also}: {word.text}{more}{advice}"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    PAGE.write_text(page() + "\n", encoding="utf-8")
