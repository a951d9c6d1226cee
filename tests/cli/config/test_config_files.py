"""Which file is meant, what it extends, and what is said of one that cannot be read."""

from pathlib import Path

import pytest

from gradcheck.cli.config.config_errors import ConfigError


def said(call, *args, **kwargs):
    with pytest.raises(ConfigError) as caught:
        call(*args, **kwargs)
    return str(caught.value)


def value(config, name):
    return config.settings[name].value, config.settings[name].origin


def test_without_a_file_the_defaults_hold(resolved):
    config = resolved()
    assert config.files == ()
    assert {setting.origin for setting in config.settings.values()} == {"default"}


@pytest.mark.parametrize(
    ("name", "text", "origin"),
    [
        ("gradcheck.toml", "cases = 7", "gradcheck.toml:cases"),
        ("pyproject.toml", "[tool.gradcheck]\ncases = 7", "pyproject.toml:tool.gradcheck.cases"),
    ],
)
def test_a_file_is_found_from_folders_below(write, resolved, name, text, origin):
    write(name, text)
    write("a/b/any.txt", "")
    assert value(resolved(), "cases") == (7, origin)
    assert value(resolved("a/b"), "cases") == (7, f"../../{origin}")


def test_the_nearest_file_wins(write, resolved):
    write("gradcheck.toml", "cases = 7")
    write("a/pyproject.toml", "[tool.gradcheck]\ncases = 8")
    assert value(resolved("a"), "cases")[0] == 8


def test_a_pyproject_without_our_table_is_passed_by(write, resolved):
    write("gradcheck.toml", "cases = 7")
    write("a/pyproject.toml", "[project]\nname = 'gradcheck-example'")
    assert value(resolved("a"), "cases")[0] == 7


def test_a_broken_pyproject_that_does_not_speak_of_us_is_none_of_our_business(write, resolved):
    write("pyproject.toml", "[project")
    assert resolved().files == ()


def test_of_two_files_in_one_folder_our_own_wins_and_a_warning_says_so(write, resolved):
    write("gradcheck.toml", "cases = 7")
    write("pyproject.toml", "[tool.gradcheck]\ncases = 8")
    config = resolved()
    assert value(config, "cases") == (7, "gradcheck.toml:cases")
    assert config.warnings == (
        "gradcheck.toml is used; [tool.gradcheck] in pyproject.toml is not read.",
    )


def test_nothing_above_the_repository_is_read(write, resolved):
    write("gradcheck.toml", "cases = 7")
    write("inner/.git/any", "")
    assert resolved("inner").files == ()


def test_outside_of_a_repository_only_the_folder_itself_counts(write, resolved, repository):
    (repository / ".git").rmdir()
    write("gradcheck.toml", "cases = 7")
    write("a/any.txt", "")
    assert value(resolved(), "cases")[0] == 7
    assert resolved("a").files == ()


def test_a_file_that_is_named(write, resolved):
    write("gradcheck.toml", "cases = 7")
    write("nightly/more.toml", "cases = 8")
    write("nightly/pyproject.toml", "[tool.gradcheck]\ncases = 9")
    assert value(resolved(file="nightly/more.toml"), "cases") == (8, "nightly/more.toml:cases")
    assert value(resolved(environ={"GRADCHECK_CONFIG": "nightly/more.toml"}), "cases")[0] == 8
    assert value(resolved(file="nightly/pyproject.toml"), "cases")[0] == 9
    assert resolved(file="nightly/more.toml").named == "nightly/more.toml"
    assert resolved().named == ""


def test_files_extend_each_other_and_a_profile(write, resolved):
    write("gradcheck.toml", 'extends = "shared/base.toml"\ncases = 7')
    write("shared/base.toml", 'extends = "more.toml"\ncases = 8\nsort = "time"')
    write("shared/more.toml", 'extends = "ci"\nsort = "name"\nkeyword = "soft"')
    config = resolved()
    assert config.files == ("gradcheck.toml", "shared/base.toml", "shared/more.toml")
    assert config.profile == "ci"
    assert value(config, "cases") == (7, "gradcheck.toml:cases")
    assert value(config, "sort") == ("time", "shared/base.toml:sort")
    assert value(config, "keyword") == ("soft", "shared/more.toml:keyword")
    assert value(config, "strict") == (True, "profile ci")


def test_a_profile_that_is_asked_for_replaces_the_one_that_a_file_extends(write, resolved):
    write("gradcheck.toml", 'extends = "ci"\nseed = 3')
    for config in (resolved(profile="quick"), resolved(environ={"GRADCHECK_PROFILE": "quick"})):
        assert config.profile == "quick"
        assert value(config, "strict") == (False, "default")
        assert value(config, "cases") == (20, "profile quick")
        assert value(config, "seed") == (3, "gradcheck.toml:seed")


def test_a_circle_is_refused_and_shown(write, resolved):
    write("gradcheck.toml", 'cases = 3\nextends = "a.toml"')
    write("a.toml", 'extends = "./b.toml"')
    write("b.toml", 'extends = "gradcheck.toml"')
    assert said(resolved) == (
        "b.toml:1: extends goes in a circle: gradcheck.toml → a.toml → b.toml → gradcheck.toml."
    )


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("cases = 3\nseed = = 4\n", "gradcheck.toml:2:8: this is not TOML: Invalid value."),
        ('a = """\n\n', "gradcheck.toml:2:1: this is not TOML: Unterminated string."),
        ("seed = 1\nseed = 2\n", "gradcheck.toml:2:9: this is not TOML: Cannot overwrite a value."),
        ("a = " + "[" * 5000, "gradcheck.toml: values are nested too deeply."),
        (
            'cases = 3\n\nextends = "thorogh"',
            'gradcheck.toml:3: extends = "thorogh": there is no such file, and shipped profiles '
            "are quick, default, ci and thorough. Did you mean 'thorough'?",
        ),
        ("extends = 3", "gradcheck.toml:1: extends must be the name of a profile, or a path."),
    ],
)
def test_what_cannot_be_read(write, resolved, text, sentence):
    write("gradcheck.toml", text)
    assert said(resolved) == sentence


def test_a_file_that_is_not_text(write, resolved):
    write("gradcheck.toml", "").write_bytes(b"cases = 3\nkeyword = '\xff'\n")
    assert said(resolved) == "gradcheck.toml:2: this is not UTF-8."


def test_a_file_that_is_not_there(write, resolved):
    write("folder/any", "")
    write("pyproject.toml", "[project]\nname = 'gradcheck'")
    assert said(resolved, file="nope.toml") == "nope.toml: No such file or directory."
    assert said(resolved, file="folder") == "folder: Is a directory."
    wanted = "pyproject.toml: there is no table [tool.gradcheck]."
    assert said(resolved, file="pyproject.toml") == wanted


def test_a_table_that_is_none(write, resolved):
    write("pyproject.toml", "[tool]\ngradcheck = 3\n")
    assert said(resolved) == "pyproject.toml:2: [tool.gradcheck] this must be a table."


def test_a_profile_that_there_is_not(resolved):
    hint = (
        'there is no profile "cii"; shipped are quick, default, ci and thorough. '
        "Did you mean 'ci'?"
    )
    assert said(resolved, profile="cii") == f"--profile: {hint}"
    assert said(resolved, environ={"GRADCHECK_PROFILE": "cii"}) == f"GRADCHECK_PROFILE: {hint}"


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="reads /dev/zero")
def test_a_file_without_end_is_too_large(resolved):
    with pytest.raises(ConfigError) as caught:
        resolved(file="/dev/zero")
    assert str(caught.value).endswith("this is larger than 1 MB, and no configuration is.")


def test_a_link_to_itself_is_told(repository, resolved):
    (repository / "loop.toml").symlink_to("loop.toml")
    with pytest.raises(ConfigError, match=r"loop\.toml: Too many levels of symbolic links"):
        resolved(file="loop.toml")


def test_a_large_file_that_does_not_speak_of_us_is_left_alone(write, resolved):
    write("pyproject.toml", "# nothing\n" * 200_000)
    assert resolved().files == ()
