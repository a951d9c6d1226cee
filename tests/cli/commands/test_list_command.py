"""`gradcheck list`: the ops, with signature, tags and summary."""

import json
from pathlib import Path


def test_list_names_and_describes(gradcheck, right_ops):
    done = gradcheck("list", "--ops", right_ops)
    assert (done.code, done.err) == (0, "")
    rows = [line.split("  ") for line in done.out.splitlines()]
    assert [row[0] for row in rows] == ["op", "my_double", "my_cube"]
    for word in ("(...)->(...)", "easy", "Twice the input."):
        assert word in done.out


def test_list_as_bare_names(gradcheck, right_ops):
    assert (
        gradcheck("list", "--ops", right_ops, "--format", "concise").out == "my_double\nmy_cube\n"
    )


def test_a_narrow_list_goes_without_tags(gradcheck, right_ops, monkeypatch):
    monkeypatch.setenv("COLUMNS", "45")
    lines = gradcheck("list", "--ops", right_ops).out.splitlines()
    assert lines[0].split() == ["op", "signature", "summary"]
    assert max(map(len, lines)) <= 45


def test_a_module_by_its_dotted_name(gradcheck, right_ops):
    assert "my_cube" in gradcheck("list", "--ops", Path(right_ops).stem).out


def test_list_for_programs(gradcheck, right_ops):
    told = json.loads(gradcheck("list", right_ops, "-t", "easy", "--format", "json").out)
    (op,) = told
    assert (op["name"], op["signature"], op["tags"]) == ("my_double", "(...)->(...)", ["easy"])
    assert op["summary"] == "Twice the input."
    assert op["location"]["file"].endswith(right_ops)
