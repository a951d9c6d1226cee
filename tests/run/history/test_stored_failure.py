"""A failure as a document: data only, and named after its case."""

import json
from dataclasses import replace

import numpy as np
import pytest

import gradcheck as gc
from gradcheck.results.documents import DocumentError
from gradcheck.results.result import Result
from gradcheck.results.verdict import Verdict
from gradcheck.run.history.recall import recalled
from gradcheck.run.history.replay import ReplayFate, replay
from gradcheck.run.history.stored_failure import Origins, StoredFailure, is_storable
from gradcheck.spec.fingerprint import fingerprint
from gradcheck.spec.registry import Registry
from tests.kept import edited, found, stored_of
from tests.root import ROOT

OP = gc.op("(...)->(...)", name="f")(np.sin).vjp(lambda g, x: 2 * g * np.cos(x))


@pytest.fixture(scope="module")
def stored(tmp_path_factory):
    return found(OP, tmp_path_factory.mktemp("one"), cases=5)


def identified(stored):
    return StoredFailure.of(stored.result, OP, Origins()).id


def test_equal_failures_have_equal_ids(stored):
    later = replace(stored, result=replace(stored.result, seed=5, seconds=9.0, reason="other"))
    assert identified(later) == stored.id


@pytest.mark.parametrize(
    "changes",
    [
        {"inputs": {"x": np.array([-0.0])}},
        {"inputs": {"x": np.array([0.0], np.float32)}},
        {"params": {"k": 1}},
        {"layout": "Fortran"},
        {"cotangents": (np.array([2.0]),)},
    ],
    ids=["zero", "dtype", "params", "layout", "cotangents"],
)
def test_another_case_has_another_id(stored, changes):
    zero = edited(stored, inputs={"x": np.array([0.0])})
    assert identified(edited(zero, **changes)) != identified(zero)


def test_it_comes_back_exactly(stored, tmp_path):
    path = tmp_path / "it.json"
    path.write_text(stored.text(), encoding="utf-8")
    assert StoredFailure.load(path).text() == stored.text()
    assert json.loads(stored.text())["format"] == "gradcheck-failure"


def test_what_has_no_case_is_not_stored():
    assert not is_storable(Result(op="f", verdict=Verdict.PASS))
    undrawable = gc.op("(...)->(...)", name="f", assume=lambda x: 1 / 0)(np.sin)
    result = gc.check(undrawable.vjp(lambda g, x: g), cases=3)
    assert not is_storable(result)
    with pytest.raises(DocumentError, match="The failure of 'f' has no case that could be kept"):
        StoredFailure.of(result, OP, Origins())


def test_a_file_without_a_failing_case_is_refused(stored, tmp_path):
    path = tmp_path / "it.json"
    path.write_text(replace(stored, result=replace(stored.result, failure=None)).text())
    with pytest.raises(DocumentError, match=r"it\.json holds no failing case"):
        StoredFailure.load(path)


def test_one_that_was_found_on_request_says_so(tmp_path):
    result = gc.check(OP, cases=5)
    assert stored_of(result, OP, tmp_path, also=("tails",)).also == ("tails",)


OLD = ROOT / "tests/data/failure-0.1.0.json"
OLD_OP = """
from hypothesis import strategies as st

import gradcheck as gc


@gc.op(
    "(...,n),(n)->(...)",
    domains={"x": gc.positive(), "w": gc.distinct()},
    params={"power": st.sampled_from([1, 2]), "mode": st.sampled_from(["sum", None])},
)
def weighted(x, w, power=1, mode=None):
    return (x**power * w).sum(-1)


@weighted.vjp
def _(g, x, w, power=1, mode=None):
    dx = g[..., None] * power * x ** (power - 1) * w
    dw = (g[..., None] * x).reshape(-1, w.size).sum(0)  # wrong where power is 2
    return dx, dw
"""


@pytest.mark.usefixtures("own_modules")
def test_a_failure_that_version_0_1_0_stored_is_read_and_fails_again(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    stored = StoredFailure.load(OLD)
    (tmp_path / "weighted.py").write_text(OLD_OP)
    registry = Registry()
    registry.load(*stored.origins.modules)
    spec = registry.get(stored.op)
    assert fingerprint(spec) == stored.fingerprint
    assert StoredFailure.of(stored.result, spec, stored.origins).id == stored.id
    again = replay(stored, spec)
    assert again.fate is ReplayFate.STILL_FAILING
    assert again.reason == "The gradients are the same, bit for bit."
    assert [domain.name for domain in recalled(stored.case, spec).domains] == [
        "positive",
        "distinct",
    ]
