"""Run the command line as a user would, and look at all that comes back."""

import os
import subprocess
import sys
import textwrap
from dataclasses import dataclass

import pytest

from gradcheck.__main__ import main
from gradcheck.results.events import RunFinished
from gradcheck.results.result import Result
from gradcheck.results.verdict import Verdict
from tests.op_modules import DOUBLE_AND_CUBE

HEAVY = (
    "numpy",
    "hypothesis",
    "rich",
    "importlib.metadata",
    "gradcheck.spec.spec",
    "gradcheck.run.engine",
)
SCRIPT = """
import sys
from gradcheck.__main__ import main
try:
    main(sys.argv[1:])
except SystemExit as caught:
    print("status", caught.code)
finally:
    print("loaded", [name for name in {heavy!r} if name in sys.modules])
"""


@dataclass(frozen=True)
class Outcome:
    """Exit status, standard output and standard error of a command."""

    code: int
    out: str
    err: str

    @property
    def error(self):
        """The sentence behind "Error: "."""
        return self.err.partition("Error: ")[2].rstrip("\n")


@pytest.fixture(autouse=True)
def own_directory(own_modules, tmp_path, monkeypatch):
    """Work in an empty directory, at 120 columns, without colour."""
    # The time to see what failing cases have in common is spent in tests of the diagnosis.
    monkeypatch.setattr("gradcheck.run.failing._SURVEYED", 1)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "120")
    ours = [name for name in os.environ if name.startswith("GRADCHECK_")]
    for name in ("NO_COLOR", "FORCE_COLOR", *ours):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


@pytest.fixture
def gradcheck(capsys):
    """Call the command line in this process."""

    def call(*arguments):
        capsys.readouterr()
        with pytest.raises(SystemExit) as caught:
            main(arguments)
        out, err = capsys.readouterr()
        return Outcome(int(caught.value.code or 0), out, err)

    return call


@pytest.fixture
def module(own_directory):
    """Write a module of ops and return its name as a path."""

    def write(text, name="my_ops.py"):
        (own_directory / name).write_text(textwrap.dedent(text))
        return name

    return write


@pytest.fixture
def right_ops(module):
    return module(DOUBLE_AND_CUBE.format(prefix="my_", factor=3), "right_ops.py")


@pytest.fixture
def wrong_ops(module):
    return module(DOUBLE_AND_CUBE.format(prefix="my_", factor=2), "wrong_ops.py")


@pytest.fixture
def verdicts(monkeypatch):
    """Replace the engine by one that gives these verdicts, and return the calls it got."""
    calls = []

    def replace(*given, interrupted=False, raises=None):
        def run(specs, settings, listener, kept, check=None):
            calls.append((specs, settings))
            if raises is not None:
                raise raises
            results = (
                Result(op=spec.name, verdict=Verdict(verdict), cases=settings.cases)
                for spec, verdict in zip(specs, given, strict=False)
            )
            return RunFinished(tuple(results), 0.5, interrupted)

        monkeypatch.setattr("gradcheck.run.engine.run", run)
        monkeypatch.setattr("gradcheck.run.workers.pool.Pool.run", lambda _pool, *a: run(*a))
        return calls

    return replace


@pytest.fixture
def loaded_by():
    """Call the command line in a fresh process."""

    def call(*arguments, **environment):
        """Return output of the command line and which heavy modules it imported."""
        done = subprocess.run(
            [sys.executable, "-c", SCRIPT.format(heavy=HEAVY), *arguments],
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, **environment},
        )
        assert "status" in done.stdout, done.stderr
        return done.stdout + done.stderr

    return call
