"""`--config` and `--profile`: read before all other options."""

import pytest


def test_a_file_that_is_named_is_read_instead_of_the_one_that_lies_here(gradcheck, own_directory):
    (own_directory / "gradcheck.toml").write_text("cases = 3")
    (own_directory / "other.toml").write_text("seed = 7")
    out = gradcheck("config", "--config", "other.toml").out
    assert "other.toml:seed" in out
    assert "gradcheck.toml" not in out


def test_a_profile_holds_where_the_file_says_nothing(gradcheck, own_directory):
    (own_directory / "gradcheck.toml").write_text("cases = 3")
    rows = gradcheck("config", "--profile", "ci").out.splitlines()
    origins = {
        row.split()[0]: row.split(maxsplit=2)[2].strip() for row in rows if len(row.split()) > 2
    }
    assert origins["cases"] == "gradcheck.toml:cases"
    assert origins["strict"] == "profile ci"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--config", "none.toml"), "none.toml: No such file or directory."),
        (("--config", "."), ".: Is a directory."),
        (
            ("--profile", "cl"),
            '--profile: there is no profile "cl"; shipped are quick, default, ci and thorough.',
        ),
    ],
)
@pytest.mark.parametrize("command", ["run", "list", "config", "replay"])
def test_what_there_is_not_is_told(gradcheck, command, options, said):
    done = gradcheck(command, *options)
    assert (done.code, done.out, done.error) == (2, "", said)
