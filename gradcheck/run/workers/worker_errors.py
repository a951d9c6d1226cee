"""Errors of workers that are no op's fault."""

from __future__ import annotations

from gradcheck.errors import GradcheckError


class WorkerError(GradcheckError):
    """No worker can be started or reached, or none is usable."""


class WorkerMistake(RuntimeError):
    """An error of gradcheck's own in a worker, as its traceback."""

    def __init__(self, traceback: str) -> None:
        super().__init__(f"in a worker process:\n{traceback}")
