"""Ops in worker processes: one that crashes ends nothing else."""

import sys

import pytest

from gradcheck.results.settings import Settings
from gradcheck.results.verdict import Verdict
from gradcheck.run.workers.pool import Pool
from gradcheck.run.workers.tasks import Loading
from gradcheck.run.workers.worker_errors import WorkerError

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="ends processes by signals")
OPS = """
import os
import gradcheck as gc

def op(name, call=lambda: None):
    def forward(x):
        call()
        return x.copy()
    return gc.op("(...)->(...)", name=name)(forward).vjp(lambda g: g.copy())

OPS = [op("a"), op("crashes", os.abort), op("b")]
"""


@pytest.mark.usefixtures("own_modules")
def test_a_crash_is_the_result_of_its_op_alone(tmp_path):
    (tmp_path / "pool_ops.py").write_text(OPS)
    loading = Loading(modules=(str(tmp_path / "pool_ops.py"),), builtin=False)
    pool = Pool(loading, jobs=1)
    finished = pool.run(list(loading.registry()), Settings(cases=3), lambda event: None, {})
    verdicts = {result.op: result.verdict for result in finished.results}
    assert verdicts == {"a": Verdict.PASS, "crashes": Verdict.CRASH, "b": Verdict.PASS}
    assert "was ended by SIGABRT" in finished.results[1].reason


@pytest.mark.usefixtures("own_modules")
def test_ops_that_no_worker_can_load_end_the_run(tmp_path):
    module = tmp_path / "pool_ops.py"
    module.write_text(OPS)
    loading = Loading(modules=(str(module),), builtin=False)
    specs = list(loading.registry())
    module.write_text("1 / 0")
    with pytest.raises(WorkerError, match=r"cannot be used: Importing .* failed"):
        Pool(loading, jobs=1).run(specs, Settings(cases=3), lambda event: None, {})


def test_without_ops_there_is_no_worker():
    finished = Pool(Loading(modules=("no_such",)), jobs=4).run(
        [], Settings(), lambda event: None, {}
    )
    assert finished.results == ()
