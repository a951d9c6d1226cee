"""Options of the plugin, from the command line or pytest's configuration."""

from __future__ import annotations

from typing import NamedTuple

import pytest

# As in `gradcheck.results.settings`, which is not imported before an op is checked.
DEFAULTS = {"cases": 100, "seed": 0}
_LEAST = {"cases": 1, "seed": 0}


class Options(NamedTuple):
    """How ops are checked: settings, and whether INCONCLUSIVE and VACUOUS fail."""

    cases: int
    seed: int
    strict: bool

    @classmethod
    def of(cls, config: pytest.Config) -> Options:
        strict = config.getoption("gradcheck_strict") or config.getini("gradcheck_strict")
        return cls(**settings_from(config), strict=bool(strict))


def settings_from(config: pytest.Config) -> dict[str, int]:
    """The settings `cases` and `seed`, or a UsageError for either."""
    return {name: _number(config, name) for name in DEFAULTS}


def _number(config: pytest.Config, name: str) -> int:
    option, key = f"--gradcheck-{name}", f"gradcheck_{name}"
    allowed = f"allowed is a whole number, {_LEAST[name]} or more."
    source, value = option, config.getoption(key)
    try:
        if value is None:
            source = key
            value = config.getini(key)
        unset = value in (None, [])  # which of them depends on the version of pytest
        number = DEFAULTS[name] if unset else int(value)
    except (TypeError, ValueError, pytest.UsageError) as error:
        raise pytest.UsageError(f"{source}: {error}; {allowed}") from None
    if number < _LEAST[name]:
        raise pytest.UsageError(f"{source}: {number} is too small; {allowed}")
    return number
