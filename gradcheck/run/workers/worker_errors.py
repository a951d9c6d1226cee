"""What can go wrong with workers, where it is no op's fault."""

from __future__ import annotations

from gradcheck.errors import GradcheckError


class WorkerError(GradcheckError):
    """No worker can be started or reached, or the ops cannot be loaded there."""


class WorkerMistake(RuntimeError):
    """An error of gradcheck's own that came up in a worker; its text is the traceback."""

    def __init__(self, traceback: str) -> None:
        super().__init__(f"in a worker process:\n{traceback}")
