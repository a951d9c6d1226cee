"""Options about what is drawn, for all commands that check ops."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, TypeVar

import click

from gradcheck.cli.config.choices import DTYPES

Command = TypeVar("Command", bound=Callable[..., Any])


def _cases(_context: click.Context, _parameter: click.Parameter, value: int) -> int:
    if value < 1:
        raise click.BadParameter(f"{value} is too few; at least 1 case must be drawn per op.")
    return value


def _seed(_context: click.Context, _parameter: click.Parameter, value: int) -> int:
    if value < 0:
        raise click.BadParameter(f"{value} is not a seed; a seed is a whole number, 0 or more.")
    return value


def _max_time(
    _context: click.Context, _parameter: click.Parameter, value: float | None
) -> float | None:
    if value is not None and not (value > 0 and math.isfinite(value)):
        raise click.BadParameter(f"{value:g} is not a time limit; give seconds, more than 0.")
    return value


def cases_option(text: str) -> Callable[[Command], Command]:
    """`-n`: how many cases; the text says of what."""
    return click.option("-n", "--cases", default=100, show_default=True, callback=_cases, help=text)


def max_time_option(text: str, name: str = "--max-time") -> Callable[[Command], Command]:
    """`--max-time`: seconds per op; the text says what stops then."""
    return click.option(name, type=float, metavar="SECONDS", callback=_max_time, help=text)


seed_option = click.option(
    "--seed",
    default=0,
    show_default=True,
    callback=_seed,
    help="Equal seeds give equal cases, whatever else is selected.",
)
dtype_option = click.option(
    "--dtype",
    "dtypes",
    multiple=True,
    type=click.Choice(DTYPES),
    help="Draw inputs in this dtype instead of those each op names; repeatable.",
)
