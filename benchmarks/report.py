"""The table that a person reads, and the JSON that a program reads."""

from __future__ import annotations

import importlib.metadata
import os
import platform
from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.peers import SKIPPED
from benchmarks.rows import Row

_PACKAGES = ("gradcheck", "numpy", "hypothesis", "click", "rich", "torch")
_NARROWEST = 120  # columns; where the output is no terminal, rich would take 80


def print_table(rows: Sequence[Row]) -> None:
    """Print each ratio with its target beside it and whether it holds."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("item")
    table.add_column("measure", overflow="fold", max_width=48)
    table.add_column("ratio", justify="right")
    table.add_column("target", justify="right")
    table.add_column("holds")
    table.add_column("made of", overflow="fold")
    before = ""
    for row in rows:
        if before and row.item != before:
            table.add_row()
        table.add_row(
            "" if row.item == before else row.item,
            row.measure,
            "" if row.ratio is None else f"{row.ratio:.2f}",
            str(row.target or ""),
            {None: "", True: "[green]yes[/]", False: "[red]NO[/]"}[row.holds],
            _detail(row).replace("[", r"\["),
        )
        before = row.item
    console = Console()
    console.print(table, width=max(console.width, _NARROWEST))


def as_data(rows: Sequence[Row], *, smoke: bool) -> dict[str, Any]:
    """What was measured, and on what."""
    return {
        "smoke": smoke,
        "python": platform.python_version(),
        "machine": {"system": platform.platform(), "cpus": os.cpu_count()},
        "packages": {name: _version(name) for name in _PACKAGES},
        "rows": [row.to_dict() for row in rows],
    }


def summary(rows: Sequence[Row]) -> str:
    """One line that counts the targets."""
    judged = [row.holds for row in rows if row.holds is not None]
    skipped = sum(bool(row.skipped) for row in rows)
    line = f"{sum(judged)} of {len(judged)} targets hold"
    return f"{line}, {skipped} skipped" if skipped else line


def _detail(row: Row) -> str:
    peers = [
        f"{name} {SKIPPED}" if figure is None else f"{name} {figure:.2f}"
        for name, figure in row.peers.items()
    ]
    if row.peers and not any(figure is not None for figure in row.peers.values()):
        peers = [f"torch {SKIPPED}"]
    return " · ".join(part for part in (row.skipped, *peers, row.detail) if part)


def _version(package: str) -> str | None:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None
