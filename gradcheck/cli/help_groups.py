"""Help pages in groups: options by their purpose, commands by theirs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import click

COMMANDS = {
    "Check gradients": ("run", "replay", "pin", "audit", "museum"),
    "Look things up": ("list", "show", "plot", "explain"),
    "Saved runs": ("compare", "merge"),
    "Project": ("init", "config", "info", "completion"),
}
OPTIONS = {
    "Ops": (
        *("keyword", "tags", "exclude", "modules", "builtin", "last_failed", "failed_first"),
        "watch",
    ),
    "Mutants": ("names", "listed", "min_score"),
    "Cases and checks": (
        *("cases", "seed", "dtypes", "also", "order", "hazards", "shrink", "diagnose"),
        *("database", "corpus"),
    ),
    "When to stop": ("fail_fast", "maxfail", "max_time", "max_run_time"),
    "Where ops run": ("jobs", "isolate", "max_memory", "scheduler", "shard"),
    "Exit status": ("strict", "exit_zero"),
    "Output": (
        *("form", "listing", "verbose", "quiet", "sort", "failures_only", "coverage"),
        *("durations", "color"),
    ),
    "Files": ("reports", "report_dir", "save", "against"),
    "Configuration": ("profile", "config_file"),
}
_OTHER = "Other"
_FEW = 12  # options; arbitrary: from 10 to 20 the same pages are divided, those of run and config
_WIDEST = 30  # columns; derived: click's own limit for the first column

Record = tuple[str, str]


def write_options(command: click.Command, ctx: click.Context, page: click.HelpFormatter) -> None:
    """Write the options of a command, in groups if there are many."""
    options = [p for p in command.get_params(ctx) if isinstance(p, click.Option)]
    records = [(p.name, r) for p in options if (r := p.get_help_record(ctx))]
    if len(records) <= _FEW:
        groups = {"Options": [record for _, record in records]}
    else:
        group_of = {name: group for group, names in OPTIONS.items() for name in names}
        groups = {group: [] for group in (*OPTIONS, _OTHER)}
        for name, record in records:
            groups[group_of.get(name or "", _OTHER)].append(record)
    _write(groups, page)


def write_commands(records: Iterable[Record], page: click.HelpFormatter) -> None:
    """Write commands with their summaries, in groups."""
    summaries = dict(records)
    _write({g: [(n, summaries[n]) for n in names] for g, names in COMMANDS.items()}, page)


def _write(groups: Mapping[str, Sequence[Record]], page: click.HelpFormatter) -> None:
    """Write groups that are not empty, their second columns below each other."""
    firsts = [len(first) for records in groups.values() for first, _ in records]
    width = min(max(firsts), _WIDEST)
    for group, records in groups.items():
        if records:
            with page.section(group):
                page.write_dl([(first.ljust(width), second) for first, second in records])
