"""One table of keys: options, environment, profiles, the core and the documentation follow it."""

import tomllib
from importlib.resources import files

import click
import pytest

from gradcheck.cli.commands.audit_command import command as audit
from gradcheck.cli.commands.list_command import command as listing
from gradcheck.cli.commands.run_command import command as run
from gradcheck.cli.config.keys import KEYS, OP_KEYS
from gradcheck.cli.config.option_choices import DTYPES, PROFILES
from gradcheck.cli.config.precedence import built_in, resolve
from gradcheck.cli.config.value_kinds import shown
from gradcheck.ndarrays.dtypes import DTYPES as KNOWN_DTYPES
from gradcheck.results.settings import Settings
from tests.root import ROOT

PAGE = ROOT / "docs" / "configuration.md"
BY_NAME = {key.name: key for key in KEYS}


def test_names_are_unique():
    assert len(BY_NAME) == len(KEYS)
    assert len({key.option for key in KEYS}) == len(KEYS)


@pytest.mark.parametrize("key", KEYS, ids=lambda key: key.name)
def test_run_has_an_option_for_every_key(key):
    assert run.parameter(key) is not None


@pytest.mark.parametrize("key", KEYS, ids=lambda key: key.name)
def test_the_option_has_the_default_of_the_key(key):
    parameter = run.parameter(key)
    shown_by_click = parameter.get_default(click.Context(run))
    nothing = shown_by_click is None or "UNSET" in repr(shown_by_click)
    assert (key.default if nothing else shown_by_click) == key.default
    if nothing:
        assert key.default in ((), None, False, 0, "")


@pytest.mark.parametrize("key", KEYS, ids=lambda key: key.name)
def test_the_option_allows_what_the_key_allows(key):
    choices = getattr(run.parameter(key).type, "choices", ())
    for choice in choices:
        held = [choice] if isinstance(key.default, tuple) else choice
        assert key.kind.read(held) in (choice, (choice,))
    named = [choice for choice in choices if isinstance(choice, str)]
    assert key.kind.says.endswith((", ".join(named), ", ".join(map(shown, named))))


@pytest.mark.parametrize(
    "key", [k for k in KEYS if k.default not in (None, "")], ids=lambda key: key.name
)
def test_a_default_is_a_value_that_is_allowed(key):
    held = list(key.default) if isinstance(key.default, tuple) else key.default
    assert key.kind.read(held) == key.default


def test_defaults_are_those_of_the_core():
    core = Settings()
    for name in ("cases", "seed", "dtypes", "also", "max_time", "max_run_time", "shrink"):
        assert BY_NAME[name].default == getattr(core, name), name


def test_dtypes_are_those_of_specs():
    assert DTYPES == KNOWN_DTYPES


def test_which_keys_other_commands_read():
    def read(command):
        return {key.name for key in KEYS if command.parameter(key)}

    selection = {"ops", "builtin", "select", "keyword", "tags", "exclude", "color"}
    assert read(listing) == selection
    assert read(audit) == selection | {"cases", "seed", "dtypes"}


def test_every_profile_is_shipped_and_no_other():
    shipped = {path.name for path in files("gradcheck.configs").iterdir()}
    assert {f"{name}.toml" for name in PROFILES} == {n for n in shipped if n.endswith(".toml")}


@pytest.mark.parametrize("name", PROFILES)
def test_every_profile_can_be_used(name, tmp_path):
    config = resolve(cwd=tmp_path, environ={}, profile=name)
    assert config.profile == name
    assert config.warnings == ()


def test_the_profile_default_says_what_holds_without_it():
    text = files("gradcheck.configs").joinpath("default.toml").read_text(encoding="utf-8")
    for name, value in tomllib.loads(text).items():
        assert value == built_in().settings[name].value, name


def test_the_page_has_a_row_for_every_key():
    rows = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line[:2] == "| "]
    for key in KEYS:
        default = "" if key.default is None else f"`{shown(key.default)}`"
        assert f"| `{key.name}` | {default} | `{key.option}` | {key.description} |" in rows
    for key in OP_KEYS:
        assert f"| `{key.name}` | {key.about} |" in rows
    assert sum(row.startswith("| `") for row in rows) == len(KEYS) + len(OP_KEYS) + len(PROFILES)
