"""Equal results, bit for bit, for every number of jobs, shard and order."""

import json
from pathlib import Path

import pytest

from gradcheck.results.documents import to_plain
from gradcheck.results.settings import Settings
from gradcheck.run.engine import run
from gradcheck.run.workers.pool import Pool
from gradcheck.run.workers.serial import Serial
from gradcheck.run.workers.tasks import Loading
from tests.run.workers.conftest import timeless

OPS = ("add", "exp", "matmul", "softmax", "sum", "logsumexp")
LOADING = Loading()
SETTINGS = Settings(cases=2)


@pytest.fixture(scope="module")
def specs():
    registry = LOADING.registry()
    return list(registry)


def told(finished):
    return [to_plain(result) | {"seconds": 0} for result in finished.results]


def ignore(_event):
    """Listen to nothing."""


@pytest.fixture(scope="module")
def expected(specs):
    return told(run(specs, SETTINGS, ignore))


@pytest.mark.slow
def test_a_serial_run_gives_what_the_engine_gives(specs, expected):
    assert told(Serial().run(specs, SETTINGS, ignore, {})) == expected


@pytest.mark.slow
@pytest.mark.parametrize("jobs", [1, 2])
def test_any_number_of_jobs_gives_equal_results(specs, expected, jobs):
    assert told(Pool(LOADING, jobs=jobs).run(specs, SETTINGS, ignore, {})) == expected


@pytest.mark.slow
def test_any_order_gives_equal_results(specs, expected):
    backwards = Pool(LOADING, jobs=2).run(specs[::-1], SETTINGS, ignore, {})
    assert told(backwards)[::-1] == expected


@pytest.mark.slow
def test_shards_that_are_merged_give_the_whole_run(gradcheck, tmp_path):
    common = ("run", *OPS, "-n", "5", "--no-database")
    whole = gradcheck(*common, "--save", "run.json").run
    for number in (1, 2):
        done = gradcheck(*common, "--shard", f"{number}/2", "--save", f"{number}.json")
        assert done.code == 0, done.err
    merged = gradcheck("merge", "2.json", "1.json", "--output", "run.json")
    assert merged.code == 0
    assert merged.out.startswith("6 passed in ")
    assert timeless(merged.run) == timeless(whole)
    parts = [json.loads(Path(tmp_path, f"{n}.json").read_text())["results"] for n in (1, 2)]
    assert sum(map(len, parts)) == len(OPS)
