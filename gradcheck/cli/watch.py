"""`--watch`: check the ops of changed files again, and of their importers.

Each check is a process of its own. A module that is loaded again in the same one keeps what
others hold of the old one, and a result would be about a mixture of both.
"""

from __future__ import annotations

import contextlib
import functools
import importlib.util
import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gradcheck.cli.configured_command import arguments
from gradcheck.cli.exit_codes import ExitCode
from gradcheck.spec.importing import is_path

if TYPE_CHECKING:
    import subprocess

    from gradcheck.cli.op_sources import Sources
    from gradcheck.cli.options.selection import Selection

Stamps = Mapping[Path, tuple[int, ...]]
FLAG = "--watch"
# ms; arbitrary: a second is soon enough for a change that no event announced, and costs nothing.
_BACKSTOP = 1000
_PATIENCE = 10  # s to report after Ctrl-C; arbitrary: 2 to 30, reports take less than a second
_OUTCOMES = {
    ExitCode.OK: "passed",
    ExitCode.FAILED: "failed",
    ExitCode.USAGE: "could not be checked",
    ExitCode.NOTHING: "no selected op there",
    ExitCode.INTERRUPTED: "interrupted",
}


def watch_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--watch`, which replaces the command, and the internal `--changed`."""

    @click.option(
        FLAG,
        "watch",
        is_flag=True,
        help="Check all, then again what changes: the ops of a file, or of one that imports it.",
    )
    @click.option("--changed", multiple=True, hidden=True)
    @functools.wraps(command)
    def packed(*, selection: Selection, watch: bool, changed: tuple[str, ...], **rest: Any) -> Any:
        if watch:
            return _watch(selection.sources, _without_flag(arguments()))
        return command(selection=selection._replace(changed=changed), **rest)

    return packed


def _watch(sources: Sources, options: Sequence[str]) -> int:
    """Check everything, then what changes, until interrupted."""
    from gradcheck.cli.import_graph import affected, graph

    if importlib.util.find_spec("watchfiles") is None:
        raise click.UsageError(
            "--watch needs watchfiles, which is not installed: pip install 'gradcheck[watch]'."
        )
    roots = list(_roots(sources))
    files = graph(roots)
    stamps = _stamps(files)
    status = _check(options, "all ops", len(files))
    if not files:
        return status  # there is no such module, as the check has said
    while True:
        changed = _wait(stamps)
        files = graph(roots, files)
        stamps = _stamps(files)
        again = [part for file in sorted(affected(changed, files)) for part in ("--changed", file)]
        _check([*options, *map(str, again)], f"{_names(changed)} changed", len(files))


def _check(options: Sequence[str], why: str, watched: int) -> int:
    """Run the command in a process; print time and reason around it."""
    import subprocess

    _tell(why)
    started = time.monotonic()
    # Where the current folder is not on the path now, its files must not hide modules then.
    safe = [] if {"", str(Path.cwd())} & set(sys.path) else ["-P"]
    child = subprocess.Popen([sys.executable, *safe, "-m", "gradcheck", "run", *options])  # noqa: S603 - ourselves, with what we were given
    try:
        status = child.wait()
    except KeyboardInterrupt:
        _end(child)
        raise
    from gradcheck.reports.text.words import counted

    known = status in list(ExitCode)
    outcome = _OUTCOMES.get(ExitCode(status), "internal error") if known else f"ended by {-status}"
    took = f"{time.monotonic() - started:.1f} s"
    _tell(f"{why}: {outcome} in {took}; watching {counted(watched, 'file', 'files')}, Ctrl-C ends")
    return status


def _end(child: subprocess.Popen[bytes]) -> None:
    """Let a check report, which Ctrl-C has reached as well."""
    import subprocess

    try:
        child.wait(_PATIENCE)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


def _wait(before: Stamps) -> set[Path]:
    """Wait for files to change, and return them."""
    from watchfiles import watch

    # What happens before the watching begins is seen at the first look: a moment later at most.
    folders = {file.parent for file in before if file.parent.is_dir()}
    looks: Iterator[object] = watch(
        *folders,
        watch_filter=None,
        recursive=False,
        rust_timeout=_BACKSTOP,
        yield_on_timeout=True,
    )
    for _ in looks:
        now = _stamps(before)
        changed = {file for file in now if now[file] != before.get(file)}
        if changed:
            return changed
    raise KeyboardInterrupt


def _stamps(files: Iterable[Path]) -> dict[Path, tuple[int, ...]]:
    """Marks that change whenever a file does; a missing file has none."""
    stamps: dict[Path, tuple[int, ...]] = {}
    for file in files:
        with contextlib.suppress(OSError):
            status = file.stat()
            stamps[file] = (status.st_mtime_ns, status.st_size, status.st_ino)
    return stamps


def _roots(sources: Sources) -> Iterator[Path]:
    """The files of the modules that ops are loaded from."""
    from gradcheck.cli.completion.op_names import folder_of_builtin
    from gradcheck.cli.import_graph import files_of

    configured = sources.settings["ops"].folder
    folders = [Path.cwd(), *([configured] if configured else []), *map(Path, sys.path)]
    for module in sources.modules:
        if is_path(module):
            file = Path(module, "__init__.py") if Path(module).is_dir() else Path(module)
            yield from [file] * file.is_file()
        else:
            yield from files_of(module, folders)
    if sources.with_builtin:
        yield from sorted(folder_of_builtin().glob("*.py"))


def _without_flag(options: Sequence[str]) -> list[str]:
    end = options.index("--") if "--" in options else len(options)
    return [option for place, option in enumerate(options) if place > end or option != FLAG]


def _names(files: Iterable[Path]) -> str:
    from gradcheck.errors import listing

    return listing(sorted(os.path.relpath(file) for file in files))


def _tell(sentence: str) -> None:
    from gradcheck.reports.text.printable import visible

    click.echo(f"{time.strftime('%H:%M:%S')}  {visible(sentence)}", err=True)
