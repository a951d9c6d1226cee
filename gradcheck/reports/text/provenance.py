"""Facts about a run as a whole: settings and versions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gradcheck.reports.report import Report


def versions() -> Mapping[str, str]:
    """Return the versions that results depend on, by name."""
    from gradcheck.run.environment import Environment

    now = Environment.current()
    return {
        "gradcheck": now.gradcheck,
        "python": now.python,
        "numpy": now.numpy,
        "hypothesis": now.hypothesis,
        "platform": f"{now.system} {now.machine}".strip(),
    }


def facts(report: Report) -> Mapping[str, str]:
    """Return what results follow from, by name, and what is missing."""
    settings = report.settings
    known = {"seed": str(settings.seed), "cases": str(settings.cases)}
    if settings.dtypes:
        known["dtypes"] = ", ".join(settings.dtypes)
    if settings.also:
        known["also"] = ", ".join(settings.also)
    if report.strict:
        known["strict"] = "yes"
    if missing := report.planned - len(report.finished.results):
        known["ops not run"] = str(missing)
    if report.finished.interrupted:
        known["interrupted"] = "yes"
    return {**known, **versions()}
