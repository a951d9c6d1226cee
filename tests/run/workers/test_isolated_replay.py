"""Stored failures run again in a worker, which they may take down."""

import sys

import pytest

from gradcheck.results.failure import Failure
from gradcheck.results.kind import Kind
from gradcheck.results.result import Result
from gradcheck.results.settings import Settings
from gradcheck.results.verdict import Verdict
from gradcheck.run.history.replay import ReplayFate
from gradcheck.run.history.stored_failure import Origins, StoredFailure
from gradcheck.run.workers.isolated_replay import replay_apart, took_its_process
from gradcheck.run.workers.pool import Pool
from gradcheck.run.workers.tasks import Loading
from gradcheck.run.workers.worker_errors import WorkerError

OPS = """
import os
import gradcheck as gc

@gc.op("(...)->(...)")
def leaves(x):
    {line}
    return x.copy()

leaves.vjp(lambda g: g.copy())
"""


@pytest.mark.parametrize(
    ("kind", "took"),
    [(Kind.CRASH, True), (Kind.TIMEOUT, True), (Kind.VALUE, False), (Kind.RAISED, False)],
)
def test_which_failures_take_a_process_down(kind, took):
    failure = Failure(kind=kind, headline="", message="")
    assert took_its_process(Result(op="f", verdict=Verdict.FAIL, failure=failure)) is took
    assert not took_its_process(Result(op="f", verdict=Verdict.PASS))


@pytest.mark.skipif(sys.platform != "linux", reason="ends processes by signals")
@pytest.mark.usefixtures("own_modules")
def test_a_crash_happens_again_until_it_is_mended(tmp_path):
    module = tmp_path / "replayed_ops.py"
    module.write_text(OPS.format(line="os._exit(3)"))
    loading = Loading(modules=(str(module),), builtin=False)
    specs = list(loading.registry())
    (result,) = Pool(loading).run(specs, Settings(cases=1), lambda event: None, {}).results
    stored = StoredFailure.of(result, specs[0], Origins())
    again = replay_apart(stored, specs[0], loading)
    assert again.fate is ReplayFate.STILL_FAILING
    assert again.result.failure.case == stored.case
    module.write_text(OPS.format(line="pass"))
    assert replay_apart(stored, specs[0], loading).fate is ReplayFate.FIXED
    module.write_text("1 / 0")
    with pytest.raises(WorkerError, match="A worker process cannot be used"):
        replay_apart(stored, specs[0], loading)
