"""Ops within a Dask worker, checked by a process of its own."""

import sys
import uuid
from types import SimpleNamespace

import pytest

from gradcheck.results.settings import Settings
from gradcheck.run.workers.protocol import Done, Gone, Unusable
from gradcheck.run.workers.tasks import Check, Loading
from tests.run.workers.small_ops import loading_in

pytest.importorskip("distributed")
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="ends processes by signals")


@pytest.fixture
def site(tmp_path, monkeypatch):
    """A Dask worker with a name, a folder and a log of events."""
    from gradcheck.run.workers import dask_site

    events = []
    worker = SimpleNamespace(
        address="tcp://here",
        local_directory=str(tmp_path),
        log_event=lambda topic, event: events.append((topic, event)),
    )
    monkeypatch.setattr(dask_site, "get_worker", lambda: worker)
    return SimpleNamespace(module=dask_site, events=events)


@pytest.fixture
def run(site, tmp_path):
    made = site.module.Run(uuid.uuid4().hex, loading_in(tmp_path), None)
    yield made
    site.module.close(made.name)


@pytest.mark.usefixtures("own_modules")
def test_ops_end_in_order_and_a_crash_does_not_reach_the_worker(site, run, tmp_path):
    specs = {spec.name: spec for spec in run.loading.registry()}
    assert site.module.greet(run) is None
    settings = Settings(cases=2, database=tmp_path / "elsewhere" / "sub" / "db")
    names = ("leaves", "right")
    tasks = [(place, Check.of(specs[name], settings, ())) for place, name in enumerate(names)]
    report = site.module.check(run, tasks)
    assert report.places == (0, 1)
    assert [type(ending) for ending in report.endings] == [Gone, Done]
    assert report.endings[1].plain["verdict"] == "PASS"
    assert site.events[0] == (run.name, {"taken": (0, 1), "worker": "tcp://here"})
    assert not (tmp_path / "elsewhere").exists()  # a folder that is not shared is not made
    site.module.close(run.name)
    late = site.module.check(run, tasks[1:])
    assert late.endings == (Unusable("the run is over."),)


def test_a_worker_that_cannot_load_the_ops_says_so(site, tmp_path):
    run = site.module.Run(uuid.uuid4().hex, Loading(modules=("no_such_ops",), builtin=False), None)
    trouble = site.module.greet(run)
    site.module.close(run.name)
    assert trouble.text.startswith("The Dask worker tcp://here cannot be used: ")
