"""The pytest plugin: one test per op of named modules.

    pytest --gradcheck my_ops.py

Every run of pytest imports this module wherever gradcheck is installed, so it imports nothing;
the rest is imported where there are ops to check.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add our options and keys of pytest's configuration."""
    import pytest

    group = parser.getgroup("gradcheck", "gradcheck: check hand-written gradients")
    group.addoption(
        "--gradcheck",
        action="append",
        default=[],
        metavar="MODULE|PATH",
        help="check the ops of this file or dotted module name, one test per op; repeatable",
    )
    group.addoption(
        "--gradcheck-cases", type=int, metavar="N", help="cases per op (gradcheck's default: 100)"
    )
    group.addoption(
        "--gradcheck-seed", type=int, metavar="N", help="seed of the cases (gradcheck's default: 0)"
    )
    group.addoption(
        "--gradcheck-strict",
        action="store_true",
        help="INCONCLUSIVE and VACUOUS fail, instead of being skipped",
    )
    # An older pytest has no whole numbers in its configuration; gradcheck reads them itself.
    number: Any = "int" if pytest.version_tuple >= (8, 4) else "string"
    parser.addini("gradcheck_modules", "modules of ops to check", type="args", default=[])
    parser.addini("gradcheck_cases", "cases per op", type=number, default=None)
    parser.addini("gradcheck_seed", "seed of the cases", type=number, default=None)
    parser.addini("gradcheck_strict", "INCONCLUSIVE and VACUOUS fail", type="bool", default=False)


def pytest_configure(config: pytest.Config) -> None:
    """Register help for tests, and the collector where ops are named."""
    from gradcheck.pytest_plugin import own_tests

    config.addinivalue_line("markers", "gradcheck: the check of an op's gradient, by gradcheck.")
    config.pluginmanager.register(own_tests, "gradcheck-own-tests")
    if config.getoption("gradcheck") or config.getini("gradcheck_modules"):
        from gradcheck.pytest_plugin.op_collection import OpCollecting

        config.pluginmanager.register(OpCollecting.configured(config), "gradcheck-collecting")
