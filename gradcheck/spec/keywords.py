"""Keyword expressions that select ops: `(soft or log) and not loss`."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Sequence

from gradcheck.errors import SelectionError
from gradcheck.spec.spec import OpSpec

_RANKS = {"or": 1, "and": 2, "not": 3}
_LONGEST = 200  # characters of an expression in a message; arbitrary: two or three lines


def keyword_filter(expression: str) -> Callable[[OpSpec], bool]:
    """Compile a keyword expression into a test of an op."""
    if not expression.strip():
        return lambda spec: True
    tokens = _postfix(re.findall(r"\(|\)|[^\s()]+", expression))
    if tokens is None:
        raise SelectionError(
            f"-k {expression[:_LONGEST]!r} is not an expression; write words with 'and', 'or', "
            "'not' and parentheses, as in 'soft and not loss'."
        )
    return lambda spec: _holds(tokens, [spec.name.lower(), *(tag.lower() for tag in spec.tags)])


def _postfix(tokens: Sequence[str]) -> list[str] | None:
    """Put operators behind their operands, without recursion; None if that cannot be."""
    output: list[str] = []
    waiting: list[str] = []
    wants_operand = True
    for token in tokens:
        if wants_operand and token in ("not", "("):
            waiting.append(token)
        elif wants_operand and token not in ("and", "or", ")"):
            output.append(token)
            wants_operand = False
        elif not wants_operand and token == ")" and "(" in waiting:
            _move(waiting, output, 0)
            waiting.pop()
        elif not wants_operand and token in ("and", "or"):
            _move(waiting, output, _RANKS[token])
            waiting.append(token)
            wants_operand = True
        else:
            return None
    _move(waiting, output, 0)
    return None if wants_operand or waiting else output


def _move(waiting: list[str], output: list[str], least: int) -> None:
    """Move operators that bind at least so strongly, up to a parenthesis."""
    while waiting and _RANKS.get(waiting[-1], -1) >= least:
        output.append(waiting.pop())


def _holds(tokens: Sequence[str], names: Sequence[str]) -> bool:
    values: list[bool] = []
    for token in tokens:
        if token == "not":
            values.append(not values.pop())
        elif token in _RANKS:
            combine = operator.and_ if token == "and" else operator.or_
            values.append(combine(values.pop(), values.pop()))
        else:
            values.append(any(token.lower() in name for name in names))
    return values.pop()
