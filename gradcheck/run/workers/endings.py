"""What it is called when a worker ends, or is ended, in the middle of an op."""

from __future__ import annotations

import re
import signal
from pathlib import Path

from gradcheck.results.documents import from_plain
from gradcheck.results.failure import Failure
from gradcheck.results.kind import Kind
from gradcheck.results.result import Result
from gradcheck.run.workers.last_case import LastCase, last_case
from gradcheck.run.workers.protocol import Done, Gone
from gradcheck.spec.home import is_own
from gradcheck.spec.spec import OpSpec

_FRAME = re.compile(r'^  File "(?P<file>.*)", line (?P<line>\d+) in (?P<function>.*)$')
_CURRENT = "Current thread"
_MEANINGS = {
    "SIGSEGV": "it touched memory that is not its own, or ran out of stack",
    "SIGBUS": "it touched memory that is not there",
    "SIGABRT": "it gave up by itself, as C code does when it finds its memory corrupted",
    "SIGFPE": "a whole number was divided by zero",
    "SIGILL": "it met an instruction that this processor does not have",
    "SIGKILL": "it was killed, by itself or from outside; the system does so when memory runs out",
    "SIGTERM": "it was asked to end, by itself or from outside",
}


def result_of(spec: OpSpec, ending: Done | Gone, *, seed: int) -> Result:
    """The result of an op whose check ended so, in a run with this seed."""
    if isinstance(ending, Done):
        result = from_plain(Result, ending.plain, "result")
    else:
        result = _gone(spec, ending, seed)
    return result.noted(ending.printed) if ending.printed else result


def no_worker(op: str, why: str, *, seed: int) -> Result:
    """The result of an op for which there is no worker, and the text says why."""
    failure = Failure(kind=Kind.SPEC, headline="no worker process for it", message=why)
    return Result(op=op, verdict=failure.kind.verdict, reason=why, failure=failure, seed=seed)


def _gone(spec: OpSpec, gone: Gone, seed: int) -> Result:
    place = _place(spec, gone.trace)
    if gone.why:
        kind, headline = Kind.TIMEOUT, "it did not come back"
        was = f" It was{place}." if place else ""
        said = f"It did not come back and was ended: {gone.why}.{was}"
    else:
        kind, headline = Kind.CRASH, "the process crashed"
        said = f"The process that ran it {_ending(gone.status)}{place}."
    last = last_case(gone.case)
    message = f"{said}{_about(last)}"
    failure = Failure(
        kind=kind,
        headline=headline,
        message=message,
        case=last.report if last else None,
        location=spec.gradient.location if spec.gradient else spec.location,
    )
    return Result(
        op=spec.name,
        verdict=kind.verdict,
        reason=message,
        cases=last.finished + 1 if last else 0,
        seconds=gone.seconds,
        seed=seed,
        failure=failure,
        signature=str(spec.signature or ""),
    )


def is_out_of_memory(failure: Failure) -> bool:
    """Whether the op raised MemoryError, or NumPy's kind of it."""
    return failure.raised is not None and failure.raised.type.endswith("MemoryError")


def _about(last: LastCase | None) -> str:
    if last is None:
        return (
            " No case was written down: if none had begun, look at the spec's domains, params and "
            "assume."
        )
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
        if found is None or is_own(found["file"]):
            break
        frames.append(found)
    own = [frame for frame in frames if frame["file"] == spec.location.file] or frames
    if not own:
        return ""
    frame = own[0]
    return f" in {frame['function']} at {Path(frame['file']).name}:{frame['line']}"
