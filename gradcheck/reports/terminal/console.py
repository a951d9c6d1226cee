"""Consoles, and single results as renderables, text and HTML."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal

from rich.console import Console
from rich.text import Text

from gradcheck.reports.terminal.panel import panel
from gradcheck.reports.text.encoding import encoded
from gradcheck.reports.text.printable import visible

if TYPE_CHECKING:
    from rich.console import RenderableType

    from gradcheck.results.result import Result

Color = Literal["auto", "always", "never"]
ColorSystem = Literal["auto", "standard"]
PIPED_WIDTH = 120  # columns without a terminal and COLUMNS; arbitrary: tables fit logs
TEXT_WIDTH = 100  # columns of a panel as text; arbitrary: it fits mails and Markdown


class PipeConsole(Console):
    """A console that goes quiet when its reader has gone."""

    def on_broken_pipe(self) -> None:
        self.abandon()

    def abandon(self) -> None:
        """Write nothing more, neither now nor when Python ends."""
        self.quiet = True
        os.dup2(os.open(os.devnull, os.O_WRONLY), self.file.fileno())

    def write(self, text: str) -> None:
        """Write a document as it is, in UTF-8 whatever the terminal takes."""
        binary = getattr(self.file, "buffer", None)
        try:
            self.file.flush()
            if binary is None:
                self.file.write(text)
            else:
                binary.write(encoded(text))
            self.file.flush()
        except BrokenPipeError:
            self.on_broken_pipe()

    def show(self, *renderables: RenderableType) -> None:
        """Print without cutting lines that are wider than the page."""
        for renderable in renderables:
            # print() joins texts into a new one, which would forget how they are to be folded
            kept = isinstance(renderable, Text) and renderable.no_wrap
            self.print(renderable, crop=False, no_wrap=kept, overflow="ignore" if kept else "fold")


def console(color: Color = "auto", *, stderr: bool = False) -> PipeConsole:
    """Return a console for standard output or standard error.

    Args:
        color: "auto" colours on a terminal only, unless NO_COLOR or FORCE_COLOR is set.
        stderr: write to standard error.
    """
    stream = sys.stderr if stderr else sys.stdout
    on_terminal = stream.isatty()
    return PipeConsole(
        stderr=stderr,
        color_system=_color_system(color, on_terminal=on_terminal),
        no_color=False,  # decided above, NO_COLOR included
        force_terminal=on_terminal,
        width=None if on_terminal else _piped_width(),
        highlight=False,
        markup=False,
        emoji=False,
        legacy_windows=False,
    )


def renderables(result: Result) -> Iterator[RenderableType]:
    """Yield what to print for one result; rich's protocol ends here."""
    yield from panel(result)


def as_line(result: Result) -> str:
    """Return a result as one line, for the failed assertions of others."""
    about = result.failure.headline if result.failure else result.reason
    return visible(f"<Result {result.op}: {result.verdict}{f', {about}' if about else ''}>")


def as_text(result: Result) -> str:
    """Return a result as plain text."""
    return plain(*renderables(result))


def plain(*shown: RenderableType, width: int = TEXT_WIDTH) -> str:
    """Return the printed text, without blanks at line ends."""
    written = io.StringIO()
    page = _page(written)
    page.width = width
    page.show(*shown)
    return "\n".join(line.rstrip() for line in written.getvalue().split("\n")).rstrip("\n")


def as_html(result: Result) -> str:
    """Return a result as an HTML fragment, for notebooks."""
    page = _page(io.StringIO(), color_system="standard", record=True)
    page.show(*renderables(result))
    return page.export_html(
        inline_styles=True,
        code_format='<pre style="font-family: monospace; line-height: 1.3">{code}</pre>',
    )


def _page(
    file: io.StringIO, *, color_system: ColorSystem | None = None, record: bool = False
) -> PipeConsole:
    return PipeConsole(
        file=file,
        width=TEXT_WIDTH,
        color_system=color_system,
        force_terminal=False,
        force_jupyter=False,
        highlight=False,
        markup=False,
        emoji=False,
        record=record,
        _environ={},
    )


def _color_system(color: Color, *, on_terminal: bool) -> ColorSystem | None:
    environ = os.environ
    if color == "never" or (color == "auto" and environ.get("NO_COLOR")):
        return None
    if color == "always" or environ.get("FORCE_COLOR"):
        return "standard"
    dumb = environ.get("TERM", "") in ("dumb", "unknown")
    return "auto" if on_terminal and not dumb else None


def _piped_width() -> int:
    columns = os.environ.get("COLUMNS", "")
    return int(columns) if columns.isdecimal() and int(columns) > 0 else PIPED_WIDTH
