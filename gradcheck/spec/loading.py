"""The ops that a module defines."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType

from gradcheck.spec.definitions import collected, defined_in, kept_out
from gradcheck.spec.importing import import_ops, is_path
from gradcheck.spec.spec import OpSpec

_loaded: dict[str, tuple[ModuleType, list[OpSpec]]] = {}


def load_ops(module: str) -> list[OpSpec]:
    """Import a module once; return its ops and those of its imports.

    Raises:
        LoadError: if it is missing, or fails while it is imported.
        SpecError: if it describes an op that does not fit together.
    """
    key = os.path.realpath(module) if is_path(module) else module  # also of a link to itself
    known = _loaded.get(key)
    if known is not None and sys.modules.get(known[0].__name__) is known[0]:
        return known[1]
    with collected() as fresh:
        imported = import_ops(module)
    earlier = [spec for spec in defined_in(imported) if spec not in fresh]
    specs = list(dict.fromkeys([*earlier, *fresh, *_listed(imported)]))
    _loaded[key] = imported, specs
    return specs


def _listed(module: ModuleType) -> list[OpSpec]:
    """Ops in a module's namespace, though another one may have defined them."""
    return [value for value in vars(module).values() if isinstance(value, OpSpec)]


@contextmanager
def forgotten() -> Iterator[None]:
    """Forget the modules loaded, and the ops defined, meanwhile."""
    before = dict(_loaded)
    try:
        with kept_out():
            yield
    finally:
        _loaded.clear()
        _loaded.update(before)
