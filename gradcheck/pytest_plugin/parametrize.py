"""A test of one's own, once for each op."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from gradcheck.errors import LoadError, SpecError
from gradcheck.spec.registry import Registry
from gradcheck.spec.spec import OpSpec

if TYPE_CHECKING:
    import pytest


def pytest_ops(*sources: str | Path | OpSpec) -> pytest.MarkDecorator:
    """Run a test once per op, passed as its argument `op`.

        @gc.pytest_ops("my_ops.py")
        def test_gradient(op):
            assert gc.check(op, cases=500)

    Args:
        sources: ops, or modules of ops: dotted names, or paths relative to the file in which
            this is called.

    Returns:
        A `pytest.mark.parametrize` of `op`, with the names of the ops as ids.

    Raises:
        LoadError: if a module is missing, fails while it is imported, or defines no op.
        SpecError: if an op has no gradient, or two have the same name.
    """
    import pytest

    __tracebackhide__ = True
    if not sources:
        raise SpecError(
            "pytest_ops needs ops, or modules that define some: pytest_ops('my_ops.py')."
        )
    folder = Path(sys._getframe(1).f_code.co_filename).parent  # noqa: SLF001
    registry = Registry()
    for source in sources:
        if isinstance(source, OpSpec):
            registry.add(source)
        elif isinstance(source, str | Path):
            registry.load(_located(source, folder))
        else:
            raise SpecError(f"pytest_ops takes ops and modules of ops; got {source!r}.")
    return pytest.mark.parametrize("op", [pytest.param(spec, id=spec.name) for spec in registry])


def _located(module: str | Path, folder: Path) -> str | Path:
    """Make a path absolute; a dotted name stays as it is."""
    path = Path(module)
    if path.suffix != ".py" and len(path.parts) == 1:
        return module
    located = folder / path
    if not located.is_file() and path.is_file():
        raise LoadError(
            f"There is no file {located}: paths are relative to the file of the test. "
            f"There is one in the current folder, {path.resolve()}."
        )
    return located
