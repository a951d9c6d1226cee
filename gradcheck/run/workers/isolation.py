"""State that an op may change, saved before and put back after.

What cannot be put back are threads that still run and the variables of modules.
"""

from __future__ import annotations

import decimal
import locale
import os
import random
import signal
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from gradcheck.cases.sampling import op_seed
from gradcheck.results.result import Result

THREADS = 1  # of BLAS and OpenMP: sums may differ in the last bit with their number

Restore = Callable[[], object]


@dataclass(slots=True)
class Left:
    """Sentences about changes of an op that cannot be undone."""

    said: tuple[str, ...] = ()


def contained(op: str, seed: int, check: Callable[[], Result]) -> tuple[Result, Left]:
    """Run a check from its own state, and undo its changes."""
    with own_state(op_seed(seed, op)) as left:
        result = check()
    return result.noted(*left.said), left


@contextmanager
def own_state(seed: int) -> Iterator[Left]:
    """Seed the global generators; afterwards put back all that can be."""
    left = Left()
    threads = set(threading.enumerate())
    restores = [save() for save in _SAVES]
    with threadpool_limits(limits=THREADS):
        random.seed(seed)
        np.random.seed(seed % 2**32)
        try:
            yield left
        finally:
            lost = [sentence for restore in restores if (sentence := _tried(restore))]
            left.said = (*lost, *_still_running(threads))


def _tried(restore: Restore) -> str:
    try:
        restore()
    except Exception as error:  # noqa: BLE001 - a folder may be gone, a filter may be no list any more
        return f"what it changed could not be undone: {type(error).__name__}: {error}"
    return ""


def _still_running(before: set[threading.Thread]) -> Iterator[str]:
    count = sum(thread not in before for thread in threading.enumerate())
    if count:
        yield f"it left {count} {'thread' if count == 1 else 'threads'} running"


def _folder() -> Restore:
    return partial(os.chdir, os.getcwd())  # noqa: PTH109 - a plain string costs nothing


def _environment() -> Restore:
    before = dict(os.environ)

    def restore() -> None:
        if dict(os.environ) != before:
            os.environ.clear()
            os.environ.update(before)

    return restore


def _numpy() -> Restore:
    errors, call, printing = np.geterr(), np.geterrcall(), np.get_printoptions()

    def restore() -> None:
        np.seterr(**errors)
        np.seterrcall(call)
        np.set_printoptions(**printing)

    return restore


def _generators() -> Restore:
    plain, arrays = random.getstate(), np.random.get_state()

    def restore() -> None:
        random.setstate(plain)
        np.random.set_state(arrays)

    return restore


def _interpreter() -> Restore:
    depth, path, trace = sys.getrecursionlimit(), list(sys.path), sys.gettrace()
    streams = sys.stdin, sys.stdout, sys.stderr

    def restore() -> None:
        sys.setrecursionlimit(depth)
        sys.path[:] = path
        sys.stdin, sys.stdout, sys.stderr = streams
        sys.settrace(trace)

    return restore


def _warnings() -> Restore:
    kept = warnings.catch_warnings()
    kept.__enter__()
    return lambda: kept.__exit__(None, None, None)


def _locale() -> Restore:
    return partial(locale.setlocale, locale.LC_ALL, locale.setlocale(locale.LC_ALL))


def _decimal() -> Restore:
    return partial(decimal.setcontext, decimal.getcontext().copy())


def _signals() -> Restore:
    """Handlers and a pending alarm; only the main thread can set them."""
    if threading.current_thread() is not threading.main_thread():
        return lambda: None
    before: dict[signal.Signals, Any] = {s: signal.getsignal(s) for s in signal.Signals}

    def restore() -> None:
        if hasattr(signal, "setitimer"):
            signal.setitimer(signal.ITIMER_REAL, 0)
        for each, handler in before.items():
            if handler is not None and signal.getsignal(each) is not handler:
                signal.signal(each, handler)

    return restore


_SAVES: tuple[Callable[[], Restore], ...] = (
    *(_folder, _environment, _numpy, _generators, _interpreter),
    *(_warnings, _locale, _decimal, _signals),
)
