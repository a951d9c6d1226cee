"""Settings are checked where they are made, one sentence each."""

import dataclasses
import math

import numpy as np
import pytest

import gradcheck as gc
from gradcheck.errors import SettingsError
from gradcheck.results.settings import Settings

CASES = "at least 1 case must be drawn, and a whole number of them."
SEED = "a seed is a whole number, 0 or more."
TIME = "seconds, more than 0, or None."
KNOWN = "allowed are float64, float32, float16, bfloat16, complex128 and complex64."
MISTAKES = [
    ({"cases": 0}, f"cases=0: {CASES}"),
    ({"cases": -5}, f"cases=-5: {CASES}"),
    ({"cases": 2.5}, f"cases=2.5: {CASES}"),
    ({"cases": True}, f"cases=True: {CASES}"),
    ({"cases": "many"}, f"cases='many': {CASES}"),
    ({"seed": -1}, f"seed=-1: {SEED}"),
    ({"seed": 0.5}, f"seed=0.5: {SEED}"),
    ({"seed": None}, f"seed=None: {SEED}"),
    ({"max_time": 0}, f"max_time=0: {TIME}"),
    ({"max_time": -1.5}, f"max_time=-1.5: {TIME}"),
    ({"max_time": math.nan}, f"max_time=nan: {TIME}"),
    ({"max_time": math.inf}, f"max_time=inf: {TIME}"),
    ({"max_time": "10"}, f"max_time='10': {TIME}"),
    ({"max_failures": 0}, "max_failures=0: 1 or more ops, or None."),
    ({"max_failures": True}, "max_failures=True: 1 or more ops, or None."),
    ({"dtypes": ("float63",)}, f"dtype 'float63' is not known; {KNOWN} Did you mean 'float64'?"),
    ({"dtypes": ("float64", "int")}, f"dtype 'int' is not known; {KNOWN}"),
]


@pytest.mark.parametrize(("given", "said"), MISTAKES, ids=[said[:20] for _, said in MISTAKES])
def test_values_that_are_not_allowed(given, said):
    with pytest.raises(SettingsError) as caught:
        Settings(**given)
    assert str(caught.value) == said


@pytest.mark.parametrize(("given", "said"), MISTAKES, ids=[said[:20] for _, said in MISTAKES])
def test_check_refuses_them_too(given, said):
    spec = gc.op(name="exp")(np.exp).vjp(lambda g, out: g * out)
    with pytest.raises(gc.GradcheckError) as caught:
        gc.check(spec, **given)
    assert str(caught.value) == said


def test_defaults():
    settings = Settings()
    assert (settings.cases, settings.seed, settings.dtypes) == (100, 0, ())
    assert settings.max_time is None
    assert settings.shrink
    assert not settings.fail_fast
    assert settings.database is None


def test_settings_are_immutable_and_given_by_name():
    with pytest.raises(dataclasses.FrozenInstanceError):
        Settings().cases = 3
    with pytest.raises(TypeError):
        Settings(100)


def test_values_that_are_allowed():
    Settings(cases=1, seed=2**64, max_time=0.1, dtypes=("float16", "complex64"))
    Settings(max_time=3)
