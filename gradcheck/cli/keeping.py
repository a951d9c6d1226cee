"""What runs leave for later ones: stored failures, the corpus, which ops failed last."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from gradcheck.cases import Case
    from gradcheck.cli.selecting import Sources
    from gradcheck.document.failures import StoredFailure
    from gradcheck.events import RunFinished
    from gradcheck.execution.tasks import Loading
    from gradcheck.results import Result
    from gradcheck.settings import Settings
    from gradcheck.spec import OpSpec
    from gradcheck.store import Store

FOLDER = ".gradcheck"
CORPUS = "gradcheck-corpus"
_FAILURES = "failures"
_LAST_RUN = "last-run.json"


def corpus_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--corpus`."""
    return click.option(
        "--corpus",
        default=CORPUS,
        show_default=True,
        metavar="DIR",
        help="Folder of pinned cases, with which every run of their ops starts.",
    )(command)


def keeping_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options about what earlier runs left."""
    last_failed = click.option(
        "--lf",
        "--last-failed",
        "last_failed",
        is_flag=True,
        help="Only ops that failed when they were last run.",
    )
    failed_first = click.option(
        "--ff", "--failed-first", "failed_first", is_flag=True, help="Those first, then the others."
    )
    return last_failed(failed_first(corpus_option(command)))


@dataclass(frozen=True, slots=True)
class Keeping:
    """The folder of a project in which runs leave things, and the corpus beside it.

    Attributes:
        folder: made when something is first kept; it tells git to ignore it.
        corpus: failures that are pinned: every run starts with them.
    """

    folder: Path
    corpus: Path

    @classmethod
    def here(cls, corpus: str = CORPUS) -> Keeping:
        """Those of the current folder."""
        return cls(Path.cwd() / FOLDER, Path.cwd() / corpus)

    @property
    def failures(self) -> Store:
        """Failures that runs have found."""
        from gradcheck.store import Store

        return Store(self.folder / _FAILURES)

    @property
    def pinned(self) -> Store:
        """Failures that are pinned."""
        from gradcheck.store import Store

        return Store(self.corpus)

    def keep(
        self,
        finished: RunFinished,
        specs: Iterable[OpSpec],
        sources: Sources,
        settings: Settings,
    ) -> Mapping[str, str]:
        """Store the failures of a run, and which ops failed.

        Returns:
            The id of each op's failure. What cannot be kept is told on standard error.
        """
        from gradcheck.document import DocumentError
        from gradcheck.document.failures import is_storable

        by_name = {spec.name: spec for spec in specs}
        ids: dict[str, str] = {}
        try:
            self._make()
            self._remember(finished)
        except DocumentError as error:
            click.echo(f"Failures are not kept: {error}", err=True)
            return ids
        for result in finished.results:
            if not result.verdict.is_failure or not is_storable(result):
                continue
            try:
                stored = _stored(result, by_name[result.op], sources, settings, finished.started)
                self.failures.save(stored)
            except DocumentError as error:
                click.echo(f"Note: {error}", err=True)
            else:
                ids[result.op] = stored.id
        return ids

    def _make(self) -> None:
        from gradcheck.document import write

        ignore = self.folder / ".gitignore"
        if not ignore.exists():
            write(ignore, "*\n")

    def _remember(self, finished: RunFinished) -> None:
        """Add the ops that failed to those that failed before and were not run now."""
        from gradcheck.document import write
        from gradcheck.document.last_run import LastRun

        run = {result.op for result in finished.results}
        failed = {result.op for result in finished.results if result.verdict.is_failure}
        before = set(self.last_failed())
        write(self.folder / _LAST_RUN, LastRun(failed=tuple(sorted(failed | before - run))).text())

    def last_failed(self) -> tuple[str, ...]:
        """The ops that failed when they were last run; a file that is broken counts as none."""
        from gradcheck.document import DocumentError
        from gradcheck.document.last_run import LastRun

        path = self.folder / _LAST_RUN
        try:
            return LastRun.load(path).failed if path.exists() else ()
        except DocumentError as error:
            click.echo(f"Note: {error} It is not used.", err=True)
            return ()

    def first_cases(self, specs: Sequence[OpSpec]) -> Mapping[str, list[Case]]:
        """The pinned cases of some ops.

        Raises:
            DocumentError: for a file of the corpus that cannot be read.
        """
        if not self.corpus.is_dir():
            return {}
        from gradcheck.errors import SpecError
        from gradcheck.recall import recalled

        by_name = {spec.name: spec for spec in specs}
        found: dict[str, list[Case]] = {}
        for stored in self.pinned:
            if stored.op not in by_name:
                continue
            try:
                case = recalled(stored.case, by_name[stored.op])
            except SpecError as error:
                click.echo(f"Note: pinned case {stored.id} is left out. {error}", err=True)
            else:
                found.setdefault(stored.op, []).append(case)
        return found

    def ordered(self, specs: Sequence[OpSpec], *, only: bool, first: bool) -> list[OpSpec]:
        """Ops that failed when they were last run: those alone, or before all others.

        As long as none of them did, all are taken.
        """
        if not (only or first):
            return list(specs)
        failed = set(self.last_failed())
        chosen = [spec for spec in specs if spec.name in failed]
        if not chosen:
            click.echo("None of these ops failed when it was last run: all are checked.", err=True)
            return list(specs)
        return chosen if only else [*chosen, *(s for s in specs if s.name not in failed)]

    def path_of(self, name: str) -> Path:
        """The file of a failure: by its path, or by its id here or in the corpus.

        Raises:
            DocumentError: if there is none.
        """
        if name.endswith(".json") or Path(name).is_file():
            return Path(name)
        pinned = self.pinned
        if any(path.stem.startswith(name) for path in pinned.paths()):
            return pinned.find(name)
        return self.failures.find(name)


def _stored(
    result: Result, spec: OpSpec, sources: Sources, settings: Settings, found: str
) -> StoredFailure:
    from gradcheck.document.failures import Origins, StoredFailure

    return StoredFailure.of(
        result,
        spec,
        Origins(modules=tuple(sources.modules), builtin=sources.builtin or not sources.modules),
        also=settings.also,
        found=found,
    )


def op_of(stored: StoredFailure, path: Path, modules: tuple[str, ...]) -> OpSpec:
    """Load the op that a failure is about.

    Args:
        stored: the failure.
        path: its file; a module is looked for in the folders around it, too.
        modules: where to load from instead of where it came from.

    Raises:
        LoadError, SelectionError: if it is not there any more.
    """
    return loading_of(stored, path, modules).registry().get(stored.op)


def loading_of(stored: StoredFailure, path: Path, modules: tuple[str, ...]) -> Loading:
    """Where to load the op from that a failure is about; see `op_of`."""
    from gradcheck.execution.tasks import Loading

    return Loading(
        modules=modules or tuple(_found(m, path) for m in stored.origins.modules),
        builtin=stored.origins.builtin and not modules,
    )


def _found(module: str, path: Path) -> str:
    """A module's file as it was given, or from the nearest folder around a stored failure."""
    if not module.endswith(".py") or Path(module).exists():
        return module
    around = (folder / module for folder in path.resolve().parents)
    return str(next((there for there in around if there.is_file()), module))
