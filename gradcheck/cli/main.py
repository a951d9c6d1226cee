"""The command group; a command's module is imported once it is called."""

from __future__ import annotations

import importlib

import click

from gradcheck import __version__

_COMMANDS = (
    *("run", "list", "show", "plot", "explain", "museum", "audit"),
    *("replay", "pin", "compare", "merge", "config", "completion", "init", "info"),
)


class LazyGroup(click.Group):
    """A group whose commands live in `gradcheck.cli.commands.NAME_command`."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in _COMMANDS:
            return None
        module = importlib.import_module(f"gradcheck.cli.commands.{cmd_name}_command")
        command: click.Command = module.command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0]
        if name not in _COMMANDS and not name.startswith("-") and not ctx.resilient_parsing:
            raise click.UsageError(_unknown(name), ctx=ctx)
        return super().resolve_command(ctx, args)


def _unknown(name: str) -> str:
    from gradcheck.errors import did_you_mean, listing

    hint = did_you_mean(name, _COMMANDS) or f" To check an op: 'gradcheck run {name}'."
    return f"There is no command {name!r}; there are {listing(_COMMANDS)}.{hint}"


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Start with 'gradcheck run matmul', then 'gradcheck run --ops my_ops.py'.",
)
@click.version_option(__version__, "-V", "--version", message="gradcheck %(version)s")
def group() -> None:
    """Tell whether hand-written gradients are right, and show where they are wrong."""
