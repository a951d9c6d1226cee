"""Every mistake is told at once: file, line, table, key, what is allowed, the nearest match."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradcheck.cli.config.config_errors import ConfigError
from gradcheck.cli.config.keys import KEYS
from gradcheck.cli.config.precedence import resolve
from tests.root import ROOT

EXAMPLE = """\
extends = "ci"
ops = ["my_ops.py", 'other.ops']
dtypes = ["float32"]
cases = 3
max_time = 1.5
strict = true

[op."my_*"]
rtol = 1e-3
reason = "a test"
skip_properties = { layouts = "why" }

[op.exp]
xfail = "issue 12"
"""


def mistakes(call, *args, **kwargs):
    with pytest.raises(ConfigError) as caught:
        call(*args, **kwargs)
    return [str(mistake) for mistake in caught.value.mistakes]


WRONG = [
    'casses = "7"',
    "fail-fast = 1",
    'profile = "ci"',
    "rtol = 1e-3",
    'cases = "7"',
    "cases = 0",
    "cases = true",
    "cases = 2.5",
    "seed = -1",
    "order = 3",
    "verbosity = 3",
    "max_time = 0",
    "max_run_time = nan",
    "max_time = inf",
    f"max_time = 1{'0' * 400}",
    'strict = "yes"',
    'format = "tabel"',
    "color = 3",
    'ops = "a.py"',
    "ops = {a = 1}",
    "tags = [3]",
    'keyword = " "',
    'dtypes = ["float64", "float23"]',
    "op = 3",
]


@pytest.mark.parametrize("line", WRONG, ids=[line[:20] for line in WRONG])
def test_a_key_that_cannot_be_used(write, resolved, snapshot, line):
    write("gradcheck.toml", f"\n{line}\n")
    (told,) = mistakes(resolved)
    assert told == snapshot
    place, _, sentence = told.partition(": ")
    assert place == "gradcheck.toml:2"
    write("gradcheck.toml", "").unlink()
    write("pyproject.toml", f"[project]\nname = 'x'\n[tool.gradcheck]\n{line}\n")
    assert mistakes(resolved) == [f"pyproject.toml:4: [tool.gradcheck] {sentence}"]


def test_what_is_allowed_is_told_whole(write, resolved):
    write("gradcheck.toml", "nonsense = 1")
    (told,) = mistakes(resolved)
    allowed = f"extends, {', '.join(key.name for key in KEYS)} and op"
    assert told == f'gradcheck.toml:1: there is no key "nonsense"; allowed are {allowed}.'


REASON = "it must be the reason, in words."
TABLE_KEYS = "rtol, reason, xfail, skip and skip_properties"
WRONG_TABLES = [
    ("rtol = 1e-3", 'rtol = 0.001 needs a reason = "…" beside it.'),
    ('rtol = 2\nreason = "x"', "rtol = 2: it must be a number between 0 and 1."),
    ('rtol = 0\nreason = "x"', "rtol = 0: it must be a number between 0 and 1."),
    ('reason = "x"', "reason says why rtol is not the default, but there is no rtol."),
    ("xfail = true", f"xfail = true: {REASON}"),
    ('skip = ""', f'skip = "": {REASON}'),
    (
        'skip = "a"\nxfail = "b"',
        "an op that is skipped cannot be expected to fail: give xfail or skip.",
    ),
    (
        'raeson = "x"',
        f"there is no key \"raeson\"; allowed are {TABLE_KEYS}. Did you mean 'reason'?",
    ),
]


@pytest.mark.parametrize(("lines", "sentence"), WRONG_TABLES, ids=[s[:20] for _, s in WRONG_TABLES])
def test_a_table_about_an_op_that_cannot_be_used(write, resolved, lines, sentence):
    write("gradcheck.toml", f'[op."my_*"]\n{lines}\n')
    (told,) = mistakes(resolved)
    place, _, rest = told.partition(": ")
    assert place in ("gradcheck.toml:2", "gradcheck.toml:3")
    assert rest == f'[op."my_*"] {sentence}'


@pytest.mark.parametrize(
    ("value", "hint"),
    [
        ('{layout = "x"}', "There is no \"layout\" among them. Did you mean 'layouts'?"),
        ('{contract = "x"}', 'There is no "contract" among them.'),
        ('{layouts = ""}', "layouts needs a reason in words."),
        ("{layouts = 3}", "layouts needs a reason in words."),
    ],
)
def test_properties_that_cannot_be_skipped(write, resolved, value, hint):
    write("gradcheck.toml", f"[op.exp]\nskip_properties = {value}\n")
    (told,) = mistakes(resolved)
    assert told.startswith("gradcheck.toml:2: [op.exp] skip_properties = {")
    assert told.endswith(hint)


def test_a_name_that_is_no_table(write, resolved):
    write("gradcheck.toml", "[op]\nrelu = 3\n")
    assert mistakes(resolved) == [
        f'gradcheck.toml:2: [op] "relu" must be a table, [op."NAME"], with {TABLE_KEYS}.'
    ]


def test_all_mistakes_of_all_sources_are_told_at_once(write, resolved):
    write("gradcheck.toml", 'extends = "base.toml"\ncasess = 1\nseeed = 1\nseed = -1\n')
    write("base.toml", "strict = 1\n[op.exp]\nrtol = 3\n")
    environ = {"GRADCHECK_CASES": "many", "GRADCHECK_STRICT": "maybe"}
    with pytest.raises(ConfigError) as caught:
        resolved(environ=environ, profile="cii")
    lines = str(caught.value).splitlines()
    assert lines[0] == "the configuration has 9 mistakes."
    assert [line.partition(": ")[0] for line in lines[1:]] == [
        "--profile",
        "GRADCHECK_CASES",
        "GRADCHECK_STRICT",
        *(f"gradcheck.toml:{line}" for line in (2, 3, 4)),
        *(f"base.toml:{line}" for line in (1, 3, 3)),
    ]


def test_what_is_allowed_is_told_once_for_a_table(write, resolved):
    write("gradcheck.toml", "casess = 1\nseeed = 1\n")
    first, second = mistakes(resolved)
    assert "allowed are" in first
    assert second == "gradcheck.toml:2: there is no key \"seeed\". Did you mean 'seed'?"


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("CASES", "7", 7),
        ("STRICT", "yes", True),
        ("STRICT", "0", False),
        ("MAX_TIME", "1.5", 1.5),
        ("DTYPES", "float32, float64", ("float32", "float64")),
        ("OPS", "a.py,b.c", ("a.py", "b.c")),
        ("KEYWORD", "soft and not loss", "soft and not loss"),
        ("VERBOSITY", "-1", -1),
    ],
)
def test_variables(resolved, name, text, value):
    setting = resolved(environ={f"GRADCHECK_{name}": text}).settings[name.lower()]
    assert (setting.value, setting.origin) == (value, f"GRADCHECK_{name}")


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("CASES", "0", '"0" cannot be used; it must be a whole number, 1 or more.'),
        (
            "CASES",
            "9" * 5000,
            f'"{"9" * 58}… cannot be used; it must be a whole number, 1 or more.',
        ),
        (
            "COLOR",
            "alwys",
            '"alwys" cannot be used; it must be one of "auto", "always", "never". '
            "Did you mean 'always'?",
        ),
        ("FAIL_FAST", "maybe", '"maybe" cannot be used; it must be true or false.'),
    ],
)
def test_variables_that_cannot_be_used(resolved, name, text, sentence):
    told = mistakes(resolved, environ={f"GRADCHECK_{name}": text})
    assert told == [f"GRADCHECK_{name}: {sentence}"]


def test_an_empty_variable_says_nothing(resolved):
    assert resolved(environ={"GRADCHECK_CASES": ""}).settings["cases"].origin == "default"


def test_a_variable_that_stands_for_nothing_is_warned_about(resolved):
    environ = {"GRADCHECK_CASSES": "3", "GRADCHECK_PROFILE": "ci", "PATH": "/bin"}
    assert resolved(environ=environ).warnings == (
        "the environment variable GRADCHECK_CASSES does nothing. Did you mean 'GRADCHECK_CASES'?",
    )


def test_names_with_control_characters_stay_on_one_line(write, resolved):
    write("gradcheck.toml", '"ca\\nses" = 1\n[op."a\\n[b"]\nx = 1\n')
    told = mistakes(resolved)
    assert len(told) == 2
    assert not [line for line in told if "\n" in line]


@given(data=st.data())
def test_a_mutilated_file_is_read_or_refused_and_nothing_else(data, tmp_path_factory):
    text = EXAMPLE.encode()
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(text)))
        end = min(len(text), start + data.draw(st.integers(0, 30)))
        text = text[:start] + data.draw(st.binary(max_size=5)) + text[end:]
    folder = tmp_path_factory.mktemp("project")
    (folder / "gradcheck.toml").write_bytes(text)
    try:
        resolve(cwd=folder, environ={})
    except ConfigError as error:
        for line in str(error).splitlines():
            assert line.startswith(("gradcheck.toml:", "the configuration has "))
            assert line.endswith((".", "?"))


def test_the_example_of_the_page_can_be_used(write, resolved):
    page = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"^```toml\n(.*?)^```", page, flags=re.MULTILINE | re.DOTALL)
    write("pyproject.toml", "").write_text(example, encoding="utf-8")
    config = resolved()
    assert config.warnings == ()
    assert [table.pattern for table in config.tables] == ["norm_*", "attention"]
    assert config.settings["cases"].value == 300
