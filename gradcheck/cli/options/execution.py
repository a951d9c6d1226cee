"""Options about where ops run: jobs, processes, cluster, shard."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Sequence
from types import ModuleType
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from gradcheck.cli.config.keys import option
from gradcheck.cli.config.value_kinds import LOCAL
from gradcheck.cli.options.add_options import with_options
from gradcheck.errors import SettingsError
from gradcheck.run.machine import processors
from gradcheck.run.memory_sizes import parsed_size, written_size
from gradcheck.run.shards import Shard, parsed_shard

if TYPE_CHECKING:
    from gradcheck.cli.op_sources import Sources
    from gradcheck.run.workers import Executor
    from gradcheck.spec.spec import OpSpec


class Execution(NamedTuple):
    """Where ops run.

    Attributes:
        jobs: how many at a time, or None.
        isolate: whether in worker processes; None for where other options need them.
        max_memory: bytes that a worker may take, or None.
        scheduler: address of a Dask scheduler, `LOCAL` for one that is started, or None.
        shard: number and total of the part of the run that is wanted, or None.
    """

    jobs: int | None
    isolate: bool | None
    max_memory: int | None
    scheduler: str | None
    shard: tuple[int, int] | None

    def executor(self, sources: Sources) -> Executor:
        """The executor for ops of these sources."""
        if self.scheduler is not None:
            executor: Executor = _cluster().Cluster(
                sources.loading,
                address=None if self.scheduler == LOCAL else self.scheduler,
                jobs=self.jobs,
                max_memory=self.max_memory,
            )
            return executor
        if not self._isolates:
            from gradcheck.run.workers.serial import Serial

            return Serial()
        from gradcheck.run.workers.pool import Pool

        return Pool(sources.loading, jobs=self.jobs or 1, max_memory=self.max_memory)

    @property
    def _isolates(self) -> bool:
        if self.isolate is None:
            need_workers = (self.jobs, self.max_memory, self.scheduler)
            return any(value is not None for value in need_workers)
        return self.isolate

    def part_of(self, specs: Sequence[OpSpec]) -> tuple[list[OpSpec], Shard | None]:
        """The ops of the wanted shard, and the shard."""
        if self.shard is None:
            return list(specs), None
        number, total = self.shard
        shard = Shard(number=number, total=total, selected=tuple(spec.name for spec in specs))
        return [spec for spec in specs if shard.has(spec.name)], shard

    def again(self, max_time: float | None) -> list[str]:
        """Options that keep an op from ending or blocking a run."""
        if not self._isolates:
            return []
        limits = [] if max_time is None else ["--max-time", f"{max_time:g}"]
        if self.max_memory is not None:
            limits += ["--max-memory", written_size(self.max_memory)]
        return ["--isolate", *limits]


def _cluster() -> ModuleType:
    try:
        from gradcheck.run.workers import dask
    except ModuleNotFoundError as error:
        if error.name not in ("distributed", "dask"):
            raise
        raise click.UsageError(
            "--scheduler needs Dask, which is not installed: pip install 'gradcheck[dask]'."
        ) from None
    return dask


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


def _address(_context: click.Context, _parameter: click.Parameter, value: str | None) -> str | None:
    if value is not None and value != LOCAL and "://" not in value:
        raise click.BadParameter(
            f"{value!r} is no address of a scheduler; write tcp://host:8786. Without an address, "
            "write --scheduler last, or before another option."
        )
    return value


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
    """Add the options about where ops run, passed as `execution`."""

    @functools.wraps(command)
    def packed(
        *,
        jobs: Any,
        isolate: bool | None,
        max_memory: int | None,
        scheduler: str | None,
        shard: tuple[int, int] | None,
        **rest: Any,
    ) -> Any:
        jobs = processors() if isinstance(jobs, str) else jobs  # `AUTO`
        if isolate is False:
            # What is typed beats what is configured, where they contradict each other.
            if _typed("isolate"):
                jobs = jobs if _typed("jobs") else None
                max_memory = max_memory if _typed("max_memory") else None
                scheduler = scheduler if _typed("scheduler") else None
            elif any(map(_typed, ("jobs", "max_memory", "scheduler"))):
                isolate = None
        for contradicts, why in (
            ((jobs or 1) > 1, f"-j {jobs} runs several ops at a time"),
            (max_memory is not None, "--max-memory limits worker processes"),
            (scheduler is not None, "--scheduler runs ops on a cluster"),
        ):
            if contradicts and isolate is False:
                raise click.UsageError(f"--no-isolate keeps all in one process, but {why}.")
        execution = Execution(jobs, isolate, max_memory, scheduler, shard)
        return command(execution=execution, **rest)

    return with_options(packed, *_OPTIONS)


_OPTIONS = (
    option("jobs"),
    option("isolate"),
    option("max_memory", callback=_size),
    option("scheduler", is_flag=False, flag_value=LOCAL, callback=_address),
    click.option(
        "--shard",
        metavar="I/N",
        callback=_shard,
        help="Only part I of N, by the names of the ops; 'gradcheck merge' joins the parts.",
    ),
)
