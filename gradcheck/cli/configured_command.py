"""Commands whose options take their defaults from the configuration.

Click knows four places that a value can come from and their order; the configuration,
resolved beforehand with the environment, is the third of them, its `default_map`. So an
option is declared once, and one that a key names is configurable without knowing of it.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from gradcheck.cli.config.relative_paths import located, located_path
from gradcheck.cli.messages import warn

if TYPE_CHECKING:
    from gradcheck.cli.config.keys import Key
    from gradcheck.cli.config.precedence import Config, Setting

_META = "gradcheck.configuration"
_ARGUMENTS = "gradcheck.arguments"


class Configuration(NamedTuple):
    """What holds for one call of a command.

    Attributes:
        config: what holds without the command line.
        settings: what holds with it.
    """

    config: Config
    settings: Mapping[str, Setting]

    def again(self, *, order: int) -> list[str]:
        """The options that lead to the same configuration again, as far as cases depend on it."""
        named = ["--config", self.config.named] if self.config.named else []
        # Properties that are checked besides are told anyhow; one that was taken away is not.
        lowered = order == 1 and self.config.bare["order"].value != 1
        return [*named, *(["--order", "1"] if lowered else [])]


class ConfiguredCommand(click.Command):
    """A command that reads the configuration before its options are looked at."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        ctx.meta[_ARGUMENTS] = tuple(args)
        given = {} if ctx.resilient_parsing else self._given(ctx, args)
        helping = self.get_help_option(ctx)
        if not ctx.resilient_parsing and not (helping and helping.name in given):
            from gradcheck.cli.config.precedence import resolve

            config = resolve(
                cwd=Path.cwd(),
                environ=os.environ,
                profile=given.get("profile"),
                file=given.get("config_file"),
            )
            found = Configuration(config, self._with_command_line(config, given))
            ctx.meta[_META] = found
            ctx.default_map = self._defaults(found.settings)
        try:
            return super().parse_args(ctx, args)
        except click.BadParameter as error:
            origin = self._blame(ctx, error.param)
            if not origin:
                raise
            said = f"{error.message} (From {origin}.)"
            raise click.BadParameter(said, error.ctx, error.param, error.param_hint) from None

    def invoke(self, ctx: click.Context) -> Any:
        for warning in configuration(ctx).config.warnings:
            warn(warning)
        return super().invoke(ctx)

    def parameter(self, key: Key) -> click.Parameter | None:
        """The parameter that a key gives the default of, if this command reads the key."""
        if key.commands and self.name not in key.commands:
            return None
        for parameter in self.params:
            if key.option in parameter.opts or parameter.metavar == f"[{key.option}]...":
                return parameter
        return None

    def _blame(self, ctx: click.Context, parameter: click.Parameter | None) -> str:
        """Return where the value of a parameter was configured, or nothing."""
        source = parameter and parameter.name and ctx.get_parameter_source(parameter.name)
        if source is not click.core.ParameterSource.DEFAULT_MAP:
            return ""
        from gradcheck.cli.config.keys import KEYS

        (key,) = (key for key in KEYS if self.parameter(key) is parameter)
        return configuration(ctx).settings[key.name].origin

    def _given(self, ctx: click.Context, args: Sequence[str]) -> dict[str, Any]:
        """What the command line itself says, by the names of parameters, not yet converted."""
        said, *_ = self.make_parser(ctx).parse_args(args=list(args))
        # The parser's mark for an argument that was left out is private to click.
        left_out = self.make_parser(ctx).parse_args(args=[])[0].values()
        return {name: value for name, value in said.items() if value not in left_out}

    def _with_command_line(self, config: Config, given: Mapping[str, Any]) -> Mapping[str, Setting]:
        """Lay what the command line gives over the rest."""
        from gradcheck.cli.config.keys import KEYS
        from gradcheck.cli.config.precedence import Layer, Setting, SettingLevel, built_in, merged

        on_top = {}
        for key in KEYS:
            parameter = self.parameter(key)
            if parameter is not None and parameter.name in given:
                value = _understood(key, given[parameter.name])
                on_top[key.name] = Setting(value, SettingLevel.COMMAND_LINE, key.option)
        if "quiet" in given:
            on_top["verbosity"] = Setting(-1, SettingLevel.COMMAND_LINE, "-q")
        below = dict(config.settings)
        if "select" in on_top:  # who names ops means them, whatever else is configured
            below = {name: s for name, s in below.items() if name not in ("keyword", "tags")}
        return merged([Layer(on_top), Layer(below), built_in()])

    def _defaults(self, settings: Mapping[str, Setting]) -> dict[str, Any]:
        """Defaults by the names of parameters: all that was configured."""
        from gradcheck.cli.config.keys import KEYS

        found: dict[str, Any] = {}
        for key in KEYS:
            setting = settings[key.name]
            parameter = self.parameter(key)
            if parameter is None or setting.is_typed or setting.is_default:
                continue
            if key.name == "verbosity":
                assert isinstance(setting.value, int)
                found |= {"verbose": max(setting.value, 0), "quiet": setting.value < 0}
            else:
                assert parameter.name is not None
                found[parameter.name] = setting.value
                if key.name == "ops":
                    found[parameter.name] = located(setting)
                elif key.is_path:
                    found[parameter.name] = located_path(setting)
        return found


def configuration(ctx: click.Context | None = None) -> Configuration:
    """What was resolved for the command that runs."""
    found: Configuration = (ctx or click.get_current_context()).meta[_META]
    return found


def arguments() -> tuple[str, ...]:
    """What was typed behind the name of the command that runs."""
    found: tuple[str, ...] = click.get_current_context().meta[_ARGUMENTS]
    return found


def _understood(key: Key, given: Any) -> object:
    """What the command line gives for a key, as a file would give it; click judges it later."""
    try:
        said = key.kind.parse(given) if isinstance(given, str) else given
        return key.kind.read(list(said) if isinstance(said, tuple) else said)
    except ValueError:
        return given
