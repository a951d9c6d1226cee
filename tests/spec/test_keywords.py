"""Keyword expressions are words with and, or, not, and never code."""

import pytest

from gradcheck.errors import SelectionError
from tests.messages import message_of

MALFORMED = [
    "and",
    "not",
    "soft and",
    "soft log",
    "soft (log)",
    "(soft) (log)",
    "soft()",
    "()",
    "(soft",
    "soft)",
    "not or soft",
    "__import__('os')",
    "exec(open('x'))",
]


@pytest.mark.parametrize("keyword", MALFORMED)
def test_malformed_keyword_expressions(shelf, keyword):
    assert message_of(SelectionError, shelf.select, keyword=keyword) == (
        f"-k {keyword!r} is not an expression; write words with 'and', 'or', 'not' and "
        "parentheses, as in 'soft and not loss'."
    )


@pytest.mark.parametrize(
    "keyword",
    [
        "__import__",
        "fits",
        "'+spec+'",
        '"or"True',
        "\\",
        "True",
        "1",
        "x:=1",
        "lambda:0",
        "[spec.forward]",
        "{1}",
        "#",
    ],
)
def test_a_keyword_is_text_and_never_code(shelf, keyword):
    assert shelf.select(keyword=keyword) == []
