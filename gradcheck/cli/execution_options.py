"""Options that say where ops are run: how many at a time, in which processes, which part."""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from gradcheck.config.kinds import AUTO
from gradcheck.errors import SettingsError
from gradcheck.sharding import Shard, parsed_shard
from gradcheck.sizes import parsed_size

if TYPE_CHECKING:
    from gradcheck.cli.selecting import Sources
    from gradcheck.execution import Executor
    from gradcheck.spec import OpSpec


class Execution(NamedTuple):
    """Where ops are run.

    Attributes:
        jobs: how many at a time; None where that was not said.
        isolate: whether in worker processes; None where that was not said.
        max_memory: bytes that a worker may take, or None.
        shard: number and total of the part of the run that is wanted, or None.
    """

    jobs: int | None
    isolate: bool | None
    max_memory: int | None
    shard: tuple[int, int] | None

    def executor(self, sources: Sources) -> Executor:
        """What runs the ops that come from these sources."""
        if not self._isolates:
            from gradcheck.execution.serial import Serial

            return Serial()
        from gradcheck.execution.pool import Pool

        return Pool(sources.loading, jobs=self.jobs or 1, max_memory=self.max_memory)

    @property
    def _isolates(self) -> bool:
        if self.isolate is None:
            return self.jobs is not None or self.max_memory is not None
        return self.isolate

    def part_of(self, specs: Sequence[OpSpec]) -> tuple[list[OpSpec], Shard | None]:
        """The ops of the part that is wanted, and the part."""
        if self.shard is None:
            return list(specs), None
        number, total = self.shard
        shard = Shard(number=number, total=total, selected=tuple(spec.name for spec in specs))
        return [spec for spec in specs if shard.has(spec.name)], shard

    def again(self, max_time: float | None) -> list[str]:
        """The options without which an op would take the next run down, or never end it."""
        if not self._isolates:
            return []
        limits = [] if max_time is None else ["--max-time", f"{max_time:g}"]
        if self.max_memory is not None:
            limits += ["--max-memory", str(self.max_memory)]
        return ["--isolate", *limits]


class _Jobs(click.ParamType[int]):
    name = "jobs"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        if value == AUTO:
            return _processors()
        try:
            number = int(value)
        except ValueError:
            number = 0
        if number < 1:
            self.fail(f"{value!r} is no number of jobs; give 1 or more, or {AUTO}.", param, ctx)
        return number


def _processors() -> int:
    """The processors that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _size(_context: click.Context, _parameter: click.Parameter, value: str | None) -> int | None:
    if value is None:
        return None
    try:
        size = parsed_size(value)
    except SettingsError as error:
        raise click.BadParameter(str(error)) from None
    if sys.platform != "linux":
        raise click.BadParameter("this system cannot limit the memory of a process; Linux can.")
    return size


def _shard(
    _context: click.Context, _parameter: click.Parameter, value: str | None
) -> tuple[int, int] | None:
    if value is None:
        return None
    try:
        return parsed_shard(value)
    except SettingsError as error:
        raise click.BadParameter(str(error)) from None


def _typed(name: str) -> bool:
    """Whether the command line itself gives this parameter."""
    source = click.get_current_context().get_parameter_source(name)
    return source is click.core.ParameterSource.COMMANDLINE


def execution_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add `-j`, `--isolate`, `--max-memory` and `--shard`, handed over as `execution`."""

    @functools.wraps(command)
    def packed(
        *,
        jobs: int | None,
        isolate: bool | None,
        max_memory: int | None,
        shard: tuple[int, int] | None,
        **rest: Any,
    ) -> Any:
        if isolate is False:
            # What is typed beats what is configured, where they contradict each other.
            if not _typed("isolate") and (_typed("jobs") or _typed("max_memory")):
                isolate = None
            elif _typed("isolate"):
                jobs = jobs if _typed("jobs") else None
                max_memory = max_memory if _typed("max_memory") else None
        for given, why in (
            ((jobs or 1) > 1, f"-j {jobs} runs several ops at a time"),
            (max_memory is not None, "--max-memory limits worker processes"),
        ):
            if given and isolate is False:
                raise click.UsageError(f"--no-isolate keeps all in one process, but {why}.")
        return command(execution=Execution(jobs, isolate, max_memory, shard), **rest)

    for option in reversed(_OPTIONS):
        packed = option(packed)
    return packed


_OPTIONS = (
    click.option(
        "-j",
        "--jobs",
        type=_Jobs(),
        metavar="N|auto",
        help="Check so many ops at a time, in worker processes; auto takes every processor.",
    ),
    click.option(
        "--isolate/--no-isolate",
        default=None,
        help="Check in a worker process: an op that crashes or never comes back ends nothing "
        "else.  [default: with -j]",
    ),
    click.option(
        "--max-memory",
        metavar="SIZE",
        callback=_size,
        help="Memory that a worker process may take, as 512M or 2G.",
    ),
    click.option(
        "--shard",
        metavar="I/N",
        callback=_shard,
        help="Only part I of N, by the names of the ops; 'gradcheck merge' joins the parts.",
    ),
)
