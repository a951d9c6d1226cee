"""Exit statuses of `gradcheck`."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """Exit statuses, the same for every command."""

    OK = 0  # all ops passed
    FAILED = 1  # a gradient is wrong, or an op raised, crashed or hung
    USAGE = 2  # the command line, a setting or an op module cannot be used
    INTERNAL = 3  # gradcheck itself failed, or could not write its results
    NOTHING = 5  # no op was selected, or none was judged; as pytest has it
    INTERRUPTED = 130  # stopped by Ctrl-C; as shells have it
