"""One op after the other in this process, unprotected."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from gradcheck.cases.case import Case
from gradcheck.results.events import Listener, RunFinished
from gradcheck.results.result import Result
from gradcheck.results.settings import Settings
from gradcheck.run import engine
from gradcheck.run.search import check_op
from gradcheck.run.workers.isolation import contained
from gradcheck.spec.spec import OpSpec


class Serial:
    """Runs ops in this process, each from a state of its own."""

    def run(
        self,
        specs: Sequence[OpSpec],
        settings: Settings,
        listener: Listener,
        kept: Mapping[str, Sequence[Case]],
    ) -> RunFinished:
        """Check ops; see `gradcheck.run.engine.run`."""
        return engine.run(specs, settings, listener, kept, check=_check)


def _check(spec: OpSpec, settings: Settings, listener: Listener, kept: Sequence[Case]) -> Result:
    result, _ = contained(
        spec.name, settings.seed, lambda: check_op(spec, settings, listener, kept=kept)
    )
    return result
