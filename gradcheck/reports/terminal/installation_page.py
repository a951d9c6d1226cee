"""The lines of `gradcheck info`, to be pasted into bug reports."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from gradcheck.reports.text.printable import visible


def as_lines(about: Mapping[str, Any]) -> Iterator[str]:
    """Yield a line per fact of `gradcheck info --format json`."""
    rows = list(_rows(about))
    width = max(len(name) for name, _ in rows)
    for name, values in rows:
        first, *more = [visible(line) for line in values] or ["none"]
        yield f"{name:<{width}}  {first}"
        for line in more:
            yield f"{'':<{width}}  {line}"


def _rows(about: Mapping[str, Any]) -> Iterator[tuple[str, Sequence[str]]]:
    environment, project = about["environment"], about["project"]
    for name in ("gradcheck", "python", "numpy", "hypothesis"):
        yield name, [environment[name]]
    yield "installed in", [about["location"]]
    yield "interpreter", [about["python"]]
    yield "system", [f"{environment['system']} {environment['machine']}, {about['cores']} cores"]
    threads = about["blas_threads"]
    yield "BLAS", [f"{about['blas']}, {'unknown' if threads is None else threads} threads"]
    yield (
        "optional",
        [f"{name} {version or 'not found'}" for name, version in about["optional"].items()],
    )
    yield "plugins", [f"{name} = {origin}" for name, origin in about["plugins"].items()]
    yield "configuration", [*project["files"], *project["mistakes"]]
    yield "profile", [project["profile"]] if project["profile"] else []
    yield "op modules", project["ops"]
    yield "variables", [f"{name}={value}" for name, value in project["variables"].items()]
    yield "stored failures", [str(project["failures"])]
    yield "pinned cases", [str(project["pinned"])]
