"""Ops that behave badly, and the command line to run them with."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Outcome:
    """What a command left: exit status, output, and the run that it saved."""

    code: int
    out: str
    err: str
    run: dict[str, Any]

    @property
    def results(self):
        return {result["op"]: result for result in self.run.get("results", ())}

    @property
    def verdicts(self):
        return {op: result["verdict"] for op, result in self.results.items()}


@pytest.fixture(scope="session")
def environment(pytestconfig):
    """That of this process, without what is configured, and with gradcheck on the path."""
    ours = {name: value for name, value in os.environ.items() if name[:10] != "GRADCHECK_"}
    return {**ours, "PYTHONPATH": str(pytestconfig.rootpath), "COLUMNS": "120"}


@pytest.fixture
def gradcheck(environment, tmp_path):
    """Run `python -m gradcheck` in an empty folder, as a process of its own."""

    def run(*arguments, **variables):
        done = subprocess.run(
            [sys.executable, "-m", "gradcheck", *arguments],
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            check=False,
            cwd=tmp_path,
            env={**environment, **variables},
        )
        saved = tmp_path / "run.json"
        found = json.loads(saved.read_text()) if saved.exists() else {}
        saved.unlink(missing_ok=True)
        return Outcome(done.returncode, done.stdout, done.stderr, found)

    return run


@pytest.fixture
def verdicts_of_bad_ops():
    """What each of them gets, in their order, with a limit of time and of memory."""
    return {
        "right_before": "PASS",
        "segfault": "CRASH",
        "python_loop": "TIMEOUT",
        "c_loop": "TIMEOUT",
        "hog": "ERROR",
        "leaves": "CRASH",
        "kills_itself": "CRASH",
        "recursion": "ERROR",
        "noise": "PASS",
        "babbles": "TIMEOUT",
        "changes": "FAIL",  # global state is to be as it was
        "right_after": "PASS",
    }


@pytest.fixture
def bad_ops(tmp_path):
    """The module of bad ops, in the folder in which commands run."""
    (tmp_path / "bad_ops.py").write_text((HERE / "bad_ops.py").read_text())
    return "bad_ops.py"


def timeless(document):
    """A saved run without what differs from one time to the next."""
    if isinstance(document, dict):
        return {k: timeless(v) for k, v in document.items() if k not in ("seconds", "started")}
    return list(map(timeless, document)) if isinstance(document, list) else document
