"""`gradcheck plot`: a picture of the error of differences over their step."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gradcheck.cli.completion import completers
from gradcheck.cli.config.keys import option
from gradcheck.cli.configured_command import ConfiguredCommand
from gradcheck.cli.exit_codes import ExitCode
from gradcheck.cli.op_sources import Sources, find
from gradcheck.cli.options.config_file import config_options
from gradcheck.cli.options.selection import source_options
from gradcheck.errors import GradcheckError

if TYPE_CHECKING:
    from gradcheck.numeric.curve import Curve
    from gradcheck.results.result import Result

_LONGEST = 100  # characters of a file name; arbitrary: file systems take 255 bytes


class PlotError(GradcheckError):
    """A picture that cannot be drawn or written."""


@click.command("plot", cls=ConfiguredCommand)
@click.argument("op", metavar="OP", shell_complete=completers.ops)
@source_options
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write the SVG here, over a file that exists.  [default: OP.svg, if there is none]",
)
@option("cases", help="Cases to look for a failing one.")
@option("seed")
@option("dtypes")
@config_options
def command(
    *,
    op: str,
    sources: Sources,
    output: Path | None,
    cases: int,
    seed: int,
    dtypes: tuple[str, ...],
) -> int:
    """Draw |central difference − analytic| over the step of the difference.

    For an op that fails it is the entry that fails; for one that passes, an ordinary entry of a
    case near the last. The picture is an SVG file, which browsers show, in light or dark.

    \b
    gradcheck plot sigmoid
    gradcheck plot --ops my_ops.py dense -o dense.svg
    """
    from gradcheck.reports.formats.svg import as_svg
    from gradcheck.reports.text.printable import visible
    from gradcheck.results.settings import Settings
    from gradcheck.run.search import check_op

    spec = find(op, sources)
    path = output or Path(_file_name(spec.name))
    _check(path)
    if output is None and path.exists():
        raise PlotError(f"There is a file {str(path)!r} already; -o {path} replaces it.")
    settings = Settings(cases=cases, seed=seed, dtypes=dtypes, last_case=True)
    result = check_op(spec, settings)
    curve = _curve(result)
    if curve is None:
        raise PlotError(visible(_why_not(result)))
    _write(path, as_svg(curve, spec.name))
    click.echo(visible(f"{path}: {result.verdict} {spec.name}, derivative by {curve.where}"))
    return ExitCode.OK


def _check(path: Path) -> None:
    """Refuse a file that cannot be written, before anything runs."""
    if path.suffix.lower() != ".svg":
        raise PlotError(
            f"{str(path)!r} cannot be drawn: plot writes SVG, to a file that ends in .svg."
        )
    if not path.parent.is_dir():
        raise PlotError(f"There is no folder {str(path.parent)!r} to write {path.name!r} to.")


def _write(path: Path, picture: str) -> None:
    from gradcheck.reports.text import encoding

    try:
        encoding.write(path, picture)
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise PlotError(f"{str(path)!r} cannot be written: {why}.") from error


def _curve(result: Result) -> Curve | None:
    return result.last_curve if result.failure is None else result.failure.curve


def _why_not(result: Result) -> str:
    """The reason why there is nothing to draw."""
    if result.failure is not None:
        return (
            f"Nothing to draw: {result.op} fails, but not by the value of one entry: "
            f"{result.failure.headline}. See 'gradcheck run {result.op}'."
        )
    return (
        f"Nothing to draw: no case of {result.op} has an entry whose derivative is not zero and "
        f"has a reference. It is {result.verdict}."
    )


def _file_name(op: str) -> str:
    """An op's name as the name of a file in this folder."""
    return f"{re.sub(r'[^A-Za-z0-9_.-]', '_', op)[:_LONGEST].lstrip('.-') or 'op'}.svg"
