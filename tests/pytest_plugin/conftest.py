"""Small projects on which pytest is run, in this process."""

import contextlib
import importlib
import pkgutil
from pathlib import Path

import numpy as np
import pytest

import gradcheck as gc
from gradcheck.spec import definitions, registry
from gradcheck.spec.loading import forgotten
from tests.pytest_plugin.projects import OPS


@pytest.fixture(scope="session", autouse=True)
def everything_is_imported():
    """What an inner pytest imports first is forgotten after it: here nothing is left to import."""
    package = Path(gc.__file__).parent
    for module in pkgutil.walk_packages([str(package)], "gradcheck."):
        if "museum" not in module.name and "__main__" not in module.name:
            with contextlib.suppress(ModuleNotFoundError):  # of an extra
                importlib.import_module(module.name)
    with definitions.kept_out():
        wrong = gc.op("(...)->(...)", name="wrong")(np.square).derivative(lambda x: x)
    result = gc.check(wrong, cases=12)
    assert not result
    assert "FAIL wrong" in str(result)
    registry.Registry().load_builtin()


@pytest.fixture(autouse=True)
def own_registry():
    """Forget the ops that a project defines when its test is over."""
    with forgotten():
        yield


@pytest.fixture
def project(pytester, monkeypatch):
    """A folder with the module my_ops.py and a test of something else."""
    monkeypatch.setenv("COLUMNS", "200")
    pytester.makepyfile(my_ops=OPS, test_other="def test_other(): pass")
    return pytester


@pytest.fixture
def listed(project):
    """The same, with the module in the configuration."""
    project.makepyprojecttoml("""
        [tool.pytest.ini_options]
        gradcheck_modules = ["my_ops.py"]
        gradcheck_cases = 12
        addopts = ["--strict-markers", "--strict-config"]
        filterwarnings = ["error"]
    """)
    return project
