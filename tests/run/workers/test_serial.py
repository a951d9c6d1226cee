"""Ops in this process: each begins from a state of its own."""

import numpy as np

import gradcheck as gc
from gradcheck.results.settings import Settings
from gradcheck.results.verdict import Verdict
from gradcheck.run.workers.serial import Serial


def test_what_an_op_changes_does_not_reach_the_next_one(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    folders = []

    def forward(x):
        folders.append(np.geterr()["over"])
        np.seterr(over="ignore")
        return x.copy()

    ops = [gc.op("(...)->(...)", name=n)(forward).vjp(lambda g: g.copy()) for n in "ab"]
    before = np.geterr()
    finished = Serial().run(ops, Settings(cases=3), lambda event: None, {})
    assert np.geterr() == before
    assert [result.verdict for result in finished.results] == [Verdict.PASS] * 2


def test_an_op_draws_the_same_from_global_generators_wherever_it_stands():
    drawn = {}

    def op(name):
        def forward(x):
            drawn.setdefault(name, []).append(np.random.rand())
            return x.copy()

        return gc.op("(...)->(...)", name=name)(forward).vjp(lambda g: g.copy())

    Serial().run([op("a"), op("b")], Settings(cases=1), lambda event: None, {})
    first = dict(drawn)
    drawn.clear()
    Serial().run([op("b"), op("a")], Settings(cases=1), lambda event: None, {})
    assert drawn == first
    assert len(set(first["a"])) > 1  # some calls are made to see whether they reset it
