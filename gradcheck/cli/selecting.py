"""Which ops a command is about: what is loaded, and what is chosen from it.

`run`, `list`, `show` and `audit` share the options and the messages of this module.
"""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from gradcheck.cli import completing
from gradcheck.cli.configured import configuration, warn
from gradcheck.cli.exit_codes import ExitCode
from gradcheck.cli.options import Function, with_options

if TYPE_CHECKING:
    from pathlib import Path

    from gradcheck.config.layers import Setting
    from gradcheck.config.overrides import OpTable
    from gradcheck.execution.tasks import Loading
    from gradcheck.registry import Registry
    from gradcheck.spec import OpSpec


class NothingSelected(click.ClickException):
    """All that was asked for is known, but together it leaves no op."""

    exit_code = ExitCode.NOTHING


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
        from gradcheck.registry import Registry

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
        from gradcheck.execution.tasks import Loading

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
        from gradcheck.config.overrides import unmatched
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


class Selection(NamedTuple):
    """Sources, and the options that choose from them.

    Attributes:
        changed: files, if only ops that these define are wanted.
    """

    sources: Sources
    patterns: tuple[str, ...]
    keyword: str
    tags: tuple[str, ...]
    exclude: tuple[str, ...]
    changed: tuple[str, ...] = ()

    def specs(self) -> list[OpSpec]:
        """Load and choose; what the configuration says about single ops is in the specs.

        Raises:
            SelectionError: for a name, tag or expression that fits no op.
            NothingSelected: if what was asked for leaves no op.
        """
        from gradcheck.config.overrides import overridden

        registry = self.sources.registry()
        self._look_for_misplaced(registry)
        specs = self._chosen(registry)
        if not specs:
            raise NothingSelected(
                f"No op is left: none of the {len(registry)} loaded fits "
                f"{' '.join(self._options())}.{self._blame()}"
            )
        if self.changed:
            specs = [spec for spec in specs if _file_of(spec) in self.changed]
            if not specs:
                raise NothingSelected("No op that is selected is defined in what changed.")
        return [overridden(spec, self.sources.tables) for spec in specs]

    def expected_to_fail(self, specs: Sequence[OpSpec]) -> dict[str, str]:
        """The ops that the configuration expects to fail, each with the reason."""
        from gradcheck.config.overrides import expected_to_fail

        return expected_to_fail((spec.name for spec in specs), self.sources.tables)

    def skipped(self, specs: Sequence[OpSpec]) -> dict[str, str]:
        """The ops that the configuration says not to check, each with the reason."""
        from gradcheck.config.overrides import skipped

        return skipped((spec.name for spec in specs), self.sources.tables)

    def _chosen(self, registry: Registry) -> list[OpSpec]:
        from gradcheck.errors import SelectionError

        try:
            chosen = registry.select(
                self.patterns, keyword=self.keyword, tags=self.tags, exclude=self.exclude
            )
            meant = self._meant()
            if not meant:
                return chosen
            named = registry.select(meant, keyword=self.keyword, tags=self.tags)
        except SelectionError as error:
            raise SelectionError(f"{error}{self._blame()}") from error
        return [spec for spec in registry if spec in chosen or spec in named]

    def _meant(self) -> list[str]:
        """Ops that the command line names in full: a configured `exclude` is not about them."""
        from gradcheck.config.overrides import is_glob

        settings = self.sources.settings
        if not settings["select"].is_typed or settings["exclude"].is_typed:
            return []
        return [pattern for pattern in self.patterns if not is_glob(pattern)]

    def _blame(self) -> str:
        return self.sources.blame("select", "keyword", "tags", "exclude")

    def _look_for_misplaced(self, registry: Registry) -> None:
        from gradcheck.errors import SelectionError

        for pattern in self.patterns:
            if not _fits_any(pattern, registry):
                hint = self.sources.hint(pattern)
                if hint:
                    raise SelectionError(f"There is no op {pattern!r} among those loaded.{hint}")

    def _options(self) -> list[str]:
        return [
            *self.patterns,
            *([f"-k {self.keyword!r}"] if self.keyword else []),
            *(f"--tag {tag}" for tag in self.tags),
            *(f"--exclude {pattern}" for pattern in self.exclude),
        ]


def find(name: str, sources: Sources) -> OpSpec:
    """Load the sources and return the one op of that name."""
    from gradcheck.errors import SelectionError

    registry = sources.registry()
    hint = "" if name in registry else sources.hint(name)
    if hint:
        raise SelectionError(f"There is no op {name!r} among those loaded.{hint}")
    return registry.get(name)


def source_options(command: Function) -> Function:
    """Add the options that say where ops come from, handed over as `sources`."""

    @functools.wraps(command)
    def packed(*, modules: tuple[str, ...], builtin: bool, **rest: Any) -> Any:
        found = configuration()
        sources = Sources(modules, builtin, found.settings, found.config.tables)
        return command(sources=sources, **rest)

    return with_options(
        packed,
        click.option(
            "--ops",
            "modules",
            multiple=True,
            metavar="MODULE|PATH",
            shell_complete=completing.paths,
            help="Load ops from a file or a dotted module name instead of the built-in ones; "
            "repeatable.",
        ),
        click.option(
            "--builtin/--no-builtin",
            help="With --ops: load the built-in ops and plugins too.",
        ),
    )


def selection_options(command: Function) -> Function:
    """Add the argument and options that choose ops, handed over as `selection`."""

    @functools.wraps(command)
    def packed(
        *,
        sources: Sources,
        patterns: tuple[str, ...],
        keyword: str,
        tags: tuple[str, ...],
        exclude: tuple[str, ...],
        **rest: Any,
    ) -> Any:
        return command(selection=Selection(sources, patterns, keyword, tags, exclude), **rest)

    return with_options(
        source_options(packed),
        click.argument("patterns", metavar="[OPS]...", nargs=-1, shell_complete=completing.ops),
        click.option(
            "-k",
            "keyword",
            default="",
            metavar="EXPR",
            help="Only ops whose name or tags fit, as in 'soft and not loss'.",
        ),
        click.option(
            "-t", "--tag", "tags", multiple=True, help="Only ops with this tag; repeatable."
        ),
        click.option(
            "--exclude",
            multiple=True,
            metavar="OP",
            shell_complete=completing.ops,
            help="Leave out a name or glob; repeatable.",
        ),
    )


def _fits_any(pattern: str, names: Registry) -> bool:
    import fnmatch

    return any(fnmatch.fnmatchcase(spec.name, pattern) for spec in names)


def _file_of(spec: OpSpec) -> str:
    return os.path.realpath(getattr(sys.modules.get(spec.module), "__file__", None) or "")


def _is_builtin(pattern: str) -> bool:
    from gradcheck.errors import GradcheckError
    from gradcheck.registry import Registry

    registry = Registry()
    try:
        registry.load_builtin()
    except GradcheckError:
        return False
    return _fits_any(pattern, registry)
