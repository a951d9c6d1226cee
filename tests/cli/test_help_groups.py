"""Help pages in groups: every option and command stands in one, and the columns are aligned."""

import re

import click
import pytest

from gradcheck.cli.commands.audit_command import command as audit
from gradcheck.cli.commands.config_command import command as config
from gradcheck.cli.commands.run_command import command as run
from gradcheck.cli.help_groups import COMMANDS, OPTIONS
from gradcheck.cli.main import group


def sections(text):
    """The names of the sections of a page, each with its lines."""
    parts = re.split(r"^(\w[\w ]*):\n", text, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def test_every_command_is_in_one_group():
    listed = [name for names in COMMANDS.values() for name in names]
    assert sorted(listed) == sorted(group.list_commands(click.Context(group)))


@pytest.mark.parametrize("command", [run, audit, config], ids=["run", "audit", "config"])
def test_every_option_of_a_long_page_is_in_a_group(command):
    grouped = [name for names in OPTIONS.values() for name in names]
    assert len(set(grouped)) == len(grouped)
    shown = {p.name for p in command.params if isinstance(p, click.Option) and not p.hidden}
    assert shown <= set(grouped)


def test_a_page_in_groups(gradcheck):
    page = sections(gradcheck("run", "--help").out)
    assert [*page][:2] == ["Ops", "Cases and checks"]
    assert [line.split()[0] for line in page["Other"].strip().splitlines()] == ["-h,"]
    assert "--maxfail N" in page["When to stop"]
    assert "--shard I/N" in page["Where ops run"]


def test_the_texts_of_all_groups_begin_in_the_same_column(gradcheck):
    texts = [
        "Equal seeds",
        "Stop when N",
        "Memory that",
        "Exit with 0",
        "List the N",
        "Compare with",
    ]
    lines = gradcheck("run", "--help").out.splitlines()
    columns = {line.index(text) for text in texts for line in lines if text in line}
    assert len(columns) == 1


def test_a_short_page_has_one_list(gradcheck):
    page = sections(gradcheck("list", "--help").out)
    assert "Options" in page
    assert "Ops" not in page


def test_commands_in_groups(gradcheck):
    text, _, _ = gradcheck("--help").out.partition("  Start with")
    page = sections(text)
    for name, commands in COMMANDS.items():
        assert [line.split()[0] for line in page[name].strip().splitlines()] == [*commands]
