"""Which ops a command is about: what is loaded, and what is chosen from it.

`run`, `list` and `show` share the options and the messages of this module.
"""

from __future__ import annotations

import functools
import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from gradcheck.cli.exit_codes import ExitCode

if TYPE_CHECKING:
    from gradcheck.registry import Registry
    from gradcheck.spec import OpSpec

Function = Callable[..., Any]


class NothingSelected(click.ClickException):
    """All that was asked for is known, but together it leaves no op."""

    exit_code = ExitCode.NOTHING


class Sources(NamedTuple):
    """Where ops come from: the user's modules, the built-in catalogue, or both."""

    modules: tuple[str, ...]
    builtin: bool

    def registry(self) -> Registry:
        """Load everything that was asked for."""
        from gradcheck.registry import Registry

        registry = Registry()
        for module in self.modules:
            registry.load(module)
        if self.builtin or not self.modules:
            registry.load_builtin()
        return registry

    def options(self) -> list[str]:
        """The options that load the same ops again."""
        options = [part for module in self.modules for part in ("--ops", module)]
        return [*options, "--builtin"] if self.modules and self.builtin else options

    def hint(self, pattern: str) -> str:
        """Say how a name that fits no op could have been meant, or nothing."""
        if os.path.isfile(pattern):  # noqa: PTH113 - pathlib costs start-up
            return f" {pattern!r} is a file: write --ops {pattern}."
        if self.modules and not self.builtin and _is_builtin(pattern):
            return f" {pattern!r} is a built-in op: add --builtin to load those too."
        return ""


class Selection(NamedTuple):
    """Sources, and the options that choose from them."""

    sources: Sources
    patterns: tuple[str, ...]
    keyword: str
    tags: tuple[str, ...]
    exclude: tuple[str, ...]

    def specs(self) -> list[OpSpec]:
        """Load and choose.

        Raises:
            SelectionError: for a name, tag or expression that fits no op.
            NothingSelected: if what was asked for leaves no op.
        """
        registry = self.sources.registry()
        self._look_for_misplaced(registry)
        specs = registry.select(
            self.patterns, keyword=self.keyword, tags=self.tags, exclude=self.exclude
        )
        if not specs:
            raise NothingSelected(
                f"No op is left: none of the {len(registry)} loaded fits "
                f"{' '.join(self._options())}."
            )
        return specs

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
        return command(sources=Sources(modules, builtin), **rest)

    return _with_options(
        packed,
        click.option(
            "--ops",
            "modules",
            multiple=True,
            metavar="MODULE|PATH",
            help="Load ops from a file or a dotted module name instead of the built-in ones; "
            "repeatable.",
        ),
        click.option(
            "--builtin", is_flag=True, help="With --ops: load the built-in ops and plugins too."
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

    return _with_options(
        source_options(packed),
        click.argument("patterns", metavar="[OPS]...", nargs=-1),
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
            "--exclude", multiple=True, metavar="OP", help="Leave out a name or glob; repeatable."
        ),
    )


def _with_options(command: Function, *options: Callable[[Function], Function]) -> Function:
    """Apply options so that help lists them in this order."""
    for option in reversed(options):
        command = option(command)
    return command


def _fits_any(pattern: str, names: Registry) -> bool:
    import fnmatch

    return any(fnmatch.fnmatchcase(spec.name, pattern) for spec in names)


def _is_builtin(pattern: str) -> bool:
    from gradcheck.errors import GradcheckError
    from gradcheck.registry import Registry

    registry = Registry()
    try:
        registry.load_builtin()
    except GradcheckError:
        return False
    return _fits_any(pattern, registry)
