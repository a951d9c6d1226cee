"""The command group; a command's module is imported once it is called."""

from __future__ import annotations

import importlib

import click

from gradcheck import __version__
from gradcheck.cli.help_groups import COMMANDS, write_commands

_SUMMARIES = {name: text for commands in COMMANDS.values() for name, text in commands.items()}
_COMMANDS = tuple(_SUMMARIES)


class LazyGroup(click.Group):
    """A group whose commands live in `gradcheck.cli.commands.NAME_command`."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in _COMMANDS:
            return None
        module = importlib.import_module(f"gradcheck.cli.commands.{cmd_name}_command")
        command: click.Command = module.command
        command.short_help = _SUMMARIES[cmd_name]
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's
        write_commands(formatter)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if args and args[0].startswith("-") and args[0] not in self._own_options(ctx):
            args = self._command_first(ctx, args)
        return super().parse_args(ctx, args)

    def _own_options(self, ctx: click.Context) -> list[str]:
        return ["--", *(flag for parameter in self.get_params(ctx) for flag in parameter.opts)]

    def _command_first(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Move options behind the command, which is `run` if there is none."""
        run = self.get_command(ctx, "run")
        with_value = {
            flag
            for option in (run.params if run else ())
            if isinstance(option, click.Option) and not (option.is_flag or option.count)
            for flag in option.opts
        }
        place = 0
        while place < len(args) and args[place].startswith("-") and args[place] != "--":
            place += 1 + (args[place] in with_value)
        if place < len(args) and args[place] in _COMMANDS:
            return [args[place], *args[:place], *args[place + 1 :]]
        return ["run", *args]

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0]
        if name not in _COMMANDS and not name.startswith("-") and not ctx.resilient_parsing:
            from gradcheck.cli.module_arguments import is_module

            if not is_module(name):
                raise click.UsageError(_unknown(name), ctx=ctx)
            args = ["run", *args]
        return super().resolve_command(ctx, args)


def _unknown(name: str) -> str:
    from gradcheck.errors import did_you_mean, listing

    hint = did_you_mean(name, _COMMANDS) or f" To check an op: 'gradcheck run {name}'."
    return f"There is no command {name!r}; there are {listing(_COMMANDS)}.{hint}"


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Start with 'gradcheck run matmul', then 'gradcheck run my_ops.py'.",
)
@click.version_option(__version__, "-V", "--version", message="gradcheck %(version)s")
def group() -> None:
    """Tell whether hand-written gradients are right, and show where they are wrong."""
