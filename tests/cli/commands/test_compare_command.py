"""`gradcheck compare`, `run --save` and `run --baseline`: what got worse fails."""

import json
import re

import pytest

FEW = ("-n", "20")
SLIPPING = """
import numpy as np
import gradcheck as gc

gc.op("(...)->(...)", name="exp_like", rtol=1e-6, reason="the forward is tabulated")(np.exp).vjp(
    lambda g, out: g * out * (1 + {error})
)
gc.op("(...)->(...)", name="steady")(lambda x: 2 * x).vjp(lambda g: 2 * g)
"""


@pytest.fixture(autouse=True)
def times_do_not_count(monkeypatch):
    """Let no time be long enough to be compared, however busy the machine is."""
    monkeypatch.setattr("gradcheck.run.history.compare._BRIEF", 1e9)


@pytest.fixture
def runs(gradcheck, module):
    """Save a run in which an error is 1e-12, and one in which it is 1e-8; both pass."""
    good = module(SLIPPING.format(error="1e-12"), "good.py")
    worse = module(SLIPPING.format(error="1e-8"), "worse.py")
    for ops, file in ((good, "before.json"), (worse, "after.json")):
        done = gradcheck("run", "--ops", ops, *FEW, "--save", file)
        assert done.code == 0
        assert f"Saved the run in {file}.\n" in done.err
    return "before.json", "after.json"


def rounded(text):
    """Leave out what differs between machines: times, and rows about them."""
    lines = [line for line in text.splitlines(keepends=True) if "times as long" not in line]
    return "".join(lines)


@pytest.mark.parametrize("form", ["table", "markdown", "json"])
def test_an_error_that_grows_fails_though_both_runs_pass(gradcheck, runs, form, snapshot):
    done = gradcheck("compare", *runs, "--format", form)
    assert (done.code, done.err) == (1, "")
    assert rounded(done.out) == snapshot


def test_a_run_is_held_against_a_baseline(gradcheck, runs):
    done = gradcheck("run", "--ops", "worse.py", *FEW, "--baseline", "before.json")
    assert done.code == 1
    assert "2 passed" in done.out
    assert re.search(r"worse +exp_like +worst rel. error +\S.* +1e-08 ", done.out)
    assert gradcheck("run", "--ops", "worse.py", *FEW, "--baseline", "after.json").code == 0
    options = ("--baseline", "before.json", "--exit-zero")
    assert gradcheck("run", "--ops", "worse.py", *FEW, *options).code == 0


def test_the_comparison_stays_out_of_a_document_on_standard_output(gradcheck, runs):
    options = ("--format", "json", "--baseline", "before.json")
    done = gradcheck("run", "--ops", "worse.py", *FEW, *options)
    assert done.code == 1
    assert json.loads(done.out)["format"] == "gradcheck-run"
    assert "exp_like" in done.err


def test_a_run_that_improves_is_no_regression(gradcheck, runs):
    done = gradcheck("compare", *reversed(runs))
    assert done.code == 0
    assert "no regression" in done.out


def test_ops_that_were_not_asked_for_are_no_change(gradcheck, runs):
    done = gradcheck("run", "steady", "--ops", "good.py", *FEW, "--baseline", "before.json")
    assert done.code == 0
    assert "no regression in 1 op that both runs checked" in done.out


def test_a_baseline_can_be_configured_beside_the_ops(gradcheck, runs, own_directory, monkeypatch):
    (own_directory / "gradcheck.toml").write_text(
        'ops = ["worse.py"]\ncases = 20\nbaseline = "before.json"\n'
    )
    (own_directory / ".git").mkdir()
    inner = own_directory / "inner"
    inner.mkdir()
    monkeypatch.chdir(inner)
    done = gradcheck("run")
    assert done.code == 1
    assert "worse" in done.out
    (own_directory / "before.json").unlink()
    done = gradcheck("run")
    assert (done.code, done.out) == (2, "")
    assert "before.json cannot be read" in done.error


def test_a_baseline_is_read_before_it_is_saved_over(gradcheck, runs):
    options = ("--baseline", "before.json", "--save", "before.json")
    assert gradcheck("run", "--ops", "worse.py", *FEW, *options).code == 1
    assert gradcheck("compare", "before.json", "after.json").code == 0


def test_a_report_in_json_is_a_saved_run(gradcheck, runs):
    gradcheck("run", "--ops", "good.py", *FEW, "--report", "json=report.json")
    assert gradcheck("compare", "before.json", "report.json").code == 0


@pytest.mark.parametrize("text", ["import numpy\n", "{}", '{"format": "gradcheck-failure"}'])
def test_a_run_is_not_saved_over_something_else(gradcheck, right_ops, own_directory, text):
    (own_directory / "precious").write_text(text)
    done = gradcheck("run", "--ops", right_ops, *FEW, "--save", "precious")
    assert (done.code, done.out) == (2, "")
    assert done.error == (
        "The run cannot be saved: precious holds something else than a run, which would be lost."
    )
    assert (own_directory / "precious").read_text() == text


def test_where_nothing_can_be_saved_nothing_is_run(gradcheck, right_ops, own_directory):
    done = gradcheck("run", "--ops", right_ops, *FEW, "--save", ".")
    assert (done.code, done.out) == (2, "")
    assert done.error.startswith("The run cannot be saved: . is a folder")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "old.json cannot be read: No such file or directory."),
        ("", "old.json is no JSON: line 1, column 1: Expecting value."),
        ('{"format": "gradcheck-failure", "version": 1}', "is of format 'gradcheck-failure'; what"),
        ('{"format": "gradcheck-run", "version": 2}', "old.json is of version 2; this gradcheck"),
        ('{"format": "gradcheck-run", "version": 1}', "old.json lacks 'environment'."),
    ],
)
def test_what_is_no_saved_run_is_refused(gradcheck, right_ops, own_directory, text, said):
    if text is not None:
        (own_directory / "old.json").write_text(text)
    for command in (
        ("compare", "old.json", "old.json"),
        ("run", "--ops", right_ops, "--baseline", "old.json"),
    ):
        done = gradcheck(*command)
        assert (done.code, done.out) == (2, "")
        assert said in done.error
