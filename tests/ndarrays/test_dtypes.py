"""Floating dtypes: which there are, how each rounds, and what it widens to."""

import sys

import numpy as np
import pytest

import gradcheck as gc
from gradcheck.errors import SettingsError
from gradcheck.ndarrays.dtypes import (
    DTYPES,
    double_of,
    is_floating,
    is_low,
    is_real,
    named,
    unit_of,
)
from gradcheck.results.settings import Settings
from gradcheck.results.verdict import Verdict

KNOWN = tuple(name for name in DTYPES if name != "bfloat16")


@pytest.mark.parametrize("name", KNOWN)
def test_numpys_own_dtypes_are_floating(name):
    dtype = named(name)
    assert dtype == np.dtype(name)
    assert is_floating(dtype)
    assert is_real(dtype) == name.startswith("float")
    assert is_low(dtype) == (name not in ("float64", "complex128"))
    assert double_of(dtype) == ("complex128" if name.startswith("complex") else "float64")
    assert unit_of(dtype).eps == np.finfo(dtype).eps


@pytest.mark.parametrize("name", ["int64", "uint8", "bool", "V2", "U3", "datetime64[s]"])
def test_other_dtypes_are_not(name):
    dtype = np.dtype(name)
    assert not any((is_floating(dtype), is_real(dtype), is_low(dtype)))
    assert double_of(dtype) == dtype


def test_bfloat16_is_floating():
    pytest.importorskip("ml_dtypes")
    dtype = named("bfloat16")
    assert dtype.name == "bfloat16"
    assert is_floating(dtype)
    assert is_real(dtype)
    assert is_low(dtype)
    assert double_of(dtype) == np.float64
    assert unit_of(dtype).eps == 2.0**-7
    assert 3e38 < unit_of(dtype).largest < 3.4e38


class TestWithoutTheExtra:
    """What is said where ml_dtypes is not installed."""

    MESSAGE = "bfloat16 needs the extra: pip install 'gradcheck[bfloat16]'"

    @pytest.fixture(autouse=True)
    def missing(self, monkeypatch):
        monkeypatch.setitem(sys.modules, "ml_dtypes", None)

    def test_a_setting_is_refused(self):
        with pytest.raises(SettingsError) as caught:
            Settings(dtypes=("bfloat16",))
        assert str(caught.value) == self.MESSAGE

    def test_an_op_that_names_it_can_be_described_but_not_drawn(self):
        op = gc.op("(...)->(...)", name="short", dtypes=("bfloat16",))(lambda x: 2 * x)
        result = gc.check(op.vjp(lambda g: 2 * g), cases=5)
        assert result.verdict is Verdict.ERROR
        assert self.MESSAGE in result.failure.message

    def test_all_else_goes_on(self):
        op = gc.op("(...)->(...)", name="plain", dtypes=("float32",))(lambda x: 2 * x)
        assert gc.check(op.vjp(lambda g: 2 * g), cases=20)


def test_an_op_in_bfloat16_is_checked():
    pytest.importorskip("ml_dtypes")
    op = gc.op("(...)->(...)", name="short", dtypes=("bfloat16",))(np.sin)
    result = gc.check(op.vjp(lambda g, x: g * np.cos(x)), cases=60, last_case=True)
    assert result, result.reason
    assert result.last.dtype == "bfloat16"
    assert all(x.dtype == named("bfloat16") for x in result.last.inputs.values())


@pytest.mark.parametrize(
    ("vjp", "headline"),
    [
        (lambda g, x: g * np.sin(x), "∂L/∂x is wrong"),
        (lambda g, x: (g * np.cos(x)).astype(np.float32), "∂L/∂x has the wrong dtype"),
        # A Python float makes float32 of bfloat16.
        (lambda g, x: g * (1.0 * np.cos(x)), "∂L/∂x has the wrong dtype"),
        (
            lambda g, x: (g * np.cos(x) * (1 if x.dtype == np.float64 else 1.25)).astype(x.dtype),
            "∂L/∂x loses precision in bfloat16",
        ),
    ],
)
def test_a_wrong_gradient_in_bfloat16_fails(vjp, headline):
    pytest.importorskip("ml_dtypes")
    op = gc.op("(...)->(...)", name="short", dtypes=("bfloat16",))(np.sin)
    result = gc.check(op.vjp(vjp), cases=40, diagnose=False)
    assert result.failure is not None
    assert result.failure.headline == headline
