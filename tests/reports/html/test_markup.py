"""Text as HTML: cut, visible, escaped, in this order."""

import pytest

from gradcheck.reports.html.markup import LONGEST, escaped, escaped_block


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("a < b & c", "a &lt; b &amp; c"),
        ("\"'", "&quot;&#x27;"),
        ("two\nlines\x1b", "two\\nlines\\x1b"),
        ("∂L/∂x", "∂L/∂x"),
    ],
)
def test_one_line(text, html):
    assert escaped(text) == html


def test_a_block_keeps_its_lines():
    assert escaped_block("a\n<b>\x07") == "a\n&lt;b&gt;\\x07"


@pytest.mark.parametrize("more", [0, 1, 10])
def test_what_is_cut_is_counted(more):
    written = escaped("x" * (LONGEST + more))
    assert written == "x" * LONGEST + (f"… ({more} more characters)" if more else "")


def test_an_escape_is_never_cut_in_two():
    assert escaped("&&&&", 2) == "&amp;&amp;… (2 more characters)"
