"""Text of an op, made safe for XML, Markdown, GitHub and SARIF.

For the terminal `reports.text` writes control characters as escapes. Everything here begins
with that, so what arrives is text on one line (or on lines of its own, for blocks) of
characters that can be seen; only what has a meaning in the language is left to deal with.
"""

from __future__ import annotations

import re
import string
from collections.abc import Callable

from gradcheck.reports.text.printable import block, visible

_PLAIN = frozenset(string.ascii_letters + string.digits + " ,;:()/=%+?'\".-")
"""What has no meaning in Markdown within a line; other ASCII may have one."""
_LINKED = re.compile(r"www\.|\bGH-\d|:(?! |$)", re.IGNORECASE)
"""What GitHub makes a link or an emoji of though each of its characters is plain."""
_SPECIAL = re.compile(r"[!-/:-@\[-^`{-~]|(?<![^\W_])_|_(?![^\W_])")
"""ASCII punctuation; underscores only where they could begin or end emphasis."""
_BACKTICKS = re.compile("`+")


def shortened(text: str, most: int) -> str:
    """Cut a text to `most` characters, and show the cut."""
    return text if len(text) <= most else f"{text[: most - 1]}…"


def xml_text(text: str) -> str:
    """Escape what XML 1.0 forbids, and keep the lines.

    `visible` leaves nothing that is not printable, and XML forbids nothing that is; markup
    is left to whoever writes the document.
    """
    return block(text)


def xml_attribute(text: str) -> str:
    """Escape what XML forbids, and line breaks."""
    return visible(text)


def markdown_code(text: str) -> str:
    """Set a text as code, fit for a cell of a table.

    In code nothing is markup, a mention, an emoji or a link. A code span cannot hold
    backticks reliably, and a bar ends a cell even there: such text becomes an HTML element.
    """
    shown = visible(text)
    if not shown.strip() or "`" in shown or "|" in shown:
        return html_code(text)
    return f"`{shown}`"


def markdown_prose(text: str) -> str:
    """Leave a text without markup as it is; set others as code."""
    shown = visible(text)
    harmless = all(c in _PLAIN or not c.isascii() for c in shown) and not _LINKED.search(shown)
    return shown if harmless else markdown_code(text)


def html_code(text: str) -> str:
    """Set a text as an HTML element, special characters by number."""
    return f"<code>{_SPECIAL.sub(_by_number, visible(text))}</code>"


def markdown_fence(text: str) -> str:
    """Set lines as a block of code, its fence long enough."""
    shown = block(text)
    longest = max(map(len, _BACKTICKS.findall(shown)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}text\n{shown}\n{fence}"


def command_message(text: str) -> str:
    """Escape the message of a workflow command; lines are kept."""
    return _percent(block(text), "\n")


def command_property(text: str) -> str:
    """Escape a property of a workflow command, as a title."""
    return _percent(visible(text), ":,")


def log_line(text: str) -> str:
    r"""Keep GitHub's runner from reading commands in a log.

    It takes lines that begin with two colons, and `##[` anywhere; one character of either is
    written as an escape: `:\x3a`, `##\x5b`.
    """
    shown = visible(text).replace("##[", r"##\x5b")
    before, colons, rest = shown.partition("::")
    return rf"{before}:\x3a{rest}" if colons and not before.strip() else shown


def log_lines(text: str) -> str:
    """Apply `log_line` to each line."""
    return _by_line(log_line, block(text))


def sarif_message(text: str) -> str:
    """Escape a plain text message of SARIF 2.1.0.

    Braces stand for arguments and are doubled (§3.11.5); brackets with parentheses behind
    them are a link (§3.11.6), and are moved apart.
    """
    return block(text).replace("{", "{{").replace("}", "}}").replace("](", "] (")


def _by_number(match: re.Match[str]) -> str:
    return f"&#{ord(match[0])};"


def _by_line(change: Callable[[str], str], text: str) -> str:
    return "\n".join(map(change, text.split("\n")))


def _percent(text: str, special: str) -> str:
    for character in f"%{special}":
        text = text.replace(character, f"%{ord(character):02X}")
    return text
