"""How a result prints: by a renderer that the package's face registers.

Results are data and import no report; what prints them is handed in from above.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Protocol


class Renderer(Protocol):
    """Turns a `Result` into a line, text, HTML and what rich prints."""

    def as_line(self, result: Any) -> str: ...

    def as_text(self, result: Any) -> str: ...

    def as_html(self, result: Any) -> str: ...

    def renderables(self, result: Any) -> Iterable[Any]: ...


_loaders: list[Callable[[], Renderer]] = []


def register(load: Callable[[], Renderer]) -> None:
    """Print results by what `load` returns, called when one is printed."""
    _loaders[:] = [load]


def renderer() -> Renderer:
    """Return the renderer that was registered last."""
    return _loaders[0]()
