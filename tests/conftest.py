"""Settings of the property-based tests, and what tests of modules of ops have in common."""

import sys

import pytest
from hypothesis import HealthCheck, settings

from gradcheck.spec.loading import forgotten
from gradcheck.spec.registry import Registry

# The same examples in every run, on every machine.
settings.register_profile(
    "tests",
    derandomize=True,
    database=None,
    deadline=None,
    max_examples=60,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.load_profile("tests")


@pytest.fixture
def own_modules(tmp_path):
    """Forget the modules of a test after it, and their ops: the next one may use the same names."""
    Registry().load_builtin()
    before = set(sys.modules)
    with forgotten():
        yield
    for name in set(sys.modules) - before:
        if str(tmp_path) in str(getattr(sys.modules[name], "__file__", "")):
            del sys.modules[name]
