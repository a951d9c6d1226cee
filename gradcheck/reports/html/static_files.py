"""Style sheets and script of the HTML report."""

from __future__ import annotations

from functools import cache
from importlib.resources import files


@cache
def static(name: str) -> str:
    """Return the text of a file in the folder `static`."""
    return files("gradcheck.reports.html").joinpath("static", name).read_text(encoding="utf-8")
