"""SIGTERM and SIGHUP as Ctrl-C: finished results are reported, no worker stays."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def termination_interrupts() -> Iterator[None]:
    """Raise KeyboardInterrupt on SIGTERM or SIGHUP, unless somebody else listens."""
    is_main = threading.current_thread() is threading.main_thread()
    named = [getattr(signal, name, None) for name in ("SIGTERM", "SIGHUP")]
    free = [n for n in named if n is not None and signal.getsignal(n) is signal.SIG_DFL]
    free = free if is_main else []
    for number in free:
        signal.signal(number, _interrupt)
    try:
        yield
    finally:
        for number in free:
            signal.signal(number, signal.SIG_DFL)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
