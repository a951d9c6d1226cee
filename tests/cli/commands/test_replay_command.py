"""`gradcheck replay`: the failure again, what became of it, and how to get rid of it."""

import json
import re
import subprocess
import sys

import pytest

from tests.op_modules import DOUBLE_AND_CUBE

FEW = ("-n", "10")


@pytest.fixture
def failed(gradcheck, wrong_ops):
    """Run ops of which one is wrong, and return the id of its failure."""
    done = gradcheck("run", "--ops", wrong_ops, *FEW)
    assert done.code == 1
    return re.search(r"this case +gradcheck replay ([0-9a-f]{8})\n", done.out)[1]


def test_without_a_failure_there_is_nothing_to_list_or_replay(gradcheck):
    done = gradcheck("replay")
    assert done.code == 0
    assert done.out == "No failure is stored here. A run that finds one stores it in .gradcheck.\n"
    done = gradcheck("replay", "--all")
    assert (done.code, done.out) == (5, "")
    assert done.err == "No failure is stored here: there is nothing to replay.\n"


def test_the_list_says_what_is_stored(gradcheck, failed, snapshot):
    gradcheck("pin", failed)
    done = gradcheck("replay")
    assert done.code == 0
    assert re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d", "YYYY-MM-DD hh:mm", done.out) == snapshot


def test_a_failure_that_is_still_there(gradcheck, failed, snapshot):
    done = gradcheck("replay", failed[:4])
    assert (done.code, done.err) == (1, "")
    assert done.out == snapshot


@pytest.mark.slow
def test_the_printed_command_works_in_a_fresh_process_and_so_does_its_mending(
    own_directory, failed
):
    def replay(*options):
        command = [sys.executable, "-m", "gradcheck", "replay", failed, *options]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    done = replay()
    assert (done.returncode, done.stderr) == (1, "")
    assert "STILL FAILING my_cube" in done.stdout
    assert "The gradients are the same, bit for bit." in done.stdout
    module = own_directory / "wrong_ops.py"
    module.write_text(module.read_text().replace("2 * x**2", "3 * x**2"))
    done = replay("--forget-fixed")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(f"FIXED my_cube   {failed}   The case passes.\n")
    assert done.stdout.endswith("1 failure was deleted.\n")
    assert not list(own_directory.glob(".gradcheck/failures/*.json"))


def test_of_all_that_are_fixed_it_says_how_to_get_rid_of_them(
    gradcheck, failed, right_ops, own_directory
):
    gradcheck("pin", failed)
    done = gradcheck("replay", "--all", "--ops", right_ops)
    assert done.code == 0
    assert "the op was edited since" in done.out
    assert "--forget-fixed deletes it; gradcheck pin ID keeps one for good." in done.out
    done = gradcheck("replay", "--all", "--ops", right_ops, "--forget-fixed")
    assert "1 failure was deleted." in done.out
    assert not list(own_directory.glob(".gradcheck/failures/*.json"))
    assert list(own_directory.glob("gradcheck-corpus/*.json"))
    done = gradcheck("replay", "--all", "--ops", right_ops, "--forget-fixed")
    assert (done.code, "deleted" in done.out) == (0, False)


def test_what_still_fails_is_not_forgotten(gradcheck, failed, own_directory):
    assert gradcheck("replay", failed, "--forget-fixed").code == 1
    assert list(own_directory.glob(".gradcheck/failures/*.json"))


def test_a_snippet_is_printed_and_nothing_run(gradcheck, failed):
    done = gradcheck("replay", failed, "--snippet")
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("# my_cube: ∂L/∂x is wrong, stored as ")


def test_the_configuration_holds_for_a_replay_too(gradcheck, failed, own_directory):
    (own_directory / "gradcheck.toml").write_text(
        '[op.my_cube]\nrtol = 0.9\nreason = "a test"\n', encoding="utf-8"
    )
    assert "FIXED my_cube" in gradcheck("replay", failed).out


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("--all", "1234"), "--all replays everything: give it, or IDs, not both."),
        (("--snippet",), "Which failure? Give an ID, a PATH, or --all."),
        (("--all", "--snippet", "--forget-fixed"), "--snippet runs nothing, so nothing is found"),
        (("nothing",), "No failure 'nothing' is stored in gradcheck-corpus or .gradcheck/failures"),
        (("x" * 10**6,), "No failure 'xxx"),
        (("",), "No failure '' is stored"),
        (("none.json",), "none.json cannot be read: No such file or directory."),
        (("a\0b",), r"No failure 'a\x00b' is stored"),
    ],
)
def test_what_cannot_be_replayed(gradcheck, given, said):
    done = gradcheck("replay", *given)
    assert (done.code, done.out) == (2, "")
    assert said in done.error
    assert len(done.error) < 500


def test_an_op_that_is_gone_is_told_with_the_nearest_one(gradcheck, failed, module):
    other = module(DOUBLE_AND_CUBE.format(prefix="our_", factor=3), "other.py")
    done = gradcheck("replay", failed, "--ops", other)
    assert done.code == 2
    assert done.error == (
        f"{failed} is about the op 'my_cube', which is not there. Did you mean 'our_cube'?"
    )


def test_a_module_that_is_gone_is_told(gradcheck, failed, own_directory):
    (own_directory / "wrong_ops.py").unlink()
    done = gradcheck("replay", failed)
    assert done.code == 2
    assert done.error.startswith(f"{failed} was found in 'wrong_ops.py', which is not here.")


@pytest.mark.parametrize("way", ["absolute", "upwards", "symlink", "nul"])
def test_a_file_cannot_make_replay_import_a_module_from_elsewhere(
    gradcheck, failed, own_directory, tmp_path_factory, way
):
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (elsewhere / "evil.py").write_text("raise SystemExit('it was run')")
    (own_directory / "link.py").symlink_to(elsewhere / "evil.py")
    named = {
        "absolute": str(elsewhere / "evil.py"),
        "upwards": f"../{elsewhere.name}/evil.py",
        "symlink": "link.py",
        "nul": "a\0.py",
    }[way]
    (path,) = own_directory.glob(".gradcheck/failures/*.json")
    plain = json.loads(path.read_text())
    plain["origins"]["modules"] = [named]
    (own_directory / "given.json").write_text(json.dumps(plain))
    done = gradcheck("replay", "given.json")
    assert done.code == 2
    assert "does not lie below the current folder. If you trust that file" in done.error


def test_a_module_from_elsewhere_is_in_the_printed_command(
    gradcheck, own_directory, wrong_ops, monkeypatch
):
    inner = own_directory / "inner"
    inner.mkdir()
    monkeypatch.chdir(inner)
    done = gradcheck("run", "--ops", f"../{wrong_ops}", *FEW)
    command = re.search(r"this case +gradcheck (replay .*)\n", done.out)[1]
    assert command.endswith(f" --ops ../{wrong_ops}")
    assert "STILL FAILING" in gradcheck(*command.split()).out


def test_one_broken_file_does_not_hide_the_others(gradcheck, failed, own_directory):
    broken = own_directory / ".gradcheck" / "failures" / "0000aaaa.json"
    broken.write_text('{"format": ')
    for command in (("replay",), ("replay", "--all")):
        done = gradcheck(*command)
        assert done.code == 2
        assert done.err.startswith("Error: .gradcheck/failures/0000aaaa.json is no JSON: line 1,")
        assert failed in done.out
    assert broken.read_text() == '{"format": '


def test_an_id_cannot_name_a_file_elsewhere(gradcheck, failed, own_directory):
    (path,) = own_directory.glob(".gradcheck/failures/*.json")
    plain = json.loads(path.read_text())
    plain["id"] = "../../../escaped"
    (own_directory / "given.json").write_text(json.dumps(plain))
    done = gradcheck("pin", "given.json")
    assert done.code == 2
    assert done.error.startswith("given.json.id should be 8 to 64 hexadecimal digits; it is '../")
    assert not list(own_directory.parent.glob("**/escaped*"))


def test_last_failed_and_failed_first(gradcheck, failed, wrong_ops, right_ops):
    done = gradcheck("run", "--ops", wrong_ops, *FEW, "--lf", "--format", "concise")
    assert "my_cube" in done.out
    assert "my_double" not in done.out
    done = gradcheck("run", "--ops", wrong_ops, *FEW, "--ff", "--format", "concise")
    assert done.out.index("my_cube") < done.out.index("my_double")
    gradcheck("run", "--ops", right_ops, *FEW)
    done = gradcheck("run", "--ops", right_ops, *FEW, "--lf")
    assert "None of these ops failed when it was last run: all are checked." in done.err
    assert "2 passed" in done.out


def test_a_broken_note_of_the_last_run_is_not_used_and_said(
    gradcheck, failed, right_ops, own_directory
):
    (own_directory / ".gradcheck" / "last-run.json").write_text("[]")
    done = gradcheck("run", "--ops", right_ops, *FEW, "--lf")
    assert done.code == 0
    assert "Note: .gradcheck/last-run.json is no document of gradcheck" in done.err


def test_nothing_is_kept_without_a_database(gradcheck, wrong_ops, own_directory):
    done = gradcheck("run", "--ops", wrong_ops, *FEW, "--no-database")
    assert "gradcheck replay" not in done.out
    assert not (own_directory / ".gradcheck").exists()


def test_what_is_kept_is_data_that_git_ignores(failed, own_directory):
    folder = own_directory / ".gradcheck"
    assert (folder / ".gitignore").read_text() == "*\n"
    assert sorted(path.name for path in folder.iterdir() if path.name != "examples") == [
        ".gitignore",
        "failures",
        "last-run.json",
        "ops.json",
    ]
    assert json.loads((folder / "last-run.json").read_text())["failed"] == ["my_cube"]
    (path,) = (folder / "failures").iterdir()
    assert json.loads(path.read_text())["op"] == "my_cube"
