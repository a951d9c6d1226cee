"""The command group: which commands there are, and what an unknown one is told."""

import importlib

import click
import pytest

from gradcheck.cli.main import group

COMMANDS = group.list_commands(click.Context(group))


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_lies_in_the_module_of_its_name(name):
    command = group.get_command(click.Context(group), name)
    module = importlib.import_module(f"gradcheck.cli.commands.{name}_command")
    assert command is module.command
    assert command.name == name


def test_the_help_page_names_each_command_with_a_summary(gradcheck):
    done = gradcheck("--help")
    listed = {line.split()[0]: line for line in done.out.splitlines() if line.startswith("  ")}
    for name in COMMANDS:
        assert len(listed[name].split()) > 2


def test_a_module_that_is_no_command_is_none():
    assert group.get_command(click.Context(group), "../main") is None


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
        f"There is no command '{name}'; there are run, replay, pin, audit, museum, list, "
        f"show, plot, explain, compare, merge, init, config, info and completion. {hint}"
    )


@pytest.mark.parametrize(
    ("arguments", "command"),
    [
        (("--ops", "list", "list"), "list"),
        (("-k", "run", "list"), "list"),
        (("--color", "never", "list", "exp"), "list"),
        (("-v", "-n", "3", "audit"), "audit"),
        (("--seed", "3"), "run"),
        (("-q",), "run"),
    ],
)
def test_options_before_the_command_are_those_of_the_command(arguments, command):
    context = click.Context(group)
    group.parse_args(context, list(arguments))
    first, rest = context._protected_args, context.args
    options = list(arguments)
    if command in options:
        del options[len(options) - 1 - options[::-1].index(command)]
    assert [*first, *rest] == [command, *options]


@pytest.mark.parametrize("option", ["-h", "--help", "-V", "--version"])
def test_options_of_the_group_stay_its_own(gradcheck, option):
    done = gradcheck(option, "run")
    assert (done.code, done.err) == (0, "")


def test_an_unknown_option_is_told_as_one_of_run(gradcheck):
    done = gradcheck("--sed", "3")
    assert (done.code, done.out) == (2, "")
    assert done.error.startswith("No such option '--sed'.")
