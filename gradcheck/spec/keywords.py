"""Keyword expressions that select ops: `(soft or log) and not loss`."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import pairwise

from gradcheck.errors import SelectionError
from gradcheck.spec.spec import OpSpec


def keyword_filter(expression: str) -> Callable[[OpSpec], bool]:
    """Compile a keyword expression into a test of an op."""
    if not expression.strip():
        return lambda spec: True
    tokens = re.findall(r"\(|\)|[^\s()]+", expression)
    python = " ".join(
        t if t in ("and", "or", "not", "(", ")") else f"fits({t.lower()!r})" for t in tokens
    )
    try:
        code = compile(python, "<keyword expression>", "eval")
    except SyntaxError:
        code = None
    # What Python would take for a call, `soft (log)`, or for an empty tuple is no expression.
    called = any(a not in ("and", "or", "not", "(") and b == "(" for a, b in pairwise(tokens))
    if code is None or called or ("(", ")") in pairwise(tokens):
        raise SelectionError(
            f"-k {expression!r} is not an expression; write words with 'and', 'or', 'not' and "
            "parentheses, as in 'soft and not loss'."
        )

    def matches(spec: OpSpec) -> bool:
        words = [spec.name.lower(), *(tag.lower() for tag in spec.tags)]
        fits = {"fits": lambda word: any(word in w for w in words), "__builtins__": {}}
        return bool(eval(code, fits))  # noqa: S307 - built above from quoted words only

    return matches
