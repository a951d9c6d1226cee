"""Options about what is drawn: which numbers they take."""

import pytest

NUMBERS = [
    (("-n", "0"), "'-n' / '--cases': 0 is too few; at least 1 case must be drawn per op."),
    (("-n", "-3"), "'-n' / '--cases': -3 is too few; at least 1 case must be drawn per op."),
    (("-n", "many"), "'-n' / '--cases': 'many' is not a valid integer."),
    (("--seed", "-1"), "'--seed': -1 is not a seed; a seed is a whole number, 0 or more."),
    (("--max-time", "0"), "'--max-time': 0 is not a time limit; give seconds, more than 0."),
    (("--max-time", "nan"), "'--max-time': nan is not a time limit; give seconds, more than 0."),
    (("--maxfail", "0"), "'--maxfail': 0 is no number of failures; give 1 or more."),
    (("--durations", "0"), "'--durations': 0 is no number of ops; give 1 or more."),
    (("--max-time", "inf"), "'--max-time': inf is not a time limit; give seconds, more than 0."),
]


@pytest.mark.parametrize(("options", "said"), NUMBERS)
def test_numbers(gradcheck, options, said):
    done = gradcheck("run", *options)
    assert (done.code, done.out) == (2, "")
    assert done.error == f"Invalid value for {said}"


@pytest.mark.parametrize("option", ["-n", "--cases"])
def test_the_least_that_is_allowed(gradcheck, verdicts, right_ops, option):
    calls = verdicts("PASS", "PASS")
    gradcheck("run", "--ops", right_ops, option, "1", "--seed", "0", "--max-time", "1e-9")
    ((_, settings),) = calls
    assert (settings.cases, settings.seed, settings.max_time) == (1, 0, 1e-9)


def test_dtypes_are_drawn_in_the_order_in_which_they_are_given(gradcheck, verdicts, right_ops):
    calls = verdicts("PASS", "PASS")
    gradcheck("run", "--ops", right_ops, "--dtype", "complex64", "--dtype", "float32")
    ((_, settings),) = calls
    assert settings.dtypes == ("complex64", "float32")


def test_the_number_of_failures_reaches_the_engine(gradcheck, verdicts, right_ops, own_directory):
    calls = verdicts("PASS", "PASS")
    gradcheck("run", "--ops", right_ops)
    gradcheck("run", "--ops", right_ops, "--maxfail", "3")
    (own_directory / "gradcheck.toml").write_text("maxfail = 2")
    gradcheck("run", "--ops", right_ops)
    assert [settings.max_failures for _, settings in calls] == [None, 3, 2]
