"""The ops defined so far, each with the module that defined it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType

from gradcheck.spec.spec import OpSpec

# With the module object: one of the same name, imported from another place, is another.
_definitions: list[tuple[OpSpec, ModuleType | None]] = []


def note_definition(spec: OpSpec) -> None:
    """Remember an op as defined, for the registry that loads its module."""
    _definitions.append((spec, sys.modules.get(spec.module)))


def defined_in(module: ModuleType) -> list[OpSpec]:
    """Return the ops of a module and, of a package, its parts."""
    return [
        spec
        for spec, home in _definitions
        if home is not None
        and sys.modules.get(spec.module) is home
        and (home is module or spec.module.startswith(f"{module.__name__}."))
    ]


@contextmanager
def kept_out() -> Iterator[None]:
    """Forget the ops defined meanwhile: no registry is to load them."""
    before = len(_definitions)
    try:
        yield
    finally:
        del _definitions[before:]


@contextmanager
def collected() -> Iterator[list[OpSpec]]:
    """Yield a list that holds, afterwards, the ops defined meanwhile.

    If an error ends the block, they are forgotten.
    """
    before = len(_definitions)
    specs: list[OpSpec] = []
    try:
        yield specs
    except BaseException:
        del _definitions[before:]
        raise
    specs.extend(spec for spec, _ in _definitions[before:])
