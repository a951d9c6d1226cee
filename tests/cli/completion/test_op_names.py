"""What a shell is offered: names of ops, ids, profiles; and no op is imported for it."""

import json
from pathlib import Path

import pytest

from gradcheck.cli.completion.op_names import builtin_names, written_in
from gradcheck.spec.registry import Registry


@pytest.fixture
def offered(loaded_by):
    """Ask what completes the last word, by click's protocol for bash, in a fresh process."""

    def ask(words):
        place = str(len(words.split(" ")) - 1)
        printed = loaded_by(_GRADCHECK_COMPLETE="bash_complete", COMP_WORDS=words, COMP_CWORD=place)
        assert "loaded []" in printed
        lines = printed.splitlines()
        return [line.partition(",")[2] for line in lines if line.startswith("plain,")]

    return ask


def test_the_names_of_the_catalogue_are_read_from_its_text():
    registry = Registry()
    registry.load("gradcheck.ops")
    assert sorted(builtin_names()) == sorted(spec.name for spec in registry)


@pytest.mark.parametrize("command", ["run", "show", "plot", "audit", "list", "run -x --exclude"])
def test_built_in_ops_are_offered(offered, command):
    assert offered(f"gradcheck {command} sof") == ["softplus", "softmax"]


def test_a_second_op_is_offered_too(offered):
    assert offered("gradcheck run softmax matm") == ["matmul"]


def test_ops_of_a_module_are_offered_before_it_was_ever_imported(offered, right_ops):
    assert offered(f"gradcheck run --ops {right_ops} my_") == ["my_double", "my_cube"]
    assert offered(f"gradcheck run --ops {right_ops} soft") == []
    assert offered(f"gradcheck run --ops {right_ops} --builtin softm") == ["softmax"]


def test_ops_of_a_configured_module_are_offered(offered, right_ops):
    Path("gradcheck.toml").write_text(f'ops = ["{right_ops}"]\n', encoding="utf-8")
    assert offered("gradcheck show my_d") == ["my_double"]


def test_ops_that_only_a_run_can_know_are_offered_after_one(offered, gradcheck, module):
    table = """
        import numpy as np
        import gradcheck as gc
        for factor in (2, 3):
            gc.op("(...)->(...)", name=f"times_{factor}")(
                lambda x, factor=factor: factor * x
            ).derivative(lambda x, factor=factor: np.full_like(x, factor))
        """
    path = module(table, "table.py")
    assert offered(f"gradcheck run --ops {path} times") == []
    gradcheck("run", "times_2", "-n", "5", "--ops", path)
    assert offered(f"gradcheck run --ops {path} times") == ["times_2", "times_3"]


def test_a_run_that_keeps_nothing_writes_no_names(gradcheck, right_ops):
    gradcheck("run", "-n", "5", "--no-database", "--ops", right_ops)
    assert not Path(".gradcheck").exists()


@pytest.mark.parametrize("text", ["", "[]", '{"my_ops.py": 3}', "\x00", "[" * 100_000])
def test_a_broken_file_of_names_is_the_same_as_none(offered, text):
    Path(".gradcheck").mkdir()
    Path(".gradcheck/ops.json").write_text(text, encoding="utf-8")
    assert offered("gradcheck run --ops my_ops.py m") == []


def test_a_name_that_would_break_the_answer_is_not_offered(offered):
    Path(".gradcheck").mkdir()
    names = ["my_\nplain,evil", "my_\x1b[31m", "my_op"]
    Path(".gradcheck/ops.json").write_text(json.dumps({"my_ops.py": names}), encoding="utf-8")
    assert offered("gradcheck run --ops my_ops.py my") == ["my_op"]


@pytest.mark.parametrize(
    "text", ["def broken(", "\x00", "x = " + "(" * 5000, "# é".encode("latin-1")]
)
def test_a_module_that_cannot_be_read_offers_nothing(tmp_path, text):
    path = tmp_path / "my_ops.py"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    assert written_in(path) == []


def test_ids_of_stored_failures_are_offered(offered, gradcheck, wrong_ops):
    gradcheck("run", "my_cube", "--ops", wrong_ops)
    (failure,) = Path(".gradcheck/failures").glob("*.json")
    assert offered("gradcheck replay ") == [failure.stem]
    assert offered(f"gradcheck pin {failure.stem[:3]}") == [failure.stem]


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ("gradcheck run --profile ", ["quick", "default", "ci", "thorough"]),
        ("gradcheck explain lin", ["linearity"]),
        ("gradcheck explain INC", ["INCONCLUSIVE"]),
        ("gradcheck run --report j", ["json", "jsonl", "junit"]),
        ("gradcheck run --also ", ["tails", "hessian"]),
        ("gradcheck in", ["init", "info"]),
    ],
)
def test_other_names_are_offered(offered, words, names):
    assert offered(words) == names


def test_a_configuration_with_mistakes_is_no_obstacle(offered):
    Path("gradcheck.toml").write_text("case = 3\n", encoding="utf-8")
    assert offered("gradcheck run matm") == ["matmul"]


def test_files_are_left_to_the_shell(loaded_by):
    words = "gradcheck run --ops my"
    printed = loaded_by(_GRADCHECK_COMPLETE="bash_complete", COMP_WORDS=words, COMP_CWORD="3")
    assert printed.splitlines()[0] == "file,my"
