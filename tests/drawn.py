"""What strategies draw, always the same, for tests of how often and in which order."""

import hypothesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from gradcheck.ndarrays.strategies import seeds


def drawn(strategy, count=300):
    """The first values that a strategy draws."""
    found = []

    @hypothesis.seed(1)
    @settings(
        max_examples=count,
        derandomize=False,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def collect(value):
        found.append(value)

    collect()
    return found


def drawn_in_cases(strategy, count=500):
    """The same beside a seed, as in a case: alone, Hypothesis would draw nothing twice."""
    return [value for value, _ in drawn(st.tuples(strategy, seeds()), count)]


def first(strategy):
    """The first value that Hypothesis tries, which is the one that all others shrink to."""
    return drawn(strategy, 1)[0]
