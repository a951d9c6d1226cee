"""Tasks: names, places and numbers, and the same op found again by them."""

import pickle
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import gradcheck as gc
from gradcheck.cases.case import Case
from gradcheck.errors import LoadError
from gradcheck.results.settings import Settings
from gradcheck.run.workers.tasks import Check, Differs, Loading, Named
from gradcheck.spec.registry import Registry
from tests.op_modules import CUBE


def op(factor=1, name="f"):
    return gc.op("(...)->(...)", name=name)(lambda x: factor * x).vjp(lambda g: factor * g)


def test_an_op_is_found_by_its_name_with_what_was_laid_over_it():
    spec = op()
    named = Named.of(replace(spec, rtol=1e-3, reason="float32 inside"))
    found = named.found_in(Registry([spec]))
    assert (found.name, found.rtol, found.reason) == ("f", 1e-3, "float32 inside")


def test_an_op_that_is_missing_differs():
    with pytest.raises(Differs, match=r"'f' .* is not there when its module is imported again"):
        Named.of(op()).found_in(Registry([op(name="g")]))


def test_another_op_of_the_same_name_differs():
    other = gc.op("(...)->(...)", name="f")(np.sin).vjp(lambda g, x: g * np.cos(x))
    with pytest.raises(Differs, match="'f' is another one when its module is imported again"):
        Named.of(op()).found_in(Registry([other]))


def test_a_check_travels_and_expectations_of_others_do_not():
    settings = Settings(seed=3, xfail={"g": "known"}, skip={"h": "slow"})
    case = Case(inputs=(np.array([1.5]),), names=("x",))
    task = Check.of(op(), settings, [case])
    assert pickle.loads(pickle.dumps(task)) == task  # noqa: S301
    assert task.settings == Settings(seed=3)
    assert task.kept[0]["inputs"]["x"]["data"] == [1.5]


def test_places_are_absolute_for_a_process_in_another_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    loading = Loading(modules=("ops.py", "my.ops"), beside=Path("sub")).absolute()
    assert loading.modules == (str(tmp_path / "ops.py"), "my.ops")
    assert loading.beside == tmp_path / "sub"


@pytest.mark.usefixtures("own_modules")
def test_modules_are_looked_for_beside_a_folder_and_the_path_stays_as_it_was(tmp_path):
    (tmp_path / "beside_ops.py").write_text(CUBE.format(factor=3))
    before = list(sys.path)
    loading = Loading(modules=("beside_ops",), builtin=False, beside=tmp_path)
    assert [spec.name for spec in loading.registry()] == ["cube"]
    assert sys.path == before
    with pytest.raises(LoadError):
        replace(loading, modules=("not_there_at_all",)).registry()
    assert sys.path == before
