"""Results of ops whose worker ended, by itself or not."""

import numpy as np
import pytest

import gradcheck as gc
from gradcheck.cases.case import Case
from gradcheck.results.documents import to_plain
from gradcheck.results.failure import Failure, Raised
from gradcheck.results.kind import Kind
from gradcheck.results.result import Result
from gradcheck.results.verdict import Verdict
from gradcheck.run.workers.endings import failed, is_out_of_memory, result_of
from gradcheck.run.workers.last_case import Recorder
from gradcheck.run.workers.protocol import Done, Gone

OP = gc.op("(...)->(...)", name="f")(np.sin).vjp(lambda g, x: g * np.cos(x))


def gone(**changes):
    ending = {"why": "", "status": None, "case": b"", "trace": "", "printed": "", "seconds": 2.0}
    return result_of(OP, Gone(**{**ending, **changes}), seed=5)


def recorded(folder, x, finished):
    recorder = Recorder(folder / "case")
    recorder.write(Case(inputs=(x,), names=("x",)), finished)
    recorder.close()
    return (folder / "case").read_bytes()


def test_a_result_comes_back_with_a_note_about_what_was_printed():
    result = Result(op="f", verdict=Verdict.PASS, cases=3)
    assert result_of(OP, Done(to_plain(result), spent=False), seed=5) == result
    noted = result_of(OP, Done(to_plain(result), spent=False, printed="it printed"), seed=5)
    assert noted == result.noted("it printed")


@pytest.mark.parametrize(
    ("status", "how"),
    [
        (None, "is gone"),
        (0, "exited with status 0, as os._exit(0) does"),
        (3, "exited with status 3"),
        (-11, "was ended by SIGSEGV (it touched memory that is not its own"),
        (-10, "was ended by SIGUSR1"),
        (-250, "was ended by signal 250"),
    ],
)
def test_a_process_that_ended_by_itself_crashed(status, how):
    result = gone(status=status)
    assert result.verdict is Verdict.CRASH
    assert result.reason.startswith(f"The process that ran it {how}")
    assert "No case was written down" in result.reason
    assert (result.seed, result.seconds, result.cases) == (5, 2.0, 0)


def test_a_process_that_was_ended_hung():
    result = gone(why="1 s were up")
    assert result.verdict is Verdict.TIMEOUT
    assert result.reason.startswith("It did not come back and was ended: 1 s were up.")


def test_the_place_is_in_the_op_s_own_file_if_it_was_there():
    frames = f"""Current thread 0x1 (most recent call first):
  File "/lib/other.py", line 3 in helper
  File "{OP.location.file}", line 7 in forward
  File "{gc.__file__}", line 1 in called_from
"""
    assert " in forward at test_endings.py:7." in gone(status=-11, trace=frames).reason
    other = frames.replace(OP.location.file, "/lib/more.py")
    assert " in helper at other.py:3." in gone(status=-11, trace=other).reason
    assert "It was in helper at other.py:3." in gone(why="late", trace=other).reason


def test_the_last_case_is_shown_and_counted(tmp_path):
    result = gone(status=-9, case=recorded(tmp_path, np.array([3.0]), 6))
    assert result.cases == 7
    assert result.failure.case.inputs["x"].tolist() == [3.0]


def test_a_case_that_was_too_large_is_described(tmp_path):
    result = gone(status=-9, case=recorded(tmp_path, np.zeros((2, 2**18)), 0))
    assert "too large, or too special, to be kept: x of shape (2, 262144)." in result.reason
    assert result.failure.case is None


def test_a_check_that_returned_nothing_fails_as_its_kind_says():
    failure = Failure(kind=Kind.SPEC, headline="no worker process for it", message="why")
    result = failed("f", failure, seed=3)
    assert (result.verdict, result.reason, result.seed) == (Verdict.ERROR, "why", 3)


@pytest.mark.parametrize(
    ("name", "is_it"),
    [("MemoryError", True), ("numpy._core._ArrayMemoryError", True), ("OSError", False)],
)
def test_numpy_s_kind_of_memory_error_counts(name, is_it):
    raised = Raised(type=name, message="", location=None, traceback="")
    failure = Failure(kind=Kind.RAISED, headline="", message="", raised=raised)
    assert is_out_of_memory(failure) is is_it
    assert not is_out_of_memory(Failure(kind=Kind.RAISED, headline="", message=""))
