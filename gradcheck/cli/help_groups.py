"""Help pages in groups: options by their purpose, commands by theirs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import click

COMMANDS = {
    "Check gradients": {
        "run": "Check gradients and show what is wrong.",
        "replay": "Run a stored failure again, exactly.",
        "pin": "Keep a failing case: every run starts with it.",
        "audit": "Break gradients on purpose: would a check notice?",
        "museum": "Real gradient bugs: list them, see one found, verify all.",
    },
    "Look things up": {
        "list": "List ops: signature, tags, what they are.",
        "show": "Show one op, with a worked example.",
        "plot": "Draw the error of an op's differences over the step.",
        "explain": "Explain a property, a verdict or a word of a report.",
    },
    "Saved runs": {
        "compare": "Compare two saved runs: what got worse.",
        "merge": "Join the saved shards of a run.",
    },
    "Project": {
        "init": "Write a configuration, an op, a test and a workflow.",
        "config": "Show every setting, and where its value comes from.",
        "info": "Show versions, machine and project, for a bug report.",
        "completion": "Print a shell completion script.",
    },
}
OPTIONS = {
    "Ops": (
        *("keyword", "tags", "exclude", "modules", "builtin", "last_failed", "failed_first"),
        "watch",
    ),
    "Mutants": ("names", "listed", "min_score"),
    "Cases and checks": (
        *("cases", "seed", "dtypes", "also", "order", "hazards", "shrink", "diagnose"),
        *("failure_calls", "database", "corpus"),
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


def write_commands(page: click.HelpFormatter) -> None:
    """Write commands with their summaries, in groups, without importing them."""
    _write({group: list(commands.items()) for group, commands in COMMANDS.items()}, page)


def _write(groups: Mapping[str, Sequence[Record]], page: click.HelpFormatter) -> None:
    """Write groups that are not empty, their second columns below each other."""
    firsts = [len(first) for records in groups.values() for first, _ in records]
    width = min(max(firsts), _WIDEST)
    for group, records in groups.items():
        if records:
            with page.section(group):
                page.write_dl([(first.ljust(width), second) for first, second in records])
