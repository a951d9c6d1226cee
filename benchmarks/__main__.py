"""`python -m benchmarks`: measure, print a table, write JSON if asked to."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from benchmarks import detection, entries, extras, large, point, reports, startup, workers
from benchmarks.report import as_data, print_table, summary
from benchmarks.rows import Row
from benchmarks.timing import keep_freed_memory

ITEMS = {
    item.NAME: item.rows
    for item in (startup, point, entries, large, extras, detection, reports, workers)
}


@click.command()
@click.option("--smoke", is_flag=True, help="Small sizes and few repeats, to see that it runs.")
@click.option(
    "--only", "chosen", multiple=True, type=click.Choice(tuple(ITEMS)), help="Repeatable."
)
@click.option(
    "--json", "path", type=click.Path(dir_okay=False, path_type=Path), help="Write the rows here."
)
@click.option("--check", is_flag=True, help="Exit with 1 if a target is missed.")
def main(*, smoke: bool, chosen: tuple[str, ...], path: Path | None, check: bool) -> None:
    """Measure gradcheck against its targets; the exit code is 0 unless --check is given."""
    keep_freed_memory()
    rows: list[Row] = []
    for name in chosen or ITEMS:
        for row in ITEMS[name](smoke=smoke):
            rows.append(row)
            click.echo(f"{name}: {row.measure}", err=True)
    print_table(rows)
    click.echo(f"\n{summary(rows)}{' (a smoke run: sizes differ)' if smoke else ''}")
    if path is not None:
        path.write_text(json.dumps(as_data(rows, smoke=smoke), indent=2), encoding="utf-8")
    if check and any(row.holds is False for row in rows):
        sys.exit(1)


if __name__ == "__main__":
    main()
