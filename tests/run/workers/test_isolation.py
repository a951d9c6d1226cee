"""What an op may change for all others is put back after it."""

import decimal
import locale
import os
import random
import sys
import threading
import warnings
from pathlib import Path

import numpy as np
import pytest

from gradcheck.run.workers.isolation import own_state


def change_folder(tmp_path):
    os.chdir(tmp_path)


def change_environment(_tmp_path):
    os.environ["CHANGED_BY_AN_OP"] = "yes"
    os.environ.pop("PATH")


def change_interpreter(_tmp_path):
    sys.path.insert(0, "/changed")
    sys.setrecursionlimit(sys.getrecursionlimit() + 500)
    sys.stdout = None


def change_numpy(_tmp_path):
    np.seterr(all="ignore")
    np.set_printoptions(precision=1)


def change_generators(_tmp_path):
    np.random.seed(3)
    random.seed(3)


def change_warnings(_tmp_path):
    warnings.simplefilter("always")


def change_numbers(_tmp_path):
    decimal.getcontext().prec = 3
    locale.setlocale(locale.LC_ALL, "C")


def snapshot():
    return (
        Path.cwd(),
        dict(os.environ),
        list(sys.path),
        sys.getrecursionlimit(),
        sys.stdout,
        np.geterr(),
        np.get_printoptions(),
        str(np.random.get_state()),
        random.getstate(),
        list(warnings.filters),
        decimal.getcontext().prec,
        locale.setlocale(locale.LC_ALL),
    )


CHANGES = (
    change_folder,
    change_environment,
    change_interpreter,
    change_numpy,
    change_generators,
    change_warnings,
    change_numbers,
)


@pytest.mark.parametrize("change", CHANGES, ids=lambda f: f.__name__)
def test_everything_is_as_it_was(change, tmp_path):
    before = snapshot()
    with own_state(1) as left:
        change(tmp_path)
    assert snapshot() == before
    assert left.said == ()


def test_it_is_put_back_though_the_op_raised(tmp_path):
    before = snapshot()

    def misbehave():
        with own_state(1):
            change_folder(tmp_path)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        misbehave()
    assert snapshot() == before


def test_global_generators_start_from_the_seed_of_the_op():
    drawn = []
    for seed in (7, 7, 8):
        with own_state(seed):
            drawn.append((np.random.rand(), random.getrandbits(64)))
    assert drawn[0] == drawn[1] != drawn[2]


def test_a_folder_that_is_gone_is_told(tmp_path, monkeypatch):
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    with own_state(1) as left:
        os.chdir(tmp_path)
        gone.rmdir()
    (said,) = left.said
    assert said.startswith("what it changed could not be undone: FileNotFoundError")


def test_threads_that_still_run_are_told():
    stop = threading.Event()
    with own_state(1) as left:
        thread = threading.Thread(target=stop.wait)
        thread.start()
    stop.set()
    thread.join()
    assert left.said == ("it left 1 thread running",)
