"""The public names: pinned, importable, documented, and quick to reach."""

import importlib
import inspect
import subprocess
import sys
from importlib.resources import files

import pytest

import gradcheck as gc

PUBLIC = [
    "GradcheckError",
    "GradientError",
    "OpSpec",
    "Registry",
    "Result",
    "Verdict",
    "__version__",
    "arrays",
    "assert_gradient",
    "axes_of",
    "axis_of",
    "call",
    "check",
    "check_at",
    "check_case",
    "distinct",
    "domain",
    "integers",
    "lower_triangular",
    "nonnegative",
    "nonzero",
    "op",
    "orthogonal",
    "permutation_of",
    "positive",
    "pytest_ops",
    "real",
    "size",
    "spd",
    "symmetric",
    "unbroadcast",
    "unit_norm",
    "well_conditioned",
]
NAMES = [name for name in PUBLIC if name != "__version__"]


def documentation(value):
    return inspect.getdoc(value) or ""


def test_the_list():
    assert sorted(gc.__all__) == PUBLIC
    assert dir(gc) == PUBLIC


@pytest.mark.parametrize("name", NAMES)
def test_every_name_can_be_imported_and_is_documented(name):
    value = getattr(gc, name)
    assert value is getattr(gc, name)
    assert value.__module__.startswith("gradcheck.")
    assert getattr(importlib.import_module(value.__module__), name) is value
    text = documentation(value)
    assert len(text) > 20
    assert not text.startswith(f"{name}(")


@pytest.mark.parametrize(
    "name",
    ["op", "check", "check_at", "check_case", "assert_gradient", "unbroadcast", "pytest_ops"],
)
def test_functions_with_arguments_describe_them(name):
    function = getattr(gc, name)
    text = documentation(function)
    arguments, _, _ = text.partition("\nRaises:")
    for parameter in inspect.signature(function).parameters:
        assert f"{parameter}" in arguments.partition("Args:")[2]
    assert "Raises:" in text


def test_public_functions_are_annotated():
    for name in NAMES:
        value = getattr(gc, name)
        if inspect.isfunction(value):
            assert "return" in value.__annotations__, name


def test_the_star_brings_them_all():
    space: dict[str, object] = {}
    exec("from gradcheck import *", space)  # noqa: S102
    assert set(PUBLIC) <= set(space)


def test_type_checkers_are_told_the_same_names():
    text = inspect.getsource(gc).partition("if TYPE_CHECKING:")[2].partition("__version__")[0]
    told = [line.rpartition(" as ")[2] for line in text.splitlines() if " as " in line]
    assert sorted(told) == NAMES
    assert files("gradcheck").joinpath("py.typed").is_file()


def test_an_unknown_name():
    with pytest.raises(AttributeError) as caught:
        gc.chekc  # noqa: B018
    assert str(caught.value) == "module 'gradcheck' has no attribute 'chekc'"
    assert not hasattr(gc, "np")


def test_errors_are_of_one_family():
    from gradcheck import errors

    for name in ("SpecError", "LoadError", "SelectionError", "SettingsError"):
        assert issubclass(getattr(errors, name), gc.GradcheckError)
    assert issubclass(gc.GradientError, AssertionError)
    assert not issubclass(gc.GradientError, gc.GradcheckError)


def loaded_by(code):
    done = subprocess.run(
        [sys.executable, "-c", f"import sys\n{code}\nprint(*sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return {name.partition(".")[0] for name in done.stdout.split()}


def test_importing_waits_for_nothing():
    heavy = {"numpy", "hypothesis", "rich", "click"}
    assert not loaded_by("import gradcheck, gradcheck.errors; gradcheck.__version__") & heavy
    assert loaded_by("import gradcheck; gradcheck.op") & heavy == {"numpy", "hypothesis"}
    assert loaded_by("import gradcheck; gradcheck.unbroadcast") & heavy == {"numpy"}
