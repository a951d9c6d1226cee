"""Options about how ops are checked, packed as settings of a run."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

from gradcheck.cli.config.keys import option
from gradcheck.cli.options.add_options import Function, with_options
from gradcheck.cli.project import FOLDER

_PLAIN = (
    *("cases", "seed", "dtypes", "fail_fast", "max_time", "max_run_time"),
    *("hazards", "shrink", "diagnose", "failure_calls"),
)
_DATABASE = (FOLDER, "examples")
_OPTIONS = (
    *("cases", "seed", "dtypes", "fail_fast", "maxfail", "max_time", "max_run_time"),
    *("also", "hazards", "order", "shrink", "diagnose", "failure_calls", "database"),
)


def settings_options(command: Function) -> Function:
    """Add the options about how ops are checked, passed as `settings`."""

    @functools.wraps(command)
    def packed(*, also: tuple[str, ...], order: int, database: bool, **rest: Any) -> Any:
        from gradcheck.results.settings import Settings

        settings = Settings(
            **{name: rest.pop(name) for name in _PLAIN},
            max_failures=rest.pop("maxfail"),
            also=tuple(dict.fromkeys((*also, *["hessian"] * (order == 2)))),
            database=Path.cwd().joinpath(*_DATABASE) if database else None,
        )
        return command(settings=settings, **rest)

    return with_options(packed, *map(option, _OPTIONS))
