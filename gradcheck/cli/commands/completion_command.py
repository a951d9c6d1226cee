"""`gradcheck completion`: print the script that makes a shell complete our commands."""

from __future__ import annotations

import os

import click

SHELLS = ("bash", "zsh", "fish")


@click.command("completion")
@click.argument("shell", type=click.Choice(SHELLS), required=False)
def command(shell: str | None) -> None:
    """Print a shell completion script (for the shell in $SHELL unless named).

    Names of ops, ids of stored failures, profiles and properties are completed as well. No op
    is imported for it: names are read from the text of modules, or known from the last run.

    \b
    bash  eval "$(gradcheck completion bash)"       in ~/.bashrc
    zsh   eval "$(gradcheck completion zsh)"        in ~/.zshrc
    fish  gradcheck completion fish | source        in ~/.config/fish/config.fish
    """
    from click.shell_completion import get_completion_class

    from gradcheck.cli.main import group

    name = shell or _current_shell()
    completion = get_completion_class(name)
    if completion is None:
        raise click.UsageError(f"click has no completion for {name!r}.")
    click.echo(completion(group, {}, "gradcheck", "_GRADCHECK_COMPLETE").source())


def _current_shell() -> str:
    name = os.path.basename(os.environ.get("SHELL", ""))  # noqa: PTH119 - pathlib costs start-up
    if name not in SHELLS:
        raise click.UsageError(
            f"$SHELL is {name!r}, so name the shell: one of {', '.join(SHELLS)}."
        )
    return name
