"""The ops that have been defined, each with the module that defined it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gradcheck.spec.spec import OpSpec

# Each op with the module object that defined it: a module of the same name may be
# imported again from another place, and is another module then.
noted: list[tuple[OpSpec, ModuleType | None]] = []


@contextmanager
def kept_out() -> Iterator[None]:
    """Forget the ops that are defined meanwhile: no registry is to load them."""
    before = len(noted)
    try:
        yield
    finally:
        del noted[before:]


def note_definition(spec: OpSpec) -> None:
    """Remember an op as defined, for the registry that loads its module."""
    noted.append((spec, sys.modules.get(spec.module)))
