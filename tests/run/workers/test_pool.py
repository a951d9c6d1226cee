"""Ops in worker processes: one that crashes ends nothing else."""

import sys

import pytest

from gradcheck.results.settings import Settings
from gradcheck.results.verdict import Verdict
from gradcheck.run.workers.pool import Pool
from gradcheck.run.workers.tasks import Loading
from gradcheck.run.workers.worker_errors import WorkerError
from tests.run.workers.small_ops import loading_in

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="ends processes by signals")


@pytest.mark.usefixtures("own_modules")
def test_a_crash_is_the_result_of_its_op_alone(tmp_path):
    loading = loading_in(tmp_path)
    specs = [loading.registry().get(name) for name in ("right", "leaves", "prints")]
    finished = Pool(loading, jobs=1).run(specs, Settings(cases=3), lambda event: None, {})
    verdicts = [result.verdict for result in finished.results]
    assert verdicts == [Verdict.PASS, Verdict.CRASH, Verdict.PASS]
    assert "exited with status 3" in finished.results[1].reason


@pytest.mark.usefixtures("own_modules")
def test_ops_that_no_worker_can_load_end_the_run(tmp_path):
    loading = loading_in(tmp_path)
    specs = list(loading.registry())
    loading_in(tmp_path, "1 / 0")
    with pytest.raises(WorkerError, match=r"cannot be used: Importing .* failed"):
        Pool(loading, jobs=1).run(specs, Settings(cases=3), lambda event: None, {})


def test_without_ops_there_is_no_worker():
    finished = Pool(Loading(modules=("no_such",)), jobs=4).run(
        [], Settings(), lambda event: None, {}
    )
    assert finished.results == ()
