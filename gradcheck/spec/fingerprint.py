"""A fingerprint of an op, which changes when its check may."""

from __future__ import annotations

import hashlib
import inspect
from collections.abc import Callable, Iterator
from types import CodeType
from typing import Any

from gradcheck.spec.spec import OpSpec

_LENGTH = 16  # arbitrary: 64 bits; two of a million ops agree with a chance of 3e-8
_PLAIN = ("name", "inputs", "variadic", "dtypes", "widens", "rtol", "also", "layouts")


def fingerprint(spec: OpSpec) -> str:
    """Return hexadecimal digits that change with the text of an op's functions.

    Functions that those call are not looked into.
    """
    text = "\n".join((*_facts(spec), *map(_text_of, _functions(spec))))
    return hashlib.sha256(text.encode(errors="replace")).hexdigest()[:_LENGTH]


def _facts(spec: OpSpec) -> Iterator[str]:
    for name in _PLAIN:
        yield f"{name}: {getattr(spec, name)!r}"
    yield f"signature: {spec.signature}"
    yield f"nondiff: {sorted(spec.nondiff)}"
    yield f"params: {sorted(spec.params)}"
    yield f"skip: {sorted(spec.skip)}"
    for name, domain in spec.domains.items():
        yield f"domain of {name}: {getattr(domain, 'name', 'a function')}"


def _functions(spec: OpSpec) -> Iterator[Callable[..., Any]]:
    yield spec.forward
    for rule in (spec.gradient, spec.tangent_rule):
        if rule is not None:
            yield rule.bound.function
    if spec.reference is not None:
        yield spec.reference
    if spec.assume is not None:
        yield spec.assume.function


def _text_of(function: Callable[..., Any]) -> str:
    try:
        return inspect.getsource(function)
    except (OSError, TypeError):
        code = getattr(function, "__code__", None)
        return _text_of_code(code) if code is not None else str(getattr(function, "__name__", ""))


def _text_of_code(code: CodeType) -> str:
    """The bytecode of a function without source, as one made by `exec`."""
    inner = (
        _text_of_code(const) if isinstance(const, CodeType) else repr(const)
        for const in code.co_consts
    )
    return "\n".join((code.co_code.hex(), *code.co_names, *inner))
