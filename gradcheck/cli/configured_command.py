"""Commands whose options take their defaults from the configuration.

Click knows four places that a value can come from and their order; the configuration,
resolved beforehand with the environment, is the third of them, its `default_map`. So an
option is declared once, and one that a key names is configurable without knowing of it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from gradcheck.cli.config.relative_paths import located_value
from gradcheck.cli.messages import note, warn
from gradcheck.cli.module_arguments import modules_apart

if TYPE_CHECKING:
    from gradcheck.cli.config.keys import Key
    from gradcheck.cli.config.precedence import Config, Setting

_META = "gradcheck.configuration"
_ARGUMENTS = "gradcheck.arguments"


class Configuration(NamedTuple):
    """Settings of one call of a command.

    Attributes:
        config: without the command line.
        settings: with it.
    """

    config: Config
    settings: Mapping[str, Setting]

    def again(self, *, order: int) -> list[str]:
        """Options that restore this configuration, as far as cases depend on it."""
        file = ["--config", self.config.named] if self.config.named else []
        # Properties in `also` are repeated by the caller; one that was taken away cannot be.
        lowered = order == 1 and self.config.bare["order"].value != 1
        return [*file, *(["--order", "1"] if lowered else [])]


class ConfiguredCommand(click.Command):
    """A command that reads the configuration before its options are looked at."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        ctx.meta[_ARGUMENTS] = tuple(args)
        typed: Mapping[str, Any] = {} if ctx.resilient_parsing else self._typed(ctx, args)
        help_option = self.get_help_option(ctx)
        if not ctx.resilient_parsing and not (help_option and help_option.name in typed):
            from gradcheck.cli.config.precedence import resolve

            config = resolve(
                cwd=Path.cwd(),
                environ=os.environ,
                profile=typed.get("profile"),
                file=typed.get("config_file"),
            )
            settings = self._with_command_line(config, typed)
            ctx.meta[_META] = Configuration(config, settings)
            ctx.default_map = self._defaults(settings)
        try:
            return super().parse_args(ctx, args)
        except click.BadParameter as error:
            origin = self._blame(ctx, error.param)
            if not origin:
                raise
            message = f"{error.message} (From {origin}.)"
            raise click.BadParameter(message, error.ctx, error.param, error.param_hint) from None

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        from gradcheck.cli.help_groups import write_options

        write_options(self, ctx, formatter)

    def invoke(self, ctx: click.Context) -> Any:
        config, settings = configuration(ctx)
        for warning in config.warnings:
            warn(warning)
        for sentence in self._deprecations(settings):
            note(sentence)
        return super().invoke(ctx)

    def parameter(self, key: Key) -> click.Parameter | None:
        """The parameter whose default a key gives, if this command reads it."""
        if key.commands and self.name not in key.commands:
            return None
        for parameter in self.params:
            if key.option in parameter.opts or parameter.metavar == f"[{key.option}]...":
                return parameter
        return None

    def _deprecations(self, settings: Mapping[str, Setting]) -> Iterator[str]:
        from gradcheck.cli.config.keys import KEYS

        for key in KEYS:
            setting = settings[key.name]
            if key.instead and not setting.is_default and self.parameter(key):
                yield (
                    f"{setting.origin} is deprecated and will be gone in the next release; use "
                    f"{key.instead}."
                )

    def _blame(self, ctx: click.Context, parameter: click.Parameter | None) -> str:
        """Where a parameter's value was configured; empty if it was not."""
        source = parameter and parameter.name and ctx.get_parameter_source(parameter.name)
        if source is not click.core.ParameterSource.DEFAULT_MAP:
            return ""
        from gradcheck.cli.config.keys import KEYS

        (key,) = (key for key in KEYS if self.parameter(key) is parameter)
        return configuration(ctx).settings[key.name].origin

    def _typed(self, ctx: click.Context, args: Sequence[str]) -> Mapping[str, Any]:
        """Parameters that the command line itself gives, not yet converted."""
        values, *_ = self.make_parser(ctx).parse_args(args=list(args))
        # The parser's mark for an argument that was left out is private to click.
        left_out = self.make_parser(ctx).parse_args(args=[])[0].values()
        return modules_apart({n: value for n, value in values.items() if value not in left_out})

    def _with_command_line(self, config: Config, typed: Mapping[str, Any]) -> Mapping[str, Setting]:
        """Lay the command line over the rest."""
        from gradcheck.cli.config.keys import KEYS
        from gradcheck.cli.config.precedence import Layer, Setting, SettingLevel, built_in, merged

        on_top = {}
        for key in KEYS:
            parameter = self.parameter(key)
            if parameter is not None and parameter.name in typed:
                value = _as_in_a_file(key, typed[parameter.name])
                on_top[key.name] = Setting(value, SettingLevel.COMMAND_LINE, key.option)
        if "quiet" in typed:
            on_top["verbosity"] = Setting(-1, SettingLevel.COMMAND_LINE, "-q")
        below = dict(config.settings)
        if "select" in on_top:  # who names ops means them, whatever else is configured
            below = {name: s for name, s in below.items() if name not in ("keyword", "tags")}
        return merged([Layer(on_top), Layer(below), built_in()])

    def _defaults(self, settings: Mapping[str, Setting]) -> dict[str, Any]:
        """Configured values, by the names of parameters."""
        from gradcheck.cli.config.keys import KEYS

        defaults: dict[str, Any] = {}
        for key in KEYS:
            setting = settings[key.name]
            parameter = self.parameter(key)
            if parameter is None or setting.is_typed or setting.is_default:
                continue
            if key.name == "verbosity":
                assert isinstance(setting.value, int)
                defaults |= {"verbose": max(setting.value, 0), "quiet": setting.value < 0}
            else:
                assert parameter.name is not None
                defaults[parameter.name] = located_value(key, setting)
        return defaults


def configuration(ctx: click.Context | None = None) -> Configuration:
    """The configuration of the command that runs."""
    resolved: Configuration = (ctx or click.get_current_context()).meta[_META]
    return resolved


def arguments() -> tuple[str, ...]:
    """Everything typed behind the name of the command that runs."""
    typed: tuple[str, ...] = click.get_current_context().meta[_ARGUMENTS]
    return typed


def _as_in_a_file(key: Key, typed: Any) -> object:
    """Convert a typed value as a file's; click judges invalid ones later."""
    try:
        value = key.kind.parse(typed) if isinstance(typed, str) else typed
        return key.kind.read(list(value) if isinstance(value, tuple) else value)
    except ValueError:
        return typed
