"""HTML from text that came from elsewhere: cut, made visible, escaped."""

from __future__ import annotations

import html

from gradcheck.reports.text.printable import block, visible

# Characters, the rest is counted; arbitrary: beyond any name or value of ordinary size.
LONGEST, LONGEST_BLOCK = 300, 4000


def escaped(text: str, most: int = LONGEST) -> str:
    """Return one line of text as HTML; control characters become escapes."""
    kept = _cut(text, most)
    return html.escape(kept if kept.isprintable() else visible(kept))


def escaped_block(text: str, most: int = LONGEST_BLOCK) -> str:
    """Return lines of text as HTML that keep their breaks."""
    return html.escape(block(_cut(text, most)))


def _cut(text: str, most: int) -> str:
    left = len(text) - most
    return f"{text[:most]}… ({left} more characters)" if left > 0 else text
