"""Precedence: command line, environment, file, what it extends, profile, default."""

import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradcheck.cli.commands.run_command import command as run
from gradcheck.cli.config.precedence import resolve
from gradcheck.cli.configured_command import configuration

# For each key: how a file, a variable and the command line say a value, and how it is read.
WAYS = {
    "cases": ("{}", "{}", ["-n", "{}"], int),
    "seed": ("{}", "{}", ["--seed", "{}"], int),
    "max_time": ("{}", "{}", ["--max-time", "{}"], float),
    "keyword": ('"k{}"', "k{}", ["-k", "k{}"], "k{}".format),
    "tags": ('["t{}"]', "t{}", ["--tag", "t{}"], lambda n: (f"t{n}",)),
    "ops": ('["m{}"]', "m{}", ["--ops", "m{}"], lambda n: (f"m{n}",)),
}
LEVELS = ("flag", "variable", "file", "extended", "profile")
PROFILE = {"cases": 200, "seed": 0}  # of ci
ORIGINS = {
    "flag": "",
    "variable": "GRADCHECK_",
    "file": "gradcheck.toml:",
    "extended": "base.toml:",
}
OPTIONS = {"cases": "--cases", "seed": "--seed", "max_time": "--max-time", "keyword": "-k",
           "tags": "--tag", "ops": "--ops"}  # fmt: skip
said = st.dictionaries(
    st.tuples(st.sampled_from(LEVELS[:-1]), st.sampled_from(sorted(WAYS))),
    st.integers(min_value=1, max_value=10**6),
)


@given(said=said, with_profile=st.booleans())
def test_the_strongest_place_that_says_something_wins(
    said, with_profile, tmp_path_factory, monkeypatch
):
    folder = tmp_path_factory.mktemp("project")
    flags = [
        part.format(number)
        for (level, key), number in said.items()
        if level == "flag"
        for part in WAYS[key][2]
    ]
    for level, name in (("file", "gradcheck.toml"), ("extended", "base.toml")):
        lines = [
            f"{key} = {WAYS[key][0].format(number)}"
            for (at, key), number in said.items()
            if at == level
        ]
        lines += ['extends = "base.toml"'] if level == "file" else []
        (folder / name).write_text("\n".join(lines), encoding="utf-8")
    flags += ["--profile", "ci"] if with_profile else []
    with monkeypatch.context() as patch:
        patch.chdir(folder)
        for (level, key), number in said.items():
            if level == "variable":
                patch.setenv(f"GRADCHECK_{key.upper()}", WAYS[key][1].format(number))
        with run.make_context("run", list(flags)) as ctx:
            found = configuration(ctx).settings
    other_ops = {level for level in ("flag", "variable") if (level, "ops") in said}
    for key, (*_, read) in WAYS.items():
        levels = [level for level in LEVELS if (level, key) in said]
        if key in ("keyword", "tags") and other_ops:  # files speak of other ops
            levels = [level for level in levels if level in ("flag", "variable")]
            if "flag" in other_ops:
                levels = [level for level in levels if level == "flag"] or levels
        if levels:
            strongest = levels[0]
            name = OPTIONS[key] if strongest == "flag" else key
            name = name.upper() if strongest == "variable" else name
            assert found[key].value == read(said[strongest, key])
            assert found[key].origin == ORIGINS[strongest] + name
        elif with_profile and key in PROFILE:
            assert (found[key].value, found[key].origin) == (PROFILE[key], "profile ci")
        else:
            assert found[key].origin == "default"


def test_what_holds_without_variables_and_options_is_known(write, resolved):
    write("gradcheck.toml", 'extends = "thorough"\nseed = 4')
    config = resolved(environ={"GRADCHECK_SEED": "5"}, profile="quick")
    assert (config.settings["seed"].value, config.bare["seed"].value) == (5, 4)
    assert (config.settings["cases"].value, config.bare["cases"].value) == (20, 1000)


def test_paths_are_relative_to_the_file_that_names_them(write, resolved):
    write("gradcheck.toml", 'extends = "shared/base.toml"')
    shared = write("shared/base.toml", 'ops = ["a.py", "pkg.b"]')
    setting = resolved().settings["ops"]
    assert (setting.value, setting.folder) == (("a.py", "pkg.b"), shared.parent.resolve())


def test_files_that_extend_each_other_speak_of_the_same_ops(write, resolved):
    write("gradcheck.toml", 'extends = "base.toml"\nops = ["a.py"]')
    write("base.toml", 'exclude = ["slow"]')
    assert resolved().settings["exclude"].value == ("slow",)
    elsewhere = resolved(environ={"GRADCHECK_OPS": "b.py"})
    assert elsewhere.settings["exclude"].value == ()


def test_tables_of_a_file_are_stronger_than_those_of_what_it_extends(write, resolved):
    write("gradcheck.toml", 'extends = "base.toml"\n[op.a]\nskip = "here"')
    write("base.toml", '[op.a]\nxfail = "there"\n[op.b]\nskip = "b"')
    assert [(t.pattern, t.origin) for t in resolved().tables] == [
        ("a", "base.toml:op.a"),
        ("b", "base.toml:op.b"),
        ("a", "gradcheck.toml:op.a"),
    ]


@pytest.mark.parametrize(("rtol", "loose"), [(1e-2, False), (1.1e-2, True), (0.5, True)])
def test_tolerances_too_loose_to_mean_anything_are_warned_about(tmp_path, rtol, loose):
    text = f"""\
    [op."my_*"]
    rtol = {rtol}
    reason = "a test"
    """
    (tmp_path / "gradcheck.toml").write_text(textwrap.dedent(text))
    warnings = resolve(cwd=tmp_path, environ={}).warnings
    assert len(warnings) == loose
    for warning in warnings:
        assert warning.startswith(
            f'gradcheck.toml:op."my_*".rtol = {rtol:g} is too loose to mean anything'
        )
