"""A clock for runs that does not depend on the machine."""

from types import SimpleNamespace

import pytest


@pytest.fixture
def clock(monkeypatch):
    """A clock that an op moves on, so that a busy machine changes nothing."""
    now = [0.0]
    watch = SimpleNamespace(perf_counter=lambda: now[0])
    for module in ("attempt", "budget", "search"):
        monkeypatch.setattr(f"gradcheck.run.{module}.time", watch)

    def tick(seconds):
        now[0] += seconds

    return tick
