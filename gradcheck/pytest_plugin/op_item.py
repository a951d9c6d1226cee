"""An op as a test of pytest."""

from __future__ import annotations

import os
import shlex
from pathlib import Path
from typing import Any

import pytest

from gradcheck.errors import GradientError
from gradcheck.pytest_plugin.module_sources import ModuleSource
from gradcheck.pytest_plugin.options import Options
from gradcheck.reports.terminal.console import plain
from gradcheck.reports.terminal.entry_table import failing_case
from gradcheck.reports.terminal.panel import panel
from gradcheck.reports.terminal.style import whole
from gradcheck.reports.text.printable import visible
from gradcheck.results.result import Result
from gradcheck.results.settings import Settings
from gradcheck.run.search import check_op
from gradcheck.spec.spec import OpSpec


class OpFailed(GradientError):
    """Failure of an op's test; its text is the whole panel."""

    def __init__(self, result: Result, text: str) -> None:
        super().__init__(text)
        self.result = result


class OpItem(pytest.Item):
    """An op; running it checks its gradient."""

    def __init__(
        self, *, spec: OpSpec, source: ModuleSource, options: Options, **rest: Any
    ) -> None:
        super().__init__(**rest)
        self.spec = spec
        self.source = source
        self.options = options
        self.extra_keyword_matches.update(spec.tags)
        self.add_marker("gradcheck")

    def runtest(self) -> None:
        """Check the op; skip the test where nothing is known, unless `strict`."""
        settings = Settings(cases=self.options.cases, seed=self.options.seed)
        result = check_op(self.spec, settings)
        self.user_properties += _properties(result)
        if result.verdict.fails(strict=self.options.strict):
            raise OpFailed(result, self._text(result, settings))
        if result.verdict.is_doubtful:
            pytest.skip(f"{self.name} is {result.verdict}: {visible(result.reason)}")

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Return the panel, without the traceback of what checked the op."""
        failed = excinfo.value
        if not isinstance(failed, OpFailed):
            return super().repr_failure(excinfo, style)
        shown: Any = excinfo.getrepr(style="value")
        if shown.reprcrash is not None:  # what the summary, JUnit and annotations show
            path, line, _ = self.reportinfo()
            shown.reprcrash.path = os.fspath(path)
            shown.reprcrash.lineno = (line or 0) + 1
            shown.reprcrash.message = _headline(failed.result)
        return shown

    def reportinfo(self) -> tuple[os.PathLike[str] | str, int | None, str]:
        """Return file and line (from 0) of the gradient."""
        location = self.spec.required_gradient().location or self.spec.location
        if not Path(location.file).is_file():
            return self.path, None, self.name
        return Path(location.file), location.line - 1, self.name

    def _text(self, result: Result, settings: Settings) -> str:
        """The panel of `gradcheck run`, with `-vv` entry by entry."""
        command = self._command(settings)
        shown = [*panel(result, command=command)]
        if result.failure is None:
            shown.append(whole("reproduce", command))
        if self.config.getoption("verbose") >= 2:
            shown += failing_case(result)
        return plain(*shown)

    def _command(self, settings: Settings) -> str:
        """The command that checks the op again, from where pytest was started."""
        here, source = self.config.invocation_params.dir, self.source
        words = ["gradcheck", "run", self.spec.name, "--seed", str(settings.seed)]
        words += ["-n", str(settings.cases), "--ops", source.dotted or _from(here, source.file)]
        command = shlex.join(words)
        if source.dotted and source.root != here:
            return f"{shlex.join(['cd', str(source.root)])} && {command}"
        return command


def _from(folder: Path, file: Path) -> str:
    """The path of a file, relative to a folder that contains it."""
    return str(file.relative_to(folder)) if file.is_relative_to(folder) else str(file)


def _headline(result: Result) -> str:
    problem = result.failure.headline if result.failure else result.reason
    return visible(f"{result.verdict}: {problem}")


def _properties(result: Result) -> list[tuple[str, object]]:
    """The properties of the test in a JUnit file."""
    return [
        ("gradcheck_verdict", str(result.verdict)),
        ("gradcheck_cases", result.cases),
        ("gradcheck_seed", result.seed),
        ("gradcheck_margin", repr(float(result.margin))),
    ]
