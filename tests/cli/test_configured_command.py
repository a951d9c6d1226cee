"""Options with defaults from the configuration, and notes about deprecated ones."""

from pathlib import Path

import click
import pytest

from gradcheck.cli.configured_command import ConfiguredCommand, configuration
from gradcheck.cli.options.config_file import config_options

OF_ORDER = (
    "Note: {origin} is deprecated and will be gone in the next release; "
    'use --also hessian, or also = ["hessian"] in a file.\n'
)


@pytest.mark.parametrize(
    ("arguments", "text", "variable", "origin"),
    [
        (["--order", "2"], "", "", "--order"),
        (["--order", "1"], "", "", "--order"),
        ([], "order = 2", "", "gradcheck.toml:order"),
        ([], "", "2", "GRADCHECK_ORDER"),
        (["--order", "1"], "order = 2", "2", "--order"),
    ],
)
def test_a_deprecated_option_names_its_replacement(
    gradcheck, verdicts, right_ops, monkeypatch, *, arguments, text, variable, origin
):
    Path("gradcheck.toml").write_text(text)
    monkeypatch.setenv("GRADCHECK_ORDER", variable)
    calls = verdicts("PASS", "PASS")
    done = gradcheck("run", "--ops", right_ops, *arguments)
    assert (done.code, done.err) == (0, OF_ORDER.format(origin=origin))
    ((_, settings),) = calls
    assert settings.also == (() if "1" in arguments else ("hessian",))


def test_the_replacement_is_not_deprecated(gradcheck, verdicts, right_ops):
    calls = verdicts("PASS", "PASS")
    done = gradcheck("run", "--ops", right_ops, "--also", "hessian")
    assert (done.code, done.err) == (0, "")
    ((_, settings),) = calls
    assert settings.also == ("hessian",)
    assert gradcheck("run", "--ops", right_ops, "--profile", "default").err == ""


def test_a_command_that_does_not_read_a_deprecated_key_says_nothing(gradcheck, own_directory):
    (own_directory / "gradcheck.toml").write_text("order = 2")
    assert gradcheck("list", "exp").err == ""
    assert "gradcheck.toml:order is deprecated" in gradcheck("config").err


@click.command("list", cls=ConfiguredCommand)
@click.option("-k", "keyword", default="a", type=click.Choice(["a", "b"]))
@click.option("--corpus", default="gradcheck-corpus")
@config_options
def command(**parameters):
    return parameters, configuration().settings["keyword"].origin


def called(*arguments):
    return command.main(list(arguments), standalone_mode=False)


def test_a_configured_value_is_the_default_of_an_option(own_directory):
    (own_directory / "gradcheck.toml").write_text('keyword = "b"')
    assert called()[0]["keyword"] == "b"
    assert called("-k", "a") == ({"keyword": "a", "corpus": "gradcheck-corpus"}, "-k")


def test_the_strongest_source_wins_and_is_named(own_directory, monkeypatch):
    (own_directory / "gradcheck.toml").write_text('keyword = "b"')
    assert called()[1] == "gradcheck.toml:keyword"
    monkeypatch.setenv("GRADCHECK_KEYWORD", "a")
    assert called() == ({"keyword": "a", "corpus": "gradcheck-corpus"}, "GRADCHECK_KEYWORD")


def test_a_path_in_a_file_is_relative_to_that_file(own_directory, monkeypatch):
    (own_directory / ".git").mkdir()
    (own_directory / "gradcheck.toml").write_text('corpus = "pins"')
    (own_directory / "below").mkdir()
    monkeypatch.chdir(own_directory / "below")
    assert called()[0]["corpus"] == "../pins"
    assert called("--corpus", "pins")[0]["corpus"] == "pins"


def test_a_value_that_click_refuses_is_blamed_on_its_file(own_directory):
    (own_directory / "gradcheck.toml").write_text('keyword = "c"')
    with pytest.raises(click.BadParameter, match=r"not one of.*From gradcheck\.toml:keyword"):
        called()
    with pytest.raises(click.BadParameter) as caught:
        called("-k", "c")
    assert "From" not in caught.value.message
