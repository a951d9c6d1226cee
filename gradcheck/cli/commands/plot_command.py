"""`gradcheck plot`: the error of a numeric derivative over its step."""

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

if TYPE_CHECKING:
    from gradcheck.numeric.curve import Curve
    from gradcheck.results.result import Result

_LONGEST = 100  # characters of a file name; derived: file systems allow 143 to 255


@click.command(
    "plot", cls=ConfiguredCommand, short_help="Draw the error of an op's differences over the step."
)
@click.argument("op", metavar="OP", shell_complete=completers.ops)
@source_options
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write .svg or .png here, over a file that exists.  [default: OP.svg, if there is none]",
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
    """Check an op and draw |central difference − analytic|
    over the step of the difference.

    For an op that fails it is the entry that fails; for one that passes, an ordinary entry of a
    case near the last. Needs matplotlib: pip install 'gradcheck[plot]'.

    \b
    gradcheck plot sigmoid
    gradcheck plot --ops my_ops.py dense -o dense.png
    """
    from gradcheck.reports.formats.plot import PlotError, check_drawable, draw
    from gradcheck.reports.text.printable import visible
    from gradcheck.results.settings import Settings
    from gradcheck.run.search import check_op

    spec = find(op, sources)
    path = output or Path(_file_name(spec.name))
    check_drawable(path)
    if output is None and path.exists():
        raise PlotError(f"There is a file {str(path)!r} already; -o {path} replaces it.")
    settings = Settings(cases=cases, seed=seed, dtypes=dtypes, last_case=True)
    result = check_op(spec, settings)
    curve = _curve(result)
    if curve is None:
        raise PlotError(visible(_why_not(result)))
    draw(curve, spec.name, path)
    click.echo(visible(f"{path}: {result.verdict} {spec.name}, derivative by {curve.where}"))
    return ExitCode.OK


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
