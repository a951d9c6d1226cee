"""`gradcheck config`, and what a configuration does to the commands that read it."""

import json
import re

import click
import pytest

from gradcheck.cli.commands.run_command import command
from gradcheck.cli.exit_codes import ExitCode

FILE = """\
extends = "ci"
ops = ["{module}"]
cases = 9
exclude = ["*_cube"]

[op."my_*"]
rtol = 1e-7
reason = "a test"
"""


@pytest.fixture
def project(own_directory, right_ops):
    """Write gradcheck.toml, at the root of a repository, beside a module of right ops."""
    (own_directory / ".git").mkdir()

    def write(text=FILE, name="gradcheck.toml"):
        (own_directory / name).write_text(text.format(module=right_ops), encoding="utf-8")
        return own_directory

    return write


def reproducing(done):
    """The arguments of the command that a panel prints."""
    (line,) = (line for line in done.out.splitlines() if "reproduce " in line)
    return line.split()[2:]


def test_config_without_anything(gradcheck, snapshot):
    done = gradcheck("config")
    assert (done.code, done.err) == (0, "")
    assert done.out == snapshot


def test_config_shows_every_value_with_its_origin(gradcheck, project, monkeypatch, snapshot):
    project()
    monkeypatch.setenv("GRADCHECK_SEED", "5")
    done = gradcheck("config", "--no-strict", "my_double", "-v", "--dtype", "float32")
    assert (done.code, done.err) == (0, "")
    assert done.out == snapshot


def test_config_as_json(gradcheck, project, monkeypatch, snapshot):
    project()
    monkeypatch.setenv("GRADCHECK_SEED", "5")
    done = gradcheck("config", "-n", "7", "-q", "--format", "json")
    assert done.code == 0
    told = json.loads(done.out)
    assert told["settings"]["cases"] == {
        "value": 7,
        "level": "command line",
        "origin": "--cases",
    }
    assert told["settings"]["verbosity"] == {"value": -1, "level": "command line", "origin": "-q"}
    assert done.out == snapshot


def test_mistakes_are_told_at_once_with_status_2(gradcheck, project, snapshot):
    project('casses = 3\nseed = "7"\n[op.exp]\nrtol = 1e-3\n')
    for name in ("run", "list", "audit", "config"):
        done = gradcheck(name)
        assert (done.code, done.out) == (ExitCode.USAGE, "")
        assert done.err == snapshot(name="all of them")


def test_help_is_shown_though_the_configuration_is_broken(gradcheck, project):
    project("seed = = 7")
    for name in ("run", "list", "audit", "show", "config"):
        assert gradcheck(name, "--help").code == 0


def test_run_and_list_take_ops_and_settings_from_the_file(gradcheck, project, verdicts):
    project()
    calls = verdicts("PASS")
    assert gradcheck("list", "--format", "concise").out == "my_double\n"
    gradcheck("run")
    ((specs, settings),) = calls
    assert [(spec.name, spec.rtol, spec.reason) for spec in specs] == [
        ("my_double", 1e-7, "a test")
    ]
    assert (settings.cases, settings.seed, settings.database) == (9, 0, None)


def test_strict_of_a_profile_and_its_contrary(gradcheck, project, verdicts):
    project()
    verdicts("VACUOUS")
    assert gradcheck("run").code == ExitCode.FAILED
    assert gradcheck("run", "--no-strict").code == ExitCode.NOTHING


def test_files_are_found_from_a_folder_below(gradcheck, project, monkeypatch):
    root = project()
    (root / "sub").mkdir()
    monkeypatch.chdir(root / "sub")
    assert gradcheck("list", "--format", "concise").out == "my_double\n"
    assert '["../right_ops.py"]' in gradcheck("config").out


def test_a_dotted_module_lies_beside_the_file_that_names_it(gradcheck, project, monkeypatch):
    root = project('ops = ["right_ops"]')
    (root / "sub").mkdir()
    monkeypatch.chdir(root / "sub")
    assert gradcheck("list", "--format", "concise").out == "my_double\nmy_cube\n"


@pytest.mark.parametrize(
    ("arguments", "names"),
    [
        (("my_cube",), ["my_cube"]),  # named in full, though the file excludes it
        (("my_*",), ["my_double"]),
        (("my_*", "--exclude", "my_double"), ["my_cube"]),
        (("--ops", "right_ops.py"), ["my_double", "my_cube"]),
        (("--builtin", "matmul"), ["matmul"]),
    ],
)
def test_the_command_line_chooses_among_what_is_configured(gradcheck, project, arguments, names):
    project()
    assert gradcheck("list", "--format", "concise", *arguments).out.split() == names


def test_names_replace_the_configured_choice(gradcheck, project):
    project('ops = ["{module}"]\ntags = ["easy"]\nselect = ["my_double"]\nkeyword = "double"')
    assert gradcheck("list", "--format", "concise").out.split() == ["my_double"]
    assert gradcheck("list", "--format", "concise", "my_cube").out.split() == ["my_cube"]


def test_a_builtin_op_that_is_not_among_those_configured(gradcheck, project):
    project()
    done = gradcheck("run", "matmul")
    assert done.code == ExitCode.USAGE
    assert done.error == (
        "There is no op 'matmul' among those loaded. 'matmul' is a built-in op: add --builtin to "
        "load those too, or set builtin = true beside ops (gradcheck.toml:ops)."
    )


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        (
            'ops = ["{module}"]\ntags = ["easy"]\nkeyword = "cube"',
            ExitCode.NOTHING,
            "No op is left: none of the 2 loaded fits -k 'cube' --tag easy. "
            "(From gradcheck.toml:keyword, gradcheck.toml:tags.)",
        ),
        (
            'ops = ["{module}"]\nexclude = ["my_qube"]',
            ExitCode.USAGE,
            "There is no op 'my_qube'. Did you mean 'my_cube'? 'gradcheck list' shows all 2. "
            "(From gradcheck.toml:exclude.)",
        ),
        (
            'ops = ["rigth_ops.py"]',
            ExitCode.USAGE,
            "There is no file rigth_ops.py. Did you mean 'right_ops.py'? "
            "(From gradcheck.toml:ops.)",
        ),
    ],
)
def test_messages_name_the_file_that_asked_for_it(gradcheck, project, text, code, said):
    project(text)
    done = gradcheck("run")
    assert (done.code, done.error) == (code, said)


def test_quiet_in_the_file_and_verbose_on_the_command_line(gradcheck, project, verdicts):
    project('ops = ["{module}"]\nverbosity = -1')
    verdicts("PASS", "PASS")
    assert gradcheck("run").out.count("\n") == 1
    assert gradcheck("run", "-v").code == ExitCode.OK
    assert "verdict" in gradcheck("run", "-v").out


def test_warnings_are_on_standard_error(gradcheck, project, verdicts, monkeypatch):
    project('ops = ["{module}"]\n[op.my_duoble]\nrtol = 0.5\nreason = "x"')
    verdicts("PASS", "PASS")
    monkeypatch.setenv("GRADCHECK_CASSES", "3")
    done = gradcheck("run")
    assert done.code == ExitCode.OK
    assert done.err.splitlines() == [
        "Warning: the environment variable GRADCHECK_CASSES does nothing. "
        "Did you mean 'GRADCHECK_CASES'?",
        "Warning: gradcheck.toml:op.my_duoble.rtol = 0.5 is too loose to mean anything: a float64 "
        "gradient with a relative error of 50% would pass. More than 0.01 is hardly ever needed.",
        "Warning: gradcheck.toml:op.my_duoble is about no op that is loaded, so it does nothing. "
        "Did you mean 'my_double'?",
    ]
    assert "my_duoble is about" not in gradcheck("run", "--ops", "right_ops.py").err


EXPECTED = """\
ops = ["{module}"]
cases = 5
[op.my_cube]
{key} = "issue 12"
"""


def test_a_skipped_op_is_shown_and_counted(gradcheck, project):
    project(EXPECTED.replace("{key}", "skip"))
    done = gradcheck("run")
    assert done.code == ExitCode.OK
    assert "1 passed, 1 skipped in " in done.out
    (row,) = (line.split() for line in done.out.splitlines() if line.startswith("my_cube"))
    assert (row[:2], row[-2:]) == (["my_cube", "SKIP"], ["issue", "12"])
    concise = gradcheck("run", "--format", "concise").out
    assert "SKIP my_cube: issue 12\n" in concise
    assert "skipped" in gradcheck("run", "-q").out
    assert gradcheck("run", "--strict").code == ExitCode.OK
    assert gradcheck("run", "my_cube").code == ExitCode.NOTHING


def test_a_failure_that_is_expected(gradcheck, project, own_directory, wrong_ops):
    project(EXPECTED.replace("{key}", "xfail").replace("{module}", wrong_ops))
    done = gradcheck("run", "--no-shrink")
    assert done.code == ExitCode.OK
    assert "1 passed, 1 failed as expected in " in done.out
    assert "reproduce" not in done.out
    assert "issue 12" in done.out
    concise = gradcheck("run", "--no-shrink", "--format", "concise").out
    assert "XFAIL my_cube: issue 12; ∂L/∂x is wrong" in concise
    assert "XFAIL my_cube" in gradcheck("run", "--no-shrink", "-v").out


def test_a_pass_that_is_not_expected_is_an_error(gradcheck, project):
    project(EXPECTED.replace("{key}", "xfail"))
    done = gradcheck("run")
    assert done.code == ExitCode.FAILED
    assert "1 passed, 1 passed unexpectedly in " in done.out
    assert "it passes, though it is expected to fail: issue 12" in done.out


def test_audit_leaves_out_what_is_not_expected_to_pass(gradcheck, project):
    project(EXPECTED.replace("{key}", "xfail"))
    done = gradcheck("audit", "--mutant", "doubled*", "--format", "concise")
    assert done.err == "my_cube is not audited: issue 12\n"
    assert "my_cube" not in done.out
    done = gradcheck("audit", "my_cube")
    assert done.code == ExitCode.NOTHING
    assert done.error == "No op is left: all are skipped, or expected to fail."


# Arguments, environment, and the options of the command that reproduces a failure.
REPRODUCING = [
    ((), {}, "--seed 3 -n 9 --dtype float32 --also hessian"),
    (("-n", "8"), {}, "--seed 3 -n 8 --dtype float32 --also hessian"),
    (("--order", "1"), {}, "--seed 3 -n 9 --dtype float32 --order 1"),
    ((), {"GRADCHECK_ORDER": "1"}, "--seed 3 -n 9 --dtype float32 --order 1"),
    (
        ("--order", "1", "--profile", "ci"),
        {"GRADCHECK_SEED": "4"},
        "--seed 4 -n 9 --dtype float32 --order 1",
    ),
    (
        ("--config", "gradcheck.toml", "--order", "1"),
        {},
        "--seed 3 -n 9 --dtype float32 --config gradcheck.toml --order 1",
    ),
    (
        ("--ops", "wrong_ops.py", "--order", "1"),
        {},
        "--seed 3 -n 9 --dtype float32 --order 1 --ops wrong_ops.py",
    ),
    (
        ("--order", "1"),
        {"GRADCHECK_OPS": "wrong_ops.py"},
        "--seed 3 -n 9 --dtype float32 --order 1 --ops wrong_ops.py",
    ),
    (
        ("--order", "1", "--builtin", "my_*"),
        {},
        "--seed 3 -n 9 --dtype float32 --order 1 --builtin",
    ),
]


@pytest.mark.parametrize("way", REPRODUCING, ids=[f"{way[0]} {way[1]}" for way in REPRODUCING])
def test_the_command_that_reproduces(gradcheck, project, verdicts, wrong_ops, *, monkeypatch, way):
    arguments, environ, options = way
    text = FILE.replace('exclude = ["*_cube"]', 'seed = 3\ndtypes = ["float32"]\norder = 2')
    project(text.replace("{module}", wrong_ops))
    calls = verdicts("PASS", "FAIL")
    with monkeypatch.context() as patch:
        for name, value in environ.items():
            patch.setenv(name, value)
        done = gradcheck("run", "--format", "github", *arguments)
    (command,) = re.findall(r"gradcheck (run my_cube .*?)(?:%0A|\n)", done.out)
    assert command == f"run my_cube {options}"
    gradcheck(*command.split())
    (specs, before), ((spec,), after) = calls
    assert (spec.name, spec.rtol) == ("my_cube", specs[-1].rtol)
    assert after == before


@pytest.mark.slow
def test_the_command_that_reproduces_leads_to_the_same_case(gradcheck, project, wrong_ops):
    project(FILE.replace('exclude = ["*_cube"]', "order = 2").replace("{module}", wrong_ops))
    done = gradcheck("run", "--no-shrink")
    again = gradcheck(*reproducing(done), "--no-shrink")
    panel = [line for line in done.out.splitlines() if line.startswith("  failing case")]
    assert len(panel) == 1
    assert panel[0] in again.out.splitlines()


def test_a_profile_that_was_asked_for_need_not_be_repeated(gradcheck, project, wrong_ops):
    project(f'extends = "thorough"\nops = ["{wrong_ops}"]')
    done = gradcheck("run", "--profile", "quick", "--no-shrink")
    assert " ".join(reproducing(done)) == "run my_cube --seed 0 -n 20"


def test_what_only_click_can_judge_is_blamed_on_the_file(gradcheck, project, monkeypatch):
    project('keyword = "soft"')
    parameter = next(p for p in command.params if p.name == "keyword")
    monkeypatch.setattr(parameter, "type", click.Choice(["log", "exp"]))
    done = gradcheck("run")
    assert done.code == ExitCode.USAGE
    assert done.error == (
        "Invalid value for '-k': 'soft' is not one of 'log', 'exp'. (From gradcheck.toml:keyword.)"
    )
    assert gradcheck("run", "-k", "a").error.endswith("'a' is not one of 'log', 'exp'.")


def test_an_op_that_the_file_would_not_choose_is_reproduced(gradcheck, project, wrong_ops):
    chosen = 'tags = ["easy"]\nexclude = ["*_cube"]'
    project(FILE.replace('exclude = ["*_cube"]', chosen).replace("{module}", wrong_ops))
    done = gradcheck("run", "--no-shrink", "--tag", "hard", "--exclude", "my_double")
    assert "FAIL my_cube" in done.out
    assert "FAIL my_cube" in gradcheck(*reproducing(done), "--no-shrink").out


def test_what_a_name_with_control_characters_does(gradcheck, project):
    project('ops = ["{module}"]\n[op."\\u001b[31m"]\nskip = "\\u001b[31m"\n')
    done = gradcheck("config")
    assert "\x1b" not in done.out + done.err
    assert "\x1b" not in gradcheck("run", "-q", "-n", "2").err


def test_a_budget_for_the_whole_run(gradcheck, project):
    project('ops = ["{module}"]\nmax_run_time = 1e-9')
    done = gradcheck("run", "--strict")
    assert done.code == ExitCode.FAILED
    assert "2 vacuous in " in done.out
    assert "not run: the 1e-09 s that the run may take are used up" in done.out


def test_nothing_is_written_by_config(gradcheck, project):
    root = project()
    before = sorted(root.iterdir())
    gradcheck("config")
    assert sorted(root.iterdir()) == before


def test_configured_reports_are_written(gradcheck, project, verdicts, right_ops):
    root = project('ops = ["{module}"]\nreport = ["junit=all.xml"]')
    verdicts("PASS", "PASS")
    assert gradcheck("run").code == ExitCode.OK
    assert (root / "all.xml").read_text(encoding="utf-8").startswith("<?xml")
    gradcheck("run", "--report", "junit=other.xml")
    assert (root / "other.xml").exists()
    told = json.loads(gradcheck("config", "--report", "junit", "--format", "json").out)
    assert told["settings"]["report"]["value"] == ["junit"]


def test_a_configured_report_of_no_known_format_is_blamed_on_the_file(gradcheck, project):
    project('ops = ["{module}"]\nreport = ["junt"]')
    done = gradcheck("run")
    assert done.code == ExitCode.USAGE
    assert done.error.startswith("Invalid value for '--report': There is no report format 'junt'")
    assert done.error.endswith("(From gradcheck.toml:report.)")
