"""Bad input: what was wrong, what is allowed, status 2, nothing on standard output."""

from pathlib import Path

import pytest

from gradcheck.cli.config.choices import DTYPES
from gradcheck.ndarrays.dtypes import DTYPES as KNOWN_DTYPES

NUMBERS = [
    (("-n", "0"), "'-n' / '--cases': 0 is too few; at least 1 case must be drawn per op."),
    (("-n", "-3"), "'-n' / '--cases': -3 is too few; at least 1 case must be drawn per op."),
    (("-n", "many"), "'-n' / '--cases': 'many' is not a valid integer."),
    (("--seed", "-1"), "'--seed': -1 is not a seed; a seed is a whole number, 0 or more."),
    (("--max-time", "0"), "'--max-time': 0 is not a time limit; give seconds, more than 0."),
    (("--max-time", "nan"), "'--max-time': nan is not a time limit; give seconds, more than 0."),
    (("--max-time", "inf"), "'--max-time': inf is not a time limit; give seconds, more than 0."),
]
CHOICES = [
    ("--dtype", "float63", ", ".join(map(repr, KNOWN_DTYPES))),
    ("--sort", "size", "'name', 'margin', 'time'"),
    ("--format", "xml", "'table', 'concise', 'json', 'github'"),
    ("--color", "maybe", "'auto', 'always', 'never'"),
]


@pytest.mark.parametrize(("options", "said"), NUMBERS)
def test_numbers(gradcheck, options, said):
    done = gradcheck("run", *options)
    assert (done.code, done.out) == (2, "")
    assert done.error == f"Invalid value for {said}"


@pytest.mark.parametrize(("option", "value", "allowed"), CHOICES)
def test_choices(gradcheck, option, value, allowed):
    done = gradcheck("run", option, value)
    assert (done.code, done.out) == (2, "")
    assert done.error == f"Invalid value for '{option}': '{value}' is not one of {allowed}."


def test_the_dtypes_of_the_option_are_those_of_specs():
    assert DTYPES == KNOWN_DTYPES


def test_quiet_and_verbose(gradcheck):
    done = gradcheck("run", "-q", "-v")
    assert done.code == 2
    assert done.error == "-q and -v contradict each other; give one of them."


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("rnu", "Did you mean 'run'?"),
        ("lst", "Did you mean 'list'?"),
        ("matmul", "To check an op: 'gradcheck run matmul'."),
    ],
)
def test_unknown_command(gradcheck, name, hint):
    done = gradcheck(name)
    assert (done.code, done.out) == (2, "")
    assert done.error == (
        f"There is no command '{name}'; there are run, list, show, plot, explain, museum, "
        f"audit, replay, pin, compare, merge, config, completion, init and info. {hint}"
    )


def test_unknown_option(gradcheck):
    done = gradcheck("run", "--sed", "3")
    assert done.code == 2
    assert done.error.startswith("No such option '--sed'.")
    assert "--seed" in done.error


@pytest.mark.parametrize("command", ["run", "list", "show"])
def test_unknown_op(gradcheck, command, right_ops):
    done = gradcheck(command, "my_duoble", "--ops", right_ops)
    assert (done.code, done.out) == (2, "")
    assert done.error == (
        "There is no op 'my_duoble'. Did you mean 'my_double'? 'gradcheck list' shows all 2."
    )


@pytest.mark.parametrize("command", ["run", "list", "show"])
def test_a_builtin_op_beside_modules_of_ones_own(gradcheck, command, right_ops):
    done = gradcheck(command, "matmul", "--ops", right_ops)
    assert done.code == 2
    assert done.error == (
        "There is no op 'matmul' among those loaded. 'matmul' is a built-in op: add --builtin to "
        "load those too."
    )


@pytest.mark.parametrize("command", ["run", "list", "show"])
def test_a_file_where_an_op_is_expected(gradcheck, command, right_ops):
    done = gradcheck(command, right_ops)
    assert done.code == 2
    assert done.error == (
        "There is no op 'right_ops.py' among those loaded. 'right_ops.py' is a file: write "
        "--ops right_ops.py."
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


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("1 / 0", "my_ops.py:1: ZeroDivisionError: division by zero"),
        ("x = (", "my_ops.py:1: SyntaxError: '(' was never closed (my_ops.py, line 1)"),
        ("import nowhere_to_be_found", "No module named 'nowhere_to_be_found'"),
        ("x = 1", "my_ops.py defines no op. An op is made by @gradcheck.op(...)"),
        ("raise SystemExit(0)", "my_ops.py:1: SystemExit: 0"),
        ("raise ValueError('a\\x1b[31m\\nb')", "my_ops.py:1: ValueError: a\\x1b[31m\nb"),
    ],
)
def test_a_module_that_cannot_be_used(gradcheck, module, text, said):
    done = gradcheck("run", "--ops", module(text))
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("Error: ")
    assert said in done.error


def test_a_module_that_is_not_there(gradcheck, right_ops):
    done = gradcheck("run", "--ops", "rigth_ops.py")
    assert done.code == 2
    assert done.error == "There is no file rigth_ops.py. Did you mean 'right_ops.py'?"
    done = gradcheck("run", "--ops", "nowhere.ops")
    assert done.code == 2
    assert done.error.startswith("There is no module 'nowhere.ops' (looked in ")


def test_two_ops_of_one_name(gradcheck, module, right_ops):
    again = module(Path(right_ops).read_text(), "again.py")
    done = gradcheck("run", "--ops", right_ops, "--ops", again)
    assert done.code == 2
    assert done.error.startswith("Two ops are called 'my_double': ")
    assert "Rename one, or give it name='...'." in done.error


def test_show_needs_an_op(gradcheck):
    done = gradcheck("show")
    assert done.code == 2
    assert done.error == "Missing argument 'OP'."
