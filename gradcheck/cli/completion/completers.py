"""Completions of arguments; nothing is imported that takes long."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

import click
from click.shell_completion import CompletionItem

Items = list[CompletionItem]


def ops(ctx: click.Context, _parameter: click.Parameter, start: str) -> Items:
    """Names of the ops that the command would load."""
    from gradcheck.cli.completion.op_names import names

    modules, builtin = _sources(ctx)
    return _fitting(names(modules, builtin=builtin), start)


def paths(_ctx: click.Context, _parameter: click.Parameter, start: str) -> Items:
    """Files, which the shell knows best."""
    return [CompletionItem(start, type="file")]


def profiles(_ctx: click.Context, _parameter: click.Parameter, start: str) -> Items:
    from gradcheck.cli.config.option_choices import PROFILES

    return _fitting(PROFILES, start)


def words(_ctx: click.Context, _parameter: click.Parameter, start: str) -> Items:
    """Properties and printed words, which `gradcheck explain` explains."""
    from gradcheck.reports.text.glossary import spellings
    from gradcheck.spec.property_names import NAMES

    return _fitting((*NAMES, *spellings()), start)


def reports(_ctx: click.Context, _parameter: click.Parameter, start: str) -> Items:
    from gradcheck.reports.exports import FORMATS

    return _fitting(FORMATS, start)


def failures(ctx: click.Context, _parameter: click.Parameter, start: str) -> Items:
    """Ids of stored failures, the latest first, and of pinned cases."""
    from gradcheck.cli.project import CORPUS, Project

    project = Project.here(ctx.params.get("corpus") or CORPUS)
    folders = (project.folder / "failures", project.corpus)  # a Store would import NumPy
    stored = [path for folder in folders for path in folder.glob("[!.]*.json")]
    stored.sort(key=lambda path: path.stat().st_mtime, reverse=True)
    return _fitting((path.stem for path in stored), start)


def _fitting(known: Iterable[str], start: str) -> Items:
    """Printable names that begin so."""
    fitting = (name for name in dict.fromkeys(known) if name.startswith(start))
    return [CompletionItem(name) for name in fitting if name.isprintable()]


def _sources(ctx: click.Context) -> tuple[tuple[str, ...], bool]:
    """Modules, and whether built-in ops are added; as typed, else configured."""
    typed = tuple(ctx.params.get("modules") or ())
    flag = ctx.params.get("builtin")
    if typed:
        return typed, bool(flag)
    from gradcheck.cli.config.config_errors import ConfigError
    from gradcheck.cli.config.precedence import resolve
    from gradcheck.cli.config.relative_paths import located

    try:
        settings = resolve(cwd=Path.cwd(), environ=os.environ).settings
    except ConfigError:
        return (), True
    return located(settings["ops"]), bool(flag) or bool(settings["builtin"].value)
