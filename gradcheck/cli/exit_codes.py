"""What the exit status of `gradcheck` says."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """Exit statuses, the same for every command."""

    OK = 0
    """All ops passed."""
    FAILED = 1
    """A gradient is wrong, or an op raised, crashed or hung."""
    USAGE = 2
    """The command line, a setting or an op module cannot be used."""
    INTERNAL = 3
    """gradcheck itself failed, or could not write what it found."""
    NOTHING = 5
    """No op was selected."""
    INTERRUPTED = 130
    """Stopped by Ctrl-C."""
