"""`gradcheck merge`: parts of a run become the whole, or it is said why they cannot."""

import json
from pathlib import Path

import pytest

PARTS = ("one.json", "two.json")


@pytest.fixture
def parts(gradcheck, verdicts, right_ops):
    """Save a run in two parts, one op each."""

    def run(*given, **more):
        verdicts(*given, **more)
        for number, file in enumerate(PARTS, start=1):
            gradcheck("run", "--ops", right_ops, "--shard", f"{number}/2", "--save", file)

    return run


@pytest.mark.parametrize(
    ("verdict", "options", "code"),
    [("PASS", (), 0), ("FAIL", (), 1), ("VACUOUS", (), 0), ("VACUOUS", ("--strict",), 1)],
)
def test_the_status_is_that_of_the_whole_run(gradcheck, parts, verdict, options, code):
    parts(verdict, verdict)
    done = gradcheck("merge", *PARTS, "-o", "whole.json", *options)
    assert (done.code, done.err) == (code, "Saved the run in whole.json.\n")
    saved = json.loads(Path("whole.json").read_text(encoding="utf-8"))
    assert [each["op"] for each in saved["results"]] == ["my_double", "my_cube"]
    assert done.out.count("FAIL my_") == 2 * (verdict == "FAIL")


def test_an_interrupted_part_makes_the_whole_interrupted(gradcheck, parts):
    parts("PASS", "PASS", interrupted=True)
    assert gradcheck("merge", *PARTS, "-o", "whole.json").code == 130


@pytest.mark.parametrize(
    ("files", "said"),
    [
        (PARTS[:1], "2/2"),
        ((PARTS[0], PARTS[0]), "Shard 1/2 is there 2 times."),
        ((PARTS[0], "none.json"), "none.json cannot be read"),
    ],
)
def test_parts_that_are_no_whole_are_refused(gradcheck, parts, own_directory, files, said):
    parts("PASS", "PASS")
    done = gradcheck("merge", *files, "-o", "whole.json")
    assert (done.code, done.out) == (2, "")
    assert said in done.error
    assert not (own_directory / "whole.json").exists()
