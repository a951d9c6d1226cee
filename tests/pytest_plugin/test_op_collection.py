"""Which modules of ops a run collects: named, configured, chosen by arguments."""

from tests.pytest_plugin.projects import OPS, collected, imports

pytest_plugins = ["pytester"]


def test_modules_in_the_configuration_are_checked_by_a_plain_pytest(listed):
    assert set(collected(listed)) == {
        "my_ops.py::double",
        "my_ops.py::cube",
        "test_other.py::test_other",
    }
    result = listed.runpytest_inprocess()
    result.assert_outcomes(passed=2, failed=1)
    assert imports(listed) == 2  # once in each of the two runs


def test_modules_in_the_configuration_stand_beside_testpaths(listed):
    listed.makepyfile(**{"tests/test_inner": "def test_inner(): pass"})
    found = collected(listed, "-o", "testpaths=tests")
    assert found == ["tests/test_inner.py::test_inner", "my_ops.py::double", "my_ops.py::cube"]


def test_an_argument_chooses_among_them(listed):
    assert collected(listed, "my_ops.py") == ["my_ops.py::double", "my_ops.py::cube"]
    assert collected(listed, "my_ops.py::cube") == ["my_ops.py::cube"]
    assert collected(listed, ".")[:2] == ["my_ops.py::double", "my_ops.py::cube"]


def test_a_module_that_is_not_asked_for_is_not_imported(listed):
    assert collected(listed, "test_other.py") == ["test_other.py::test_other"]
    assert imports(listed) == 0


def test_a_module_of_ops_that_nobody_named_is_left_alone(project):
    assert collected(project) == ["test_other.py::test_other"]
    assert imports(project) == 0


def test_from_a_folder_below_only_its_own_tests_run(listed, monkeypatch):
    listed.makepyfile(**{"below/test_inner": "def test_inner(): pass"})
    monkeypatch.chdir(listed.path / "below")
    (line,) = collected(listed)
    assert line.endswith("test_inner.py::test_inner")


def test_the_option_counts_as_an_argument(listed):
    listed.makepyfile(second=OPS)
    assert collected(listed, "--gradcheck=second.py") == ["second.py::double", "second.py::cube"]
    both = collected(listed, "--gradcheck=second.py", "test_other.py")
    assert both == ["test_other.py::test_other", "second.py::double", "second.py::cube"]
    several = collected(listed, "--gradcheck=second.py", "--gradcheck=my_ops.py")
    assert len(several) == 4
    one = collected(listed, "--gradcheck=second.py", "second.py::cube")
    assert one == ["second.py::cube"]


def test_names_and_tags_are_keywords(listed):
    assert collected(listed, "-k", "cube") == ["my_ops.py::cube"]
    assert collected(listed, "-k", "easy") == ["my_ops.py::double"]
    assert collected(listed, "-m", "not gradcheck") == ["test_other.py::test_other"]
    assert collected(listed, "-m", "gradcheck") == ["my_ops.py::double", "my_ops.py::cube"]


def test_the_last_failed_ops_are_run_again(listed):
    listed.runpytest_inprocess().assert_outcomes(passed=2, failed=1)
    listed.runpytest_inprocess("--lf").assert_outcomes(failed=1)


def test_a_module_of_ops_may_hold_tests_too(listed):
    listed.makepyfile(test_both=OPS + "\n\ndef test_inside(): assert double(1) == 2\n")
    found = collected(listed, "--gradcheck=test_both.py")
    assert sorted(found) == [f"test_both.py::{name}" for name in ("cube", "double", "test_inside")]
