"""Results of ops whose worker ended, by itself or not."""

from __future__ import annotations

import re
import signal
from dataclasses import replace
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
    """The result of an op, by how its check ended."""
    if isinstance(ending, Done):
        result = from_plain(Result, ending.plain, "result")
    else:
        result = _gone(spec, ending, seed)
    return result.noted(ending.printed) if ending.printed else result


def failed(op: str, failure: Failure, *, seed: int, seconds: float = 0.0) -> Result:
    """The result of an op whose check could not return one."""
    return Result(
        op=op,
        verdict=failure.kind.verdict,
        reason=failure.message,
        failure=failure,
        seed=seed,
        seconds=seconds,
    )


def _gone(spec: OpSpec, gone: Gone, seed: int) -> Result:
    place = _place(spec, gone.trace)
    if gone.why:
        kind, headline = Kind.TIMEOUT, "it did not come back"
        was = f" It was{place}." if place else ""
        story = f"It did not come back and was ended: {gone.why}.{was}"
    else:
        kind, headline = Kind.CRASH, "the process crashed"
        story = f"The process that ran it {_ending(gone.status)}{place}."
    last = last_case(gone.case)
    failure = Failure(
        kind=kind,
        headline=headline,
        message=f"{story}{_about(last)}",
        case=last.report if last else None,
        location=spec.gradient.location if spec.gradient else spec.location,
    )
    result = failed(spec.name, failure, seed=seed, seconds=gone.seconds)
    cases = last.finished + 1 if last else 0
    return replace(result, cases=cases, signature=str(spec.signature or ""))


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
    """The place of the main thread, " in f at my_ops.py:12"."""
    frames = []
    for line in trace.partition(_CURRENT)[2].splitlines()[1:]:
        frame = _FRAME.match(line)
        if frame is None or is_own(frame["file"]):
            break
        frames.append(frame)
    own = [frame for frame in frames if frame["file"] == spec.location.file] or frames
    places = (f" in {f['function']} at {Path(f['file']).name}:{f['line']}" for f in own)
    return next(places, "")
