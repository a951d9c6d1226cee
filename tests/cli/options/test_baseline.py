"""`--save` and `--baseline`: which files are taken, before the run takes its time."""

import json

import pytest


@pytest.fixture
def run(gradcheck, verdicts, right_ops):
    calls = verdicts("PASS", "FAIL")

    def call(*options):
        done = gradcheck("run", "--ops", right_ops, *options)
        return done, len(calls)

    return call


def test_a_run_is_saved_and_replaces_an_older_one(run):
    for _ in range(2):
        done, _ = run("--save", "run.json")
        assert done.err.endswith("Saved the run in run.json.\n")
    done, _ = run("--baseline", "run.json", "--save", "run.json")
    assert done.code == 1


def test_a_failure_that_the_baseline_has_is_a_failure_all_the_same(run):
    run("--save", "run.json")
    assert run("--baseline", "run.json")[0].code == 1
    assert run("--baseline", "run.json", "--exit-zero")[0].code == 0


@pytest.mark.parametrize("content", ['{"format": "else"}', "notes", "\x00"])
def test_a_file_that_holds_something_else_is_not_lost(run, own_directory, content):
    path = own_directory / "notes.json"
    path.write_text(content)
    done, checked = run("--save", "notes.json")
    assert (done.code, checked) == (2, 0)
    assert done.error == (
        "The run cannot be saved: notes.json holds something else than a run, which would be lost."
    )
    assert path.read_text() == content


def test_an_empty_file_is_written_over(run, own_directory):
    (own_directory / "run.json").touch()
    run("--save", "run.json")
    assert json.loads((own_directory / "run.json").read_text())["format"] == "gradcheck-run"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--save", "."), ". is a folder; name a file in it"),
        (("--baseline", "none.json"), "none.json cannot be read"),
    ],
)
def test_what_cannot_be_is_refused_before_the_run(run, options, said):
    done, checked = run(*options)
    assert (done.code, checked) == (2, 0)
    assert said in done.error


def test_a_disk_that_fills_up_is_told_after_the_results(run, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pathlib.Path.replace", full)
    done, _ = run("--save", "run.json", "--no-database")
    assert done.code == 3
    assert "1 passed, 1 failed" in done.out
    assert "No space left on device" in done.error
