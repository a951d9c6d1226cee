"""Completions of arguments: names that begin so, each once, and none that breaks the answer."""

import click
import pytest
from click.shell_completion import CompletionItem

from gradcheck.cli.completion import completers


def offered(complete, start="", **parameters):
    context = click.Context(click.Command("run"))
    context.params = parameters
    return [item.value for item in complete(context, click.Option(["--x"]), start)]


def test_ops_are_those_of_the_modules_that_are_typed(right_ops):
    assert offered(completers.ops, modules=(right_ops,)) == ["my_double", "my_cube"]
    assert offered(completers.ops, "my_c", modules=(right_ops,)) == ["my_cube"]
    assert "matmul" in offered(completers.ops, modules=(right_ops,), builtin=True)


def test_else_those_of_the_configuration(own_directory, right_ops):
    assert offered(completers.ops, "matm") == ["matmul"]
    (own_directory / "gradcheck.toml").write_text(f'ops = ["{right_ops}"]')
    assert offered(completers.ops) == ["my_double", "my_cube"]
    (own_directory / "gradcheck.toml").write_text("ops = 3")
    assert offered(completers.ops, "matm") == ["matmul"]


def test_files_are_left_to_the_shell():
    (item,) = completers.paths(None, None, "my")
    assert (item.value, item.type) == ("my", "file")
    assert isinstance(item, CompletionItem)


@pytest.mark.parametrize(
    ("complete", "start", "names"),
    [
        (completers.profiles, "", ["quick", "default", "ci", "thorough"]),
        (completers.profiles, "t", ["thorough"]),
        (completers.words, "lay", ["layouts"]),
        (completers.words, "VAC", ["VACUOUS"]),
        (completers.words, "looks", ["looks like"]),
        (completers.reports, "js", ["json", "jsonl"]),
        (completers.reports, "x", []),
    ],
)
def test_names_that_begin_so(complete, start, names):
    assert offered(complete, start) == names


def test_failures_of_both_folders_the_latest_first_and_each_once(own_directory):
    import os

    for age, path in enumerate(
        [".gradcheck/failures/bbbb.json", "pins/cccc.json", "pins/bbbb.json", "pins/.hidden.json"]
    ):
        file = own_directory / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("{}")
        os.utime(file, (age, age))
    (own_directory / "pins" / "a\nb.json").write_text("{}")
    assert offered(completers.failures, corpus="pins") == ["bbbb", "cccc"]
    assert offered(completers.failures) == ["bbbb"]
