"""The folder of a project: stored failures, corpus, the last run."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gradcheck.cli.messages import note

if TYPE_CHECKING:
    from gradcheck.cases.case import Case
    from gradcheck.results.events import RunFinished
    from gradcheck.results.settings import Settings
    from gradcheck.run.history.store import Store
    from gradcheck.run.history.stored_failure import Origins
    from gradcheck.spec.spec import OpSpec

FOLDER = ".gradcheck"
CORPUS = "gradcheck-corpus"
_FAILURES = "failures"
_LAST_RUN = "last-run.json"


@dataclass(frozen=True, slots=True)
class Project:
    """The folder in which runs leave things, and the corpus.

    Attributes:
        folder: made when something is first stored; it tells git to ignore it.
        corpus: pinned failures, with which every run starts.
    """

    folder: Path
    corpus: Path

    @classmethod
    def here(cls, corpus: str = CORPUS) -> Project:
        """The project of the current folder."""
        return cls(Path.cwd() / FOLDER, Path.cwd() / corpus)

    @property
    def failures(self) -> Store:
        from gradcheck.run.history.store import Store

        return Store(self.folder / _FAILURES)

    @property
    def pinned(self) -> Store:
        from gradcheck.run.history.store import Store

        return Store(self.corpus)

    def keep(
        self,
        finished: RunFinished,
        specs: Iterable[OpSpec],
        origins: Origins,
        settings: Settings,
    ) -> Mapping[str, str]:
        """Store the failures of a run, and which ops failed.

        Args:
            origins: where the specs were loaded from.

        Returns:
            The id of each op's failure. A failure that cannot be stored is noted on standard error.
        """
        from gradcheck.results.documents import DocumentError
        from gradcheck.run.history.stored_failure import StoredFailure, is_storable

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
                stored = StoredFailure.of(
                    result,
                    by_name[result.op],
                    origins,
                    also=settings.also,
                    found=finished.started,
                )
                self.failures.save(stored)
            except DocumentError as error:
                note(str(error))
            else:
                ids[result.op] = stored.id
        return ids

    def _make(self) -> None:
        from gradcheck.results.documents import write

        ignore = self.folder / ".gitignore"
        if not ignore.exists():
            write(ignore, "*\n")

    def _remember(self, finished: RunFinished) -> None:
        """Add failed ops to those that failed before and were not run."""
        from gradcheck.results.documents import write
        from gradcheck.run.history.last_run import LastRun

        run = {result.op for result in finished.results}
        failed = {result.op for result in finished.results if result.verdict.is_failure}
        before = set(self.last_failed())
        write(self.folder / _LAST_RUN, LastRun(failed=tuple(sorted(failed | before - run))).text())

    def last_failed(self) -> tuple[str, ...]:
        """Ops whose last run failed; none where the record is broken."""
        from gradcheck.results.documents import DocumentError
        from gradcheck.run.history.last_run import LastRun

        path = self.folder / _LAST_RUN
        try:
            return LastRun.load(path).failed if path.exists() else ()
        except DocumentError as error:
            note(f"{error} It is not used.")
            return ()

    def first_cases(self, specs: Sequence[OpSpec]) -> Mapping[str, list[Case]]:
        """The pinned cases of some ops.

        Raises:
            DocumentError: for a file of the corpus that cannot be read.
        """
        if not self.corpus.is_dir():
            return {}
        from gradcheck.errors import SpecError
        from gradcheck.run.history.recall import recalled

        by_name = {spec.name: spec for spec in specs}
        cases: dict[str, list[Case]] = {}
        for stored in self.pinned:
            if stored.op not in by_name:
                continue
            try:
                case = recalled(stored.case, by_name[stored.op])
            except SpecError as error:
                note(f"the pinned case {stored.id} is left out. {error}")
            else:
                cases.setdefault(stored.op, []).append(case)
        return cases

    def ordered(self, specs: Sequence[OpSpec], *, only: bool, first: bool) -> list[OpSpec]:
        """Ops that failed last, alone or first; all if there are none."""
        if not (only or first):
            return list(specs)
        failed = set(self.last_failed())
        chosen = [spec for spec in specs if spec.name in failed]
        if not chosen:
            click.echo("None of these ops failed when it was last run: all are checked.", err=True)
            return list(specs)
        return chosen if only else [*chosen, *(s for s in specs if s.name not in failed)]

    def path_of(self, name: str) -> Path:
        """The file of a failure, by path or by id.

        Raises:
            DocumentError: if there is none.
        """
        from gradcheck.run.history.store import SUFFIX, find

        if name.endswith(SUFFIX) or os.path.isfile(name):  # noqa: PTH113 - false for any text
            return Path(name)
        return find(name, self.pinned, self.failures)

    def paths(self) -> list[Path]:
        """Files of all failures, the latest first; pinned files where pinned."""
        by_id = {path.stem: path for path in self.pinned.paths()}
        by_id |= {path.stem: by_id.get(path.stem, path) for path in self.failures.paths()}
        return list(reversed(by_id.values()))

    def holds(self, path: Path) -> bool:
        """Whether a failure can be deleted; one in the corpus cannot."""
        return self._own(path) is not None

    def forget(self, path: Path) -> bool:
        """Delete a failure outside of the corpus; return whether that worked."""
        own = self._own(path)
        try:
            if own is not None:
                own.unlink()
        except OSError as error:
            note(f"{path.name} cannot be deleted: {error.strerror}.")
            return False
        return own is not None

    def _own(self, path: Path) -> Path | None:
        """Our own file of a failure, also of a pinned one."""
        ours = self.failures.folder
        own = ours / path.name
        near = os.path.realpath(path.parent) in map(os.path.realpath, (ours, self.corpus))
        return own if near and own.is_file() else None
