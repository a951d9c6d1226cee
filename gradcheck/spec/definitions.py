"""The ops defined so far, each with the module that defined it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import NamedTuple

from gradcheck.spec.spec import OpSpec


class Definition(NamedTuple):
    """An op, and the module object that defined it.

    A module of the same name may be imported again from another place, and is another
    module then.
    """

    spec: OpSpec
    module: ModuleType | None


_definitions: list[Definition] = []


def note_definition(spec: OpSpec) -> None:
    """Remember an op as defined, for the registry that loads its module."""
    _definitions.append(Definition(spec, sys.modules.get(spec.module)))


def defined_in(module: ModuleType) -> list[OpSpec]:
    """Return the ops of a module, and of a package's parts that are in use."""
    return [
        spec
        for spec, home in _definitions
        if home is not None
        and sys.modules.get(spec.module) is home
        and (home is module or spec.module.startswith(f"{module.__name__}."))
    ]


@contextmanager
def collected() -> Iterator[list[OpSpec]]:
    """Fill the list that is given, at the end, with the ops defined meanwhile."""
    before = len(_definitions)
    specs: list[OpSpec] = []
    yield specs
    specs.extend(spec for spec, _ in _definitions[before:])


@contextmanager
def kept_out() -> Iterator[None]:
    """Forget the ops defined meanwhile: no registry is to load them."""
    before = len(_definitions)
    try:
        yield
    finally:
        del _definitions[before:]


@contextmanager
def undone_on_error() -> Iterator[None]:
    """Forget the ops defined meanwhile if an error ends the block."""
    before = len(_definitions)
    try:
        yield
    except BaseException:
        del _definitions[before:]
        raise
