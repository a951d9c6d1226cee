"""The modules that a command loads its ops from."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from gradcheck.cli.messages import warn
from gradcheck.spec.importing import is_path

if TYPE_CHECKING:
    from gradcheck.cli.config.op_tables import OpTable
    from gradcheck.cli.config.precedence import Setting
    from gradcheck.run.history.stored_failure import Origins
    from gradcheck.run.workers.tasks import Loading
    from gradcheck.spec.registry import Registry
    from gradcheck.spec.spec import OpSpec


class Sources(NamedTuple):
    """The user's modules, the built-in catalogue, or both.

    Attributes:
        settings: of the configuration, each with its origin.
        tables: the configuration of single ops.
    """

    modules: tuple[str, ...]
    builtin: bool
    settings: Mapping[str, Setting]
    tables: tuple[OpTable, ...]

    def registry(self) -> Registry:
        """Load all modules, and the catalogue if it is wanted."""
        from gradcheck.errors import LoadError
        from gradcheck.spec.registry import Registry

        registry = Registry()
        with importable(self.settings["ops"].folder):
            for module in self.modules:
                try:
                    registry.load(module)
                except LoadError as error:
                    raise LoadError(f"{error}{self.blame('ops')}") from error
        if self.with_builtin:
            registry.load_builtin()
        self._look_for_idle_tables(registry)
        return registry

    @property
    def with_builtin(self) -> bool:
        """Whether the catalogue is loaded: if asked for, or without modules."""
        return self.builtin or not self.modules

    @property
    def loading(self) -> Loading:
        """The same sources for a worker process."""
        from gradcheck.run.workers.tasks import Loading

        return Loading(
            modules=self.modules,
            builtin=self.with_builtin,
            beside=self.settings["ops"].folder,
        )

    @property
    def origins(self) -> Origins:
        """The same sources for a stored failure, with portable paths."""
        from gradcheck.run.history.stored_failure import Origins

        return Origins(modules=tuple(map(_portable, self.modules)), builtin=self.with_builtin)

    def options(self) -> list[str]:
        """Options that load the same ops again, where no file does."""
        from_file = self.settings["ops"].is_from_file
        modules = () if from_file else self.modules
        options = [part for module in modules for part in ("--ops", module)]
        if not self.modules or self.settings["builtin"].is_from_file:
            return options
        if self.builtin:
            return [*options, "--builtin"]
        # The flag is needed only to take back what the file would say without it.
        taken_back = self.settings["builtin"].is_typed and from_file
        return [*options, "--no-builtin"] if taken_back else options

    def hint(self, pattern: str) -> str:
        """A hint for a name that fits no op, or nothing."""
        if os.path.isfile(pattern):  # noqa: PTH113 - pathlib costs start-up
            return f" {pattern!r} is a file: write --ops {pattern}."
        if os.path.isfile(f"{pattern}.py"):  # noqa: PTH113
            return f" There is a file {pattern}.py: write --ops {pattern}.py."
        if self.modules and not self.builtin and _is_builtin(pattern):
            hint = f" {pattern!r} is a built-in op: add --builtin to load those too"
            ops = self.settings["ops"]
            other = "" if ops.is_typed else f", or set builtin = true beside ops ({ops.origin})"
            return f"{hint}{other}."
        return ""

    def blame(self, *keys: str) -> str:
        """The origins of those of these keys that were configured."""
        origins = [
            self.settings[key].origin
            for key in keys
            if not (self.settings[key].is_typed or self.settings[key].is_default)
        ]
        return f" (From {', '.join(origins)}.)" if origins else ""

    def _look_for_idle_tables(self, registry: Registry) -> None:
        """Warn of tables that fit no op, unless other modules were typed."""
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
    """Let a configuration file name modules that lie beside it."""
    if folder is None:
        yield
        return
    sys.path.insert(0, str(folder))
    try:
        yield
    finally:
        sys.path.remove(str(folder))


def find(name: str, sources: Sources) -> OpSpec:
    """Load the sources and return the op of that name."""
    from gradcheck.errors import SelectionError

    registry = sources.registry()
    hint = "" if name in registry else sources.hint(name)
    if hint:
        raise SelectionError(f"There is no op {name!r} among those loaded.{hint}")
    return registry.get(name)


def fits_any(pattern: str, names: Registry) -> bool:
    import fnmatch

    return any(fnmatch.fnmatchcase(spec.name, pattern) for spec in names)


def _portable(module: str) -> str:
    """Make the path of a file below the current folder relative."""
    from gradcheck.results.documents.files import shown

    return Path(shown(Path(module).absolute())).as_posix() if is_path(module) else module


def _is_builtin(pattern: str) -> bool:
    from gradcheck.errors import GradcheckError
    from gradcheck.spec.registry import Registry

    registry = Registry()
    try:
        registry.load_builtin()
    except GradcheckError:
        return False
    return fits_any(pattern, registry)
