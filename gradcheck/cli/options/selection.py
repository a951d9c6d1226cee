"""The ops of a command: options that load and choose them.

`run`, `list`, `show` and `audit` share the options and the messages of this module.
"""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from gradcheck.cli.completion import completers
from gradcheck.cli.config.keys import option
from gradcheck.cli.configured_command import configuration
from gradcheck.cli.exit_codes import ExitCode
from gradcheck.cli.module_arguments import without_modules
from gradcheck.cli.op_sources import Sources, fits_any
from gradcheck.cli.options.add_options import Function, with_options

if TYPE_CHECKING:
    from gradcheck.spec.registry import Registry
    from gradcheck.spec.spec import OpSpec


class NothingSelected(click.ClickException):
    """Nothing is left though every name is known."""

    exit_code = ExitCode.NOTHING


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
        """Load and choose ops, with the configuration of single ops applied.

        Raises:
            SelectionError: for a name, tag or expression that fits no op.
            NothingSelected: if what was asked for leaves no op.
        """
        from gradcheck.cli.config.op_tables import overridden

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
        """Ops that are configured to fail, each with the reason."""
        from gradcheck.cli.config.op_tables import expected_to_fail

        return expected_to_fail((spec.name for spec in specs), self.sources.tables)

    def skipped(self, specs: Sequence[OpSpec]) -> dict[str, str]:
        """Ops that are configured to be skipped, each with the reason."""
        from gradcheck.cli.config.op_tables import skipped

        return skipped((spec.name for spec in specs), self.sources.tables)

    def _chosen(self, registry: Registry) -> list[OpSpec]:
        from gradcheck.errors import SelectionError

        try:
            chosen = registry.select(
                self.patterns, keyword=self.keyword, tags=self.tags, exclude=self.exclude
            )
            exempt = self._exempt()
            if not exempt:
                return chosen
            chosen += registry.select(exempt, keyword=self.keyword, tags=self.tags)
        except SelectionError as error:
            raise SelectionError(f"{error}{self._blame()}") from error
        return [spec for spec in registry if spec in chosen]

    def _exempt(self) -> list[str]:
        """Ops typed in full, which a configured `exclude` does not take out."""
        from gradcheck.cli.config.op_tables import is_glob

        settings = self.sources.settings
        if not settings["select"].is_typed or settings["exclude"].is_typed:
            return []
        return [pattern for pattern in self.patterns if not is_glob(pattern)]

    def _blame(self) -> str:
        return self.sources.blame("select", "keyword", "tags", "exclude")

    def _look_for_misplaced(self, registry: Registry) -> None:
        from gradcheck.errors import SelectionError

        for pattern in self.patterns:
            if not fits_any(pattern, registry):
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


def source_options(command: Function) -> Function:
    """Add the options about where ops come from, passed as `sources`."""

    @functools.wraps(command)
    def packed(*, modules: tuple[str, ...], builtin: bool, **rest: Any) -> Any:
        config, settings = configuration()
        among, patterns = without_modules(rest.get("patterns", ()))
        if among:
            modules += among
            rest["patterns"] = patterns or settings["select"].value
        return command(sources=Sources(modules, builtin, settings, config.tables), **rest)

    return with_options(packed, option("ops", shell_complete=completers.paths), option("builtin"))


def selection_options(command: Function) -> Function:
    """Add the argument and options that choose ops, passed as `selection`."""

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
        click.argument("patterns", metavar="[OPS]...", nargs=-1, shell_complete=completers.ops),
        option("keyword"),
        option("tags"),
        option("exclude", shell_complete=completers.ops),
    )


def _file_of(spec: OpSpec) -> str:
    return os.path.realpath(getattr(sys.modules.get(spec.module), "__file__", None) or "")
