"""Several options at once, in the order of the help page."""

import click

from gradcheck.cli.options.add_options import with_options


def test_help_lists_them_in_the_order_in_which_they_are_written():
    def command(**_):
        pass

    options = [click.option(f"--{name}") for name in ("one", "two", "three")]
    made = click.command()(with_options(command, *options))
    assert [parameter.name for parameter in made.params] == ["one", "two", "three"]
