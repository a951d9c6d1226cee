"""Limits of time and memory for ops in workers."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path

from gradcheck.errors import SettingsError
from gradcheck.run.memory_sizes import said_size

# Seconds without a finished case until an op is given up; arbitrary: far longer than a case takes.
SILENCE = 600.0
GRACE = 5.0  # seconds beyond a time limit, at least; arbitrary: a case may be slow


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a task may take.

    Attributes:
        limit: seconds; None as long as cases come back.
        grace: seconds beyond the limit, for a task that is to stop by itself.
    """

    limit: float | None = None
    grace: float = 0.0

    @classmethod
    def with_check(cls, max_time: float | None) -> Patience:
        """The patience with a check, which stops by itself between two cases."""
        return cls() if max_time is None else cls(max_time, max(max_time, GRACE))

    def end(self, *, began: float, heard: float) -> float:
        """When it ends, by the task's beginning and its last message."""
        if self.limit is None:
            return heard + SILENCE
        return began + self.limit + self.grace

    @property
    def said(self) -> str:
        """Why it has ended, as the end of a sentence."""
        if self.limit is None:
            return f"no case came back for {SILENCE:g} s"
        grace = f" and a grace of {self.grace:g} s" if self.grace else ""
        return f"{self.limit:.3g} s{grace} were up"


def memory_of_machine() -> int | None:
    """Bytes of the machine, where a process can be limited to them."""
    if sys.platform != "linux":
        return None
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")


def limit_memory(size: int) -> None:
    """Limit the memory of this process: more than that is a MemoryError.

    The limit is on data, not on addresses: BLAS reserves far more of those than it uses.

    Raises:
        SettingsError: if the process takes more already.
    """
    import resource

    taken = _data_of_this_process()
    if taken >= size:
        raise SettingsError(
            f"--max-memory {said_size(size)} is too little: a worker takes {said_size(taken)} "
            "before it runs any op."
        )
    resource.setrlimit(resource.RLIMIT_DATA, (size, size))


def _data_of_this_process() -> int:
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmData:"):
            return int(line.split()[1]) * 1024
    return 0
