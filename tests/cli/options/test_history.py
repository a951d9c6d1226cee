"""Options about results of earlier runs."""


def test_the_corpus_of_the_option_is_used(gradcheck, wrong_ops, own_directory):
    gradcheck("run", "my_cube", "--ops", wrong_ops, "-n", "5")
    (failure,) = own_directory.glob(".gradcheck/failures/*.json")
    done = gradcheck("pin", failure.stem, "--corpus", "pins")
    assert done.out.endswith(f"commit pins/{failure.name}.\n")
    run = ("run", "my_cube", "--ops", wrong_ops, "-n", "5", "--no-database")
    assert "found by a pinned case" in gradcheck(*run, "--corpus", "pins").out
    assert "found by a pinned case" not in gradcheck(*run).out


def test_failed_ops_alone_or_first(gradcheck, verdicts, right_ops):
    calls = verdicts("PASS", "FAIL")
    for options in ((), ("--lf",), ("--ff",), ("--last-failed",), ("--failed-first",)):
        gradcheck("run", "--ops", right_ops, *options)
    both, only, first, *long_names = [[spec.name for spec in specs] for specs, _ in calls]
    assert both == ["my_double", "my_cube"]
    assert only == ["my_cube"]
    assert first == ["my_double", "my_cube"]  # my_cube passed: the fake verdicts go by place
    assert len(long_names) == 2
