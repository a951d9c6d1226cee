"""A module of ops as a file of tests of pytest.

pytest makes one of every such file in a folder, even where it looks for another; so whatever
checks ops is imported when this one is collected.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from gradcheck.errors import GradcheckError
from gradcheck.pytest_plugin.module_sources import ModuleSource, importable_from

if TYPE_CHECKING:
    from gradcheck.pytest_plugin.op_item import OpItem
    from gradcheck.pytest_plugin.options import Options
    from gradcheck.spec.spec import OpSpec


class OpModule(pytest.File):
    """A module of ops; collecting it imports it.

    Attributes:
        others: the real paths of all modules of ops: an op belongs to the one that defines it.
    """

    def __init__(
        self, *, source: ModuleSource, others: frozenset[str], options: Options, **rest: Any
    ) -> None:
        super().__init__(**rest)
        self.source = source
        self.others = others
        self.options = options

    def collect(self) -> Iterator[OpItem]:
        """Yield the module's ops in the order of their definition.

        Raises:
            CollectError: if it cannot be imported, or defines no op that can be checked.
        """
        from gradcheck.pytest_plugin.op_item import OpItem
        from gradcheck.reports.text.printable import visible
        from gradcheck.spec.registry import Registry

        try:
            with importable_from(self.source.root):
                specs = Registry().load(self.source.module)
        except GradcheckError as error:
            raise self.CollectError(str(error)) from None
        for spec in specs:
            if not self._belongs_elsewhere(spec):
                checked = {"spec": spec, "source": self.source, "options": self.options}
                yield OpItem.from_parent(self, name=visible(spec.name), **checked)

    def _belongs_elsewhere(self, spec: OpSpec) -> bool:
        """Whether another module of ops defines an op that is imported here."""
        home = getattr(sys.modules.get(spec.module), "__file__", None)
        file = os.path.realpath(home) if home else ""
        return file in self.others and file != os.path.realpath(self.path)
