"""Keyword expressions are words with and, or, not, and never code."""

import numpy as np
import pytest

import gradcheck as gc
from gradcheck.errors import SelectionError
from gradcheck.spec.registry import Registry
from tests.messages import message_of


def named(name, **given):
    return gc.op("(...)->(...)", name=name, **given)(np.exp).vjp(lambda g, out: g * out)


@pytest.fixture
def shelf():
    return Registry(
        [
            named("log", tags=("unary",)),
            named("logsumexp", tags=("reduction", "loss")),
            named("softmax", tags=("reduction",)),
            named("softplus", tags=("unary",)),
            named("Huber", tags=("Loss",)),
        ]
    )


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
