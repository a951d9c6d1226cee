"""Settings of the property-based tests: the same examples in every run, on every machine."""

from hypothesis import HealthCheck, settings

settings.register_profile(
    "tests",
    derandomize=True,
    database=None,
    deadline=None,
    max_examples=60,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.load_profile("tests")
