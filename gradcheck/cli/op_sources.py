"""The modules that a command loads its ops from."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

from gradcheck.cli.messages import warn

if TYPE_CHECKING:
    from pathlib import Path

    from gradcheck.cli.config.op_tables import OpTable
    from gradcheck.cli.config.precedence import Setting
    from gradcheck.run.workers.tasks import Loading
    from gradcheck.spec.registry import Registry
    from gradcheck.spec.spec import OpSpec


class Sources(NamedTuple):
    """Where ops come from: the user's modules, the built-in catalogue, or both.

    Attributes:
        settings: where that was said, by key.
        tables: what the configuration says about single ops.
    """

    modules: tuple[str, ...]
    builtin: bool
    settings: Mapping[str, Setting]
    tables: tuple[OpTable, ...]

    def registry(self) -> Registry:
        """Load everything that was asked for."""
        from gradcheck.errors import LoadError
        from gradcheck.spec.registry import Registry

        registry = Registry()
        with importable(self.settings["ops"].folder):
            for module in self.modules:
                try:
                    registry.load(module)
                except LoadError as error:
                    raise LoadError(f"{error}{self.blame('ops')}") from error
        if self.builtin or not self.modules:
            registry.load_builtin()
        self._look_for_idle_tables(registry)
        return registry

    @property
    def loading(self) -> Loading:
        """What a worker process is told, to load the same ops."""
        from gradcheck.run.workers.tasks import Loading

        return Loading(
            modules=self.modules,
            builtin=self.builtin or not self.modules,
            beside=self.settings["ops"].folder,
        )

    def options(self) -> list[str]:
        """The options that load the same ops again, as far as no file says so."""
        told = {name: not self.settings[name].is_from_file for name in ("ops", "builtin")}
        options = [part for module in self.modules if told["ops"] for part in ("--ops", module)]
        if not (self.modules and told["builtin"]):
            return options
        if self.builtin:
            return [*options, "--builtin"]
        # The flag is needed only to take back what the file would say without it.
        taken_back = self.settings["builtin"].is_typed and not told["ops"]
        return [*options, "--no-builtin"] if taken_back else options

    def hint(self, pattern: str) -> str:
        """Say how a name that fits no op could have been meant, or nothing."""
        if os.path.isfile(pattern):  # noqa: PTH113 - pathlib costs start-up
            return f" {pattern!r} is a file: write --ops {pattern}."
        if self.modules and not self.builtin and _is_builtin(pattern):
            said = f" {pattern!r} is a built-in op: add --builtin to load those too."
            ops = self.settings["ops"]
            if ops.is_typed:
                return said
            return f"{said[:-1]}, or set builtin = true beside ops ({ops.origin})."
        return ""

    def blame(self, *keys: str) -> str:
        """Say which of these keys were configured and where, or nothing."""
        origins = [
            self.settings[key].origin
            for key in keys
            if not (self.settings[key].is_typed or self.settings[key].is_default)
        ]
        return f" (From {', '.join(origins)}.)" if origins else ""

    def _look_for_idle_tables(self, registry: Registry) -> None:
        """Warn of tables about ops that there are not, unless other modules were asked for."""
        if self.settings["ops"].is_typed:
            return
        from gradcheck.cli.config.op_tables import unmatched
        from gradcheck.errors import did_you_mean

        names = [spec.name for spec in registry]
        for table in unmatched(names, self.tables):
            warn(
                f"{table.origin} is about no op that is loaded, so it does nothing."
                f"{did_you_mean(table.pattern, names)}"
            )


@contextmanager
def importable(folder: Path | None) -> Iterator[None]:
    """Let a file name modules that lie beside it, wherever the command is typed."""
    if folder is None:
        yield
        return
    sys.path.insert(0, str(folder))
    try:
        yield
    finally:
        sys.path.remove(str(folder))


def find(name: str, sources: Sources) -> OpSpec:
    """Load the sources and return the one op of that name."""
    from gradcheck.errors import SelectionError

    registry = sources.registry()
    hint = "" if name in registry else sources.hint(name)
    if hint:
        raise SelectionError(f"There is no op {name!r} among those loaded.{hint}")
    return registry.get(name)


def fits_any(pattern: str, names: Registry) -> bool:
    import fnmatch

    return any(fnmatch.fnmatchcase(spec.name, pattern) for spec in names)


def _is_builtin(pattern: str) -> bool:
    from gradcheck.errors import GradcheckError
    from gradcheck.spec.registry import Registry

    registry = Registry()
    try:
        registry.load_builtin()
    except GradcheckError:
        return False
    return fits_any(pattern, registry)
