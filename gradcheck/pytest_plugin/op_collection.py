"""Collection of modules of ops by pytest.

No such module is imported here, nor anything that checks ops: a run of other tests does not
wait for them.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from gradcheck.errors import LoadError
from gradcheck.pytest_plugin.module_sources import ModuleSource, find_source
from gradcheck.pytest_plugin.op_module import OpModule
from gradcheck.pytest_plugin.options import Options


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class OpCollecting:
    """The plugin that is registered where modules of ops are named.

    Attributes:
        sources: the modules of ops, by the real path of their file.
        options: how they are checked.
    """

    sources: dict[str, ModuleSource]
    options: Options

    @classmethod
    def configured(cls, config: pytest.Config) -> OpCollecting:
        """Read pytest's options, and have the modules collected."""
        here, root = config.invocation_params.dir, config.rootpath
        key = "gradcheck_modules"
        typed = [_source("--gradcheck", name, here) for name in config.getoption("gradcheck")]
        listed = [_source(key, name, root) for name in config.getini(key)]
        _add_arguments(config, typed, listed)
        sources = {os.path.realpath(source.file): source for source in (*listed, *typed)}
        return cls(sources=sources, options=Options.of(config))

    def pytest_report_header(self) -> str:
        """The seed and number of cases, which reproduce a run."""
        return f"gradcheck: seed {self.options.seed}, {self.options.cases} cases each"

    @pytest.hookimpl(hookwrapper=True)
    def pytest_collect_file(self, file_path: Path, parent: pytest.Collector) -> Iterator[None]:
        """Collect a module of ops, as tests only if named so."""
        outcome: Any = yield
        source = self.sources.get(os.path.realpath(file_path))
        if source is None:
            return
        collectors = outcome.get_result()
        if not any(file_path.match(glob) for glob in parent.config.getini("python_files")):
            # Whatever is named as an argument is taken for tests, and would be imported twice.
            collectors = [c for c in collectors if not isinstance(c, pytest.Module)]
        # Outside the root, pytest would give all files named as arguments the same, empty, id.
        outside = not file_path.is_relative_to(parent.config.rootpath)
        ours = OpModule.from_parent(
            parent,
            path=file_path,
            nodeid=str(file_path) if outside else None,
            source=source,
            others=frozenset(self.sources),
            options=self.options,
        )
        outcome.force_result([ours, *collectors])

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item) -> Iterator[None]:
        """Report a skipped op at its own line, not at ours."""
        outcome: Any = yield
        report = outcome.get_result()
        if report.when == "call" and report.skipped and isinstance(item.parent, OpModule):
            path, line, _ = item.reportinfo()
            report.longrepr = (os.fspath(path), (line or 0) + 1, report.longrepr[2])


def _source(option: str, named: str, root: Path) -> ModuleSource:
    try:
        return find_source(named, root)
    except LoadError as error:
        raise pytest.UsageError(f"{option} {named}: {error}") from None


def _add_arguments(
    config: pytest.Config, typed: list[ModuleSource], listed: list[ModuleSource]
) -> None:
    """Have pytest collect the modules.

    Those of `--gradcheck` count as arguments: they take the place of `testpaths`, and stand
    beside other arguments. Those of the configuration belong to a run that was given none.
    """
    has_arguments = config.args_source is config.ArgsSource.ARGS
    here = config.invocation_params.dir
    if typed and not has_arguments:
        config.args[:] = []
    whole = here == config.rootpath and not has_arguments
    added = typed or (listed if whole else [])
    named = {os.path.realpath(here / arg.partition("::")[0]) for arg in config.args}
    config.args += [str(s.file) for s in added if os.path.realpath(s.file) not in named]
