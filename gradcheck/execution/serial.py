"""One op after the other, in this process: an op that ends the process ends the run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from gradcheck import engine
from gradcheck.cases import Case
from gradcheck.events import Listener, RunFinished
from gradcheck.execution.state import contained
from gradcheck.results import Result
from gradcheck.settings import Settings
from gradcheck.spec import OpSpec


class Serial:
    """Runs ops in this process, each from a state of its own."""

    def run(
        self,
        specs: Sequence[OpSpec],
        settings: Settings,
        listener: Listener,
        kept: Mapping[str, Sequence[Case]],
    ) -> RunFinished:
        """Check ops; see `gradcheck.engine.run`."""
        return engine.run(specs, settings, listener, kept, check=_check)


def _check(spec: OpSpec, settings: Settings, listener: Listener, kept: Sequence[Case]) -> Result:
    result, _ = contained(
        spec.name,
        settings.seed,
        lambda: engine.check_op(spec, settings, listener, kept=kept),
    )
    return result
