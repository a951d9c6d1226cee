"""Options of the plugin, from the command line or pytest's configuration."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

# As in `gradcheck.results.settings`, which is not imported before an op is checked.
DEFAULTS = {"cases": 100, "seed": 0}
_LEAST = {"cases": 1, "seed": 0}


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How ops are checked under pytest.

    Attributes:
        cases, seed: as in `gradcheck.results.settings`.
        strict: INCONCLUSIVE and VACUOUS fail.
    """

    cases: int
    seed: int
    strict: bool

    @classmethod
    def of(cls, config: pytest.Config) -> Options:
        """Read them from pytest's configuration.

        Raises:
            pytest.UsageError: for a number that is none, or too small.
        """
        return cls(**settings_from(config), strict=strict(config))


def settings_from(config: pytest.Config) -> dict[str, int]:
    """Return the settings `cases` and `seed`.

    Raises:
        pytest.UsageError: for one that is no whole number, or too small.
    """
    return {name: _number(config, name) for name in DEFAULTS}


def strict(config: pytest.Config) -> bool:
    """Whether INCONCLUSIVE and VACUOUS fail."""
    return bool(config.getoption("gradcheck_strict") or config.getini("gradcheck_strict"))


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
