"""The engine: checks ops one by one and emits events.

It prints nothing and reads no configuration. `search` draws cases until one fails, `attempt`
examines each, `failing` follows a failure up, `conclusion` says what all of them mean.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from gradcheck.cases.case import Case
from gradcheck.results.events import Listener, RunFinished
from gradcheck.results.result import Result
from gradcheck.results.settings import Settings
from gradcheck.run import ledger as ledgers
from gradcheck.run.ledger import Ledger
from gradcheck.run.search import check_op
from gradcheck.spec.spec import OpSpec

Check = Callable[[OpSpec, Settings, Listener, Sequence[Case]], Result]


def run(
    specs: Sequence[OpSpec],
    settings: Settings,
    listener: Listener,
    kept: Mapping[str, Sequence[Case]] = MappingProxyType({}),
    check: Check | None = None,
) -> RunFinished:
    """Check ops one after the other.

    Args:
        specs: the ops, in order.
        settings: what to run.
        listener: called with every event.
        kept: cases by op, which are run before any is drawn.
        check: checks one op, by default `check_op`.

    Returns:
        The last event. If the run was interrupted from the keyboard it holds what was
        finished until then.
    """
    ledger = Ledger(specs, settings, listener, kept)

    def run_all() -> None:
        while ledger.settle_unchecked():
            spec, place = ledger.next()
            ledger.start(place)
            first = kept.get(spec.name, ())
            ledger.finish(place, (check or _check)(spec, ledger.share(), listener, first))

    return ledgers.run(ledger, run_all)


def _check(spec: OpSpec, settings: Settings, listener: Listener, kept: Sequence[Case]) -> Result:
    return check_op(spec, settings, listener, kept=kept)
