"""Facts about an installation and a project, for a bug report.

They are meant to be made public: nothing of the user's is imported, of environment variables
only our own are shown, and the home folder is written ~.
"""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, entry_points, version
from pathlib import Path
from typing import Any

from gradcheck.run.environment import Environment
from gradcheck.run.machine import processors

OPTIONAL = ("ml_dtypes", "pytest", "watchfiles", "torch", "jax")
_GROUP = "gradcheck.ops"
_UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Installation:
    """Versions, machine and project.

    Attributes:
        environment: versions and machine.
        location: the folder of the package.
        python: the interpreter.
        optional: versions of what some features need, None where it is not installed.
        blas: the library that NumPy was built with.
        blas_threads: how many threads it may use; None if nobody knows.
        cores: of the processor that this process may use.
        plugins: entry points that bring ops along, each with its module and package.
    """

    environment: Environment
    location: str
    python: str
    optional: Mapping[str, str | None]
    blas: str
    blas_threads: int | None
    cores: int
    plugins: Mapping[str, str]

    @classmethod
    def current(cls) -> Installation:
        import sys

        return cls(
            environment=Environment.current(),
            location=without_home(str(Path(__file__).parents[1])),
            python=without_home(sys.executable),
            optional={name: _version(name) for name in OPTIONAL},
            blas=_blas(),
            blas_threads=_blas_threads(),
            cores=processors(),
            plugins={each.name: _origin_of(each) for each in entry_points(group=_GROUP)},
        )

    def plain(self) -> dict[str, Any]:
        return asdict(self)


def variables(environ: Mapping[str, str], known: Callable[[str], bool]) -> dict[str, str]:
    """Our environment variables; values only of those that are known."""
    ours = sorted(name for name in environ if name.startswith("GRADCHECK_"))
    return {name: without_home(environ[name]) if known(name) else "(unknown)" for name in ours}


def without_home(path: str) -> str:
    """Write the home folder, often the name of a person, as ~."""
    home = str(Path.home())
    inside = home != "/" and (path == home or path.startswith(home + os.sep))
    return f"~{path[len(home) :]}" if inside else path


def _version(module: str) -> str | None:
    """The version of a package that is not imported; None without it."""
    if importlib.util.find_spec(module) is None:
        return None
    try:
        return version(module)
    except PackageNotFoundError:
        return _UNKNOWN


def _blas() -> str:
    import numpy as np

    config: Any = np.show_config(mode="dicts")
    blas = (config or {}).get("Build Dependencies", {}).get("blas", {})
    return " ".join(filter(None, (blas.get("name"), blas.get("version")))) or _UNKNOWN


def _blas_threads() -> int | None:
    """The threads of the loaded library, which only threadpoolctl can ask."""
    if importlib.util.find_spec("threadpoolctl") is None:
        return None
    import threadpoolctl

    pools = threadpoolctl.threadpool_info()
    return max((pool["num_threads"] for pool in pools if pool["user_api"] == "blas"), default=None)


def _origin_of(entry: Any) -> str:
    """Return "gradcheck.ops (gradcheck 0.1.0)"."""
    package = entry.dist
    return f"{entry.value} ({package.name} {package.version})" if package else str(entry.value)
