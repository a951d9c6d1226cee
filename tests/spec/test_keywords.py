"""Keyword expressions are words with and, or, not, and never code."""

import pytest

from gradcheck.errors import SelectionError
from gradcheck.spec.registry import Registry
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


@pytest.mark.parametrize(
    ("keyword", "names"),
    [
        ("(" * 100_000 + "soft" + ")" * 100_000, {"softmax", "softplus"}),
        ("not " * 100_001 + "soft", None),
        ("soft or " * 50_000 + "soft", {"softmax", "softplus"}),
    ],
    ids=["parentheses", "not", "or"],
)
def test_an_expression_may_be_as_deep_as_it_likes(keyword, names):
    registry = Registry()
    registry.load_builtin()
    selected = {spec.name for spec in registry.select(keyword=keyword)}
    everything = {spec.name for spec in registry}
    assert selected == (names or everything - {"softmax", "softplus"})


def test_a_long_expression_that_is_none_is_cut_in_the_message():
    with pytest.raises(SelectionError) as caught:
        Registry().select(keyword="(" * 10**6)
    assert len(str(caught.value)) < 500


@pytest.mark.parametrize(
    ("keyword", "same"),
    [
        ("not soft and max", "(not soft) and max"),
        ("exp or soft and max", "exp or (soft and max)"),
        ("not not soft", "soft"),
        ("not (soft or exp)", "not soft and not exp"),
        ("SOFT", "soft"),
    ],
)
def test_not_binds_before_and_and_before_or(keyword, same):
    registry = Registry()
    registry.load_builtin()
    selected = registry.select(keyword=keyword)
    assert selected
    assert selected == registry.select(keyword=same)
