"""How long an op may take in a worker, and how much memory the worker may."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path

from gradcheck.errors import SettingsError
from gradcheck.run.memory_sizes import said_size

SILENCE = 600.0
"""Seconds without a case that is finished, after which an op is given up."""
GRACE = 5.0
"""Seconds that an op with a time limit may take beyond it, at least: a case may be slow."""


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
        """That with a check, which stops by itself after a time, between two cases."""
        return cls() if max_time is None else cls(max_time, max(max_time, GRACE))

    def end(self, *, began: float, heard: float) -> float:
        """When it ends, given when the task began and when it last told something."""
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
    """Bytes that the machine has, where a process can be kept from taking more."""
    if sys.platform != "linux":
        return None
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")


def limit_memory(size: int) -> None:
    """Let this process take so much memory and no more: what exceeds it is a MemoryError.

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
