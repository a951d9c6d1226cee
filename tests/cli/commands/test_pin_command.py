"""`gradcheck pin`: a case that every later run begins with."""

import json
import re

import pytest

FEW = ("-n", "10")


@pytest.fixture
def pinned(gradcheck, wrong_ops):
    done = gradcheck("run", "--ops", wrong_ops, *FEW)
    name = re.search(r"this case +gradcheck replay ([0-9a-f]{8})\n", done.out)[1]
    done = gradcheck("pin", name)
    assert (done.code, done.err) == (0, "")
    assert done.out == f"Pinned my_cube {name}: commit gradcheck-corpus/{name}.json.\n"
    return name


def test_a_run_begins_with_it_and_says_so(gradcheck, pinned, wrong_ops):
    done = gradcheck("run", "--ops", wrong_ops, *FEW, "--no-database")
    assert done.code == 1
    row = next(line for line in done.out.splitlines() if line.startswith("my_cube"))
    assert re.search(r"FAIL +1 ", row)
    assert "found by a pinned case" in row
    assert "pinned case" in done.out.partition("FAIL my_cube")[2]


def test_a_right_op_runs_it_besides_its_own_cases(gradcheck, pinned, right_ops):
    done = gradcheck("run", "--ops", right_ops, *FEW)
    assert done.code == 0
    counts = {line.split()[0]: line.split()[2] for line in done.out.splitlines()[1:3]}
    assert int(counts["my_cube"]) == int(counts["my_double"]) + 1


def test_it_is_counted_in_the_coverage_too(gradcheck, pinned, right_ops):
    assert gradcheck("run", "--ops", right_ops, *FEW, "--coverage").code == 0


def test_one_that_does_not_fit_is_noted(gradcheck, pinned, module):
    other = module(
        """
        import gradcheck as gc
        gc.op("(...)->(...)", name="my_cube")(lambda y: y**3).vjp(lambda g, y: 3 * g * y**2)
        """
    )
    done = gradcheck("run", "--ops", other, *FEW)
    assert done.code == 0
    assert (
        f"Note: the pinned case {pinned} is left out. The case has the inputs 'x'; 'my_cube' "
        "takes 'y'.\n"
    ) in done.err


def test_one_that_cannot_be_run_is_noted_and_the_others_are_run(
    gradcheck, pinned, right_ops, own_directory
):
    path = own_directory / "gradcheck-corpus" / f"{pinned}.json"
    plain = json.loads(path.read_text())
    plain["result"]["failure"]["case"]["domains"] = [{"factory": "spd", "arguments": {}}]
    path.write_text(json.dumps(plain))
    done = gradcheck("run", "--ops", right_ops, *FEW)
    assert done.code == 0
    assert "a pinned case cannot be run: " in done.out


def test_a_broken_file_of_the_corpus_stops_the_run(gradcheck, pinned, right_ops, own_directory):
    path = own_directory / "gradcheck-corpus" / f"{pinned}.json"
    path.write_text(path.read_text()[:100])
    done = gradcheck("run", "--ops", right_ops, *FEW)
    assert (done.code, done.out) == (2, "")
    assert done.error.startswith(f"gradcheck-corpus/{pinned}.json is no JSON: line ")


def test_the_corpus_can_be_configured(gradcheck, pinned, wrong_ops, own_directory, monkeypatch):
    (own_directory / "gradcheck-corpus").rename(own_directory / "kept")
    (own_directory / "gradcheck.toml").write_text('corpus = "kept"\n')
    (own_directory / ".git").mkdir()
    inner = own_directory / "inner"
    inner.mkdir()
    monkeypatch.chdir(inner)
    done = gradcheck("run", "--ops", f"../{wrong_ops}", *FEW, "--no-database")
    assert "found by a pinned case" in done.out
    done = gradcheck("run", "--ops", f"../{wrong_ops}", *FEW, "--no-database", "--corpus", "none")
    assert "found by a pinned case" not in done.out
    assert "STILL FAILING" in gradcheck("replay", pinned, "--ops", f"../{wrong_ops}").out
    assert "../kept" in gradcheck("config").out


def test_an_unknown_id_pins_nothing(gradcheck, pinned, own_directory):
    before = sorted(own_directory.glob("gradcheck-corpus/*"))
    done = gradcheck("pin", pinned, "ffffffff")
    assert (done.code, done.out) == (2, "")
    assert done.error.startswith("No failure 'ffffffff' is stored in gradcheck-corpus or ")
    assert sorted(own_directory.glob("gradcheck-corpus/*")) == before
