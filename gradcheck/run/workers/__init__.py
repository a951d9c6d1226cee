"""Where ops are run: in this process, or in worker processes that an op may take down.

Every executor gives the same results, bit for bit. `serial` runs ops one after the other,
`pool` in workers of this machine, `cluster` in workers of others, of which each has its `site`.

`worker` is what runs in a worker, `handle` its parent's end, `tasks` what goes to it, `messages`
what comes back, `last_case` what it leaves behind when it ends, `ended` what that is called, and
`executor` where all results come together.
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
