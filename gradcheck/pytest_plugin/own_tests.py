"""Help for a project's own tests: settings, and panels of failures."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import pytest


# The older kind of wrapper: pytest must start, whatever its version.
@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(call: pytest.CallInfo[None]) -> Iterator[None]:
    """Show the panels of results in an assertion that fails."""
    outcome: Any = yield
    if call.excinfo is not None and "gradcheck.results.result" in sys.modules:
        from gradcheck.pytest_plugin.assertion_panels import add_panels

        add_panels(outcome.get_result(), call.excinfo)


@pytest.fixture(scope="session")
def gradcheck_settings(pytestconfig: pytest.Config) -> dict[str, int]:
    """Cases and seed of this run, for `gradcheck.check(op, **gradcheck_settings)`."""
    from gradcheck.pytest_plugin.options import settings_from

    return settings_from(pytestconfig)
