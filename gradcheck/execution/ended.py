"""What it is called when a worker ends, or is ended, in the middle of an op."""

from __future__ import annotations

import re
import signal
from dataclasses import dataclass
from pathlib import Path

from gradcheck.execution.last_case import LastCase
from gradcheck.results import Failure, Kind, Result
from gradcheck.sizes import said_size
from gradcheck.spec import OpSpec

_PACKAGE = str(Path(__file__).parents[1])
_FRAME = re.compile(r'^  File "(?P<file>.*)", line (?P<line>\d+) in (?P<function>.*)$')
_CURRENT = "Current thread"
_LONGEST = 80  # characters of an op's output that a note repeats
_MEANINGS = {
    "SIGSEGV": "it touched memory that is not its own, or ran out of stack",
    "SIGBUS": "it touched memory that is not there",
    "SIGABRT": "it gave up by itself, as C code does when it finds its memory corrupted",
    "SIGFPE": "a whole number was divided by zero",
    "SIGILL": "it met an instruction that this processor does not have",
    "SIGKILL": "it was killed, by itself or from outside; the system does so when memory runs out",
    "SIGTERM": "it was asked to end, by itself or from outside",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Traces:
    """What a worker left behind.

    Attributes:
        last: the case that it was at.
        trace: what the interpreter wrote about where it was.
    """

    last: LastCase | None
    trace: str


def crashed(
    spec: OpSpec, status: int | None, traces: Traces, *, seed: int, seconds: float
) -> Result:
    """The result of an op whose process ended.

    Args:
        spec: the op.
        status: the exit status; a signal counts negative, None is not known.
        traces: what is left.
        seed: the run's.
        seconds: how long it took.
    """
    return _result(
        spec,
        Kind.CRASH,
        traces.last,
        headline="the process crashed",
        said=f"The process that ran it {_ending(status)}{_place(spec, traces.trace)}.",
        seed=seed,
        seconds=seconds,
    )


def given_up(spec: OpSpec, why: str, traces: Traces, *, seed: int, seconds: float) -> Result:
    """The result of an op whose process was ended because it did not come back."""
    place = _place(spec, traces.trace)
    return _result(
        spec,
        Kind.TIMEOUT,
        traces.last,
        headline="it did not come back",
        said=f"It did not come back and was ended: {why}.{f' It was{place}.' if place else ''}",
        seed=seed,
        seconds=seconds,
    )


def is_out_of_memory(failure: Failure) -> bool:
    """Whether the op raised MemoryError, or NumPy's kind of it."""
    return failure.raised is not None and failure.raised.type.endswith("MemoryError")


def output_note(size: int, tail: bytes) -> str:
    """A sentence about what an op printed; empty if it printed nothing."""
    if not size:
        return ""
    lines = tail.decode("utf-8", errors="replace").split("\n")
    last = next((line.strip() for line in reversed(lines) if line.strip()), "")
    if len(last) > _LONGEST:
        last = f"…{last[-_LONGEST:]}"
    return f"it printed {said_size(size)}{f', last: {last}' if last else ''}"


def _result(
    spec: OpSpec,
    kind: Kind,
    last: LastCase | None,
    *,
    headline: str,
    said: str,
    seed: int,
    seconds: float,
) -> Result:
    message = f"{said}{_about(last)}"
    gradient = spec.gradient
    failure = Failure(
        kind=kind,
        headline=headline,
        message=message,
        case=last.report if last else None,
        location=gradient.location if gradient else spec.location,
    )
    return Result(
        op=spec.name,
        verdict=kind.verdict,
        reason=message,
        cases=last.finished + 1 if last else 0,
        seconds=seconds,
        seed=seed,
        failure=failure,
        signature=str(spec.signature or ""),
    )


def _about(last: LastCase | None) -> str:
    if last is None:
        return " No case had begun: look at the spec's domains, params and assume."
    if last.report is None:
        shapes = ", ".join(f"{name} of shape {shape}" for name, shape in last.shapes.items())
        return f" Its case is too large, or too special, to be kept: {shapes}."
    return ""


def _ending(status: int | None) -> str:
    if status is None:
        return "is gone"
    if status >= 0:
        return f"exited with status {status}, as os._exit({status}) does"
    try:
        name = signal.Signals(-status).name
    except ValueError:
        return f"was ended by signal {-status}"
    meaning = _MEANINGS.get(name)
    return f"was ended by {name}{f' ({meaning})' if meaning else ''}"


def _place(spec: OpSpec, trace: str) -> str:
    """Where the main thread was, " in f at my_ops.py:12": in the op's own file if it was there."""
    frames = []
    for line in trace.partition(_CURRENT)[2].splitlines()[1:]:
        found = _FRAME.match(line)
        if found is None or found["file"].startswith(_PACKAGE):
            break
        frames.append(found)
    own = [frame for frame in frames if frame["file"] == spec.location.file] or frames
    if not own:
        return ""
    frame = own[0]
    return f" in {frame['function']} at {Path(frame['file']).name}:{frame['line']}"
