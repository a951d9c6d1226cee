"""Executors: ops in this process, or in workers that may die.

Every executor gives the same results, bit for bit. `serial` runs ops one after the other, `pool`
in workers of this machine, `dask` in workers of others, of which each has its `dask_site`.

`worker` runs in a worker process, `process` is its parent's end, `tasks` go to it, messages of
the `protocol` come back; it leaves a `last_case` when it ends, which `endings` describes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from gradcheck.cases.case import Case
from gradcheck.results.events import Listener, RunFinished
from gradcheck.results.settings import Settings
from gradcheck.spec.spec import OpSpec


class Executor(Protocol):
    """Runs ops and tells what happens."""

    def run(
        self,
        specs: Sequence[OpSpec],
        settings: Settings,
        listener: Listener,
        kept: Mapping[str, Sequence[Case]],
    ) -> RunFinished:
        """Check ops; see `gradcheck.run.engine.run`."""
