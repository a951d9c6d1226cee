"""The case that a worker is about to run, in a file.

It is pickled, which takes some 50 µs, a document fifty times as long. Only the process that has
asked for the check reads it: it has imported the same modules.
"""

from __future__ import annotations

import pickle
import struct
import zlib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from gradcheck.cases.case import Case
from gradcheck.results.failure import CaseReport
from gradcheck.run.history.recall import reported

LARGEST = 2**20  # bytes of a case that is written; arbitrary: far more than anybody reads
_HEAD = struct.Struct("<QI")


@dataclass(frozen=True, slots=True, kw_only=True)
class LastCase:
    """A case that was about to be run.

    Attributes:
        finished: how many cases of the op were run before it.
        report: the case; None where it was too large or holds what cannot be pickled.
    """

    finished: int
    shapes: Mapping[str, tuple[int, ...]]
    report: CaseReport | None


class Recorder:
    """Writes last cases to a file, one over the other."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("wb", buffering=0)

    def write(self, case: Case, finished: int) -> None:
        """Put a case in the place of the one before."""
        small = sum(x.nbytes for x in case.inputs) <= LARGEST
        shapes = {name: x.shape for name, x in zip(case.names, case.inputs, strict=True)}
        last = LastCase(finished=finished, shapes=shapes, report=reported(case) if small else None)
        try:
            body = pickle.dumps(last, protocol=5)
        except Exception:  # noqa: BLE001 - a param may be anything
            body = pickle.dumps(LastCase(finished=finished, shapes=shapes, report=None))
        self._put(_HEAD.pack(len(body), zlib.crc32(body)) + body)

    def close(self) -> None:
        """Write no more; what was written stays."""
        self._file.close()

    def clear(self) -> None:
        """Forget the last case: another op begins."""
        self._put(_HEAD.pack(0, 0))

    def _put(self, data: bytes) -> None:
        """Write as much as fits: a full disk ends no check."""
        self._file.seek(0)
        with suppress(OSError):
            self._file.write(data)


def last_case(data: bytes) -> LastCase | None:
    """Read the case that a worker left, if it is complete."""
    try:
        size, digest = _HEAD.unpack_from(data)
    except struct.error:
        return None
    body = data[_HEAD.size : _HEAD.size + size]
    if not size or zlib.crc32(body) != digest:
        return None
    try:
        case = pickle.loads(body)  # noqa: S301 - written by a process that runs the same modules
    except Exception:  # noqa: BLE001 - the class of a param may not be importable here
        return None
    return case if isinstance(case, LastCase) else None
