"""Options that choose ops: names, globs, keywords, tags, and what is left out."""

import pytest


@pytest.mark.parametrize("command", ["run", "list", "show"])
def test_unknown_op(gradcheck, command, right_ops):
    done = gradcheck(command, "my_duoble", "--ops", right_ops)
    assert (done.code, done.out) == (2, "")
    assert done.error == (
        "There is no op 'my_duoble'. Did you mean 'my_double'? 'gradcheck list' shows all 2."
    )


def test_unknown_glob_and_tag_and_expression(gradcheck, right_ops):
    for options, said in (
        (["x*"], "No op fits 'x*'; 'gradcheck list' shows all 2."),
        (["-t", "eazy"], "No op has the tag 'eazy'; known are easy and hard. Did you mean 'easy'?"),
        (
            ["-k", "and or"],
            "-k 'and or' is not an expression; write words with 'and', 'or', 'not' and "
            "parentheses, as in 'soft and not loss'.",
        ),
        (["--exclude", "z"], "There is no op 'z'. 'gradcheck list' shows all 2."),
    ):
        done = gradcheck("run", "--ops", right_ops, *options)
        assert (done.code, done.error) == (2, said)


def test_a_typed_name_beats_a_configured_exclude(gradcheck, right_ops, own_directory):
    (own_directory / "gradcheck.toml").write_text('exclude = ["my_*"]')
    listed = ("list", "--ops", right_ops, "--format", "concise")
    (own_directory / "gradcheck.toml").write_text(f'ops = ["{right_ops}"]\nexclude = ["my_*"]')
    assert gradcheck("list", "--format", "concise").code == 5
    assert gradcheck("list", "my_cube", "--format", "concise").out == "my_cube\n"
    assert gradcheck("list", "my_cube", "--exclude", "my_*", "--format", "concise").code == 5
    assert gradcheck(*listed).out == "my_double\nmy_cube\n"  # the file is about other ops


def test_all_that_was_asked_for_is_named_where_nothing_is_left(gradcheck, right_ops):
    done = gradcheck("run", "my_cube", "--ops", right_ops, "-t", "easy", "-k", "cube")
    assert done.code == 5
    assert done.error == ("No op is left: none of the 2 loaded fits my_cube -k 'cube' --tag easy.")


def test_changed_files_choose_among_the_selected_ops(gradcheck, right_ops, own_directory):
    changed = ("--changed", str((own_directory / right_ops).resolve()))
    assert gradcheck("run", "--ops", right_ops, "-n", "1", "--no-database", *changed).code == 0
    done = gradcheck("run", "--ops", right_ops, "--changed", "/elsewhere.py")
    assert done.code == 5
    assert done.error == "No op that is selected is defined in what changed."
