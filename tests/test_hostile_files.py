"""10 000 mutated files: a valid document or a message, and nothing else."""

import json
import random
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import gradcheck as gc
from gradcheck.__main__ import main
from gradcheck.cli.config.config_files import read as read_config
from gradcheck.cli.config.precedence import resolve
from gradcheck.errors import GradcheckError
from gradcheck.run.environment import Environment
from gradcheck.run.history.last_run import LastRun
from gradcheck.run.history.replay import replay
from gradcheck.run.history.saved_run import RunDocument
from gradcheck.run.history.stored_failure import StoredFailure
from tests.kept import found

LONGEST = 3000  # characters of a message
CONFIG = b"""extends = "quick"
ops = ["my_ops.py"]
cases = 3
max_time = 1.5
[op."my_*"]
rtol = 1e-3
reason = "a test"
skip_properties = { layouts = "why" }
"""
OP = gc.op("(...)->(...)", name="f", params={"k": gc.axis_of("x")})(
    lambda x, k: np.sin(x) if x.size else x
).vjp(lambda g, x: 2 * g * np.cos(x))


def _deep(_random):
    nested = 1
    for _ in range(400):
        nested = [nested]
    return nested


TAGS = ("$tuple", "$dict", "$range", "$repr", "$array", "$dtype", "$set", "$nope")
TAGGED: tuple[Any, ...] = ([], [1, 2], [[1, 2]], {}, None, "float64", [0, 1, 0], [[[], 1]], 10**30)
DTYPES = ("float64", "int8", "str", "longdouble", "complex64", "bool", "x")
SHAPES: tuple[Any, ...] = ([], [0], [1], [0, 2**61], [2**40, 2**40], [-1], ["1"], [1] * 70)
DATA: tuple[Any, ...] = ([], [1], ["1"], [300], [None], ["9" * 70], [1e308], [10**300])
PLAIN: tuple[Any, ...] = (None, True, False, 0, -1, 2**70, 10**400, 1e308, -0.0, "", "x", [], {})
WORDS = ("nan", "inf", "nan:zz", "nan:7ff8000000000123", "float64", "../../x")
ODD = (
    lambda r: r.choice(PLAIN),
    lambda r: r.choice(WORDS),
    lambda r: {r.choice(TAGS): r.choice(TAGGED)},
    lambda r: {"dtype": r.choice(DTYPES), "shape": r.choice(SHAPES), "data": r.choice(DATA)},
    lambda r: "\x1b[31m[bold]\n" * r.choice([1, 2000]),
    _deep,
)


def places(plain, path=()):
    """Where values stand in plain data."""
    yield path
    items = (
        plain.items()
        if isinstance(plain, dict)
        else enumerate(plain)
        if isinstance(plain, list)
        else ()
    )
    for key, value in items:
        yield from places(value, (*path, key))


def _edited(random_, text, known):
    plain = json.loads(text)
    for _ in range(random_.choice([1, 1, 1, 3])):
        path = random_.choice(known)
        inner = plain
        for key in path[:-1]:
            try:
                inner = inner[key]
            except (KeyError, IndexError, TypeError):
                break
        else:
            if path and isinstance(inner, dict | list):
                _change(random_, inner, path[-1])
    return json.dumps(plain).encode()


def _change(random_, inner, key):
    way = random_.randrange(4)
    if isinstance(inner, dict) and way == 0:
        inner.pop(key, None)
    elif isinstance(inner, dict) and way == 1:
        inner[random_.choice(["", "$tuple", "x" * 3000, "format", "version"])] = 1
    elif isinstance(inner, dict) or (isinstance(key, int) and key < len(inner)):
        inner[key] = random_.choice(ODD)(random_)


def _flipped(random_, text, _known):
    changed = bytearray(text)
    for _ in range(random_.choice([1, 2, 8])):
        changed[random_.randrange(len(changed))] = random_.randrange(256)
    return bytes(changed)


def _cut(random_, text, _known):
    return text[: random_.randrange(len(text))]


def many(count):
    """A tenth of so many files always, and all of them where deep tests are run."""
    return pytest.mark.parametrize(
        "count", [count // 10, pytest.param(count, marks=pytest.mark.slow)]
    )


def mutations(text, count, ways, seed):
    random_ = random.Random(seed)  # noqa: S311 - the same files in every run
    known = list(places(json.loads(text))) if _edited in ways else []
    for _ in range(count):
        yield random_.choice(ways)(random_, text, known)


@pytest.fixture(scope="module")
def failure(tmp_path_factory):
    """A stored failure, without what a reader would only skip."""
    stored = found(OP, tmp_path_factory.mktemp("stored"), cases=5)
    bare = replace(stored.result.failure, curve=None)
    return replace(stored, result=replace(stored.result, failure=bare))


def survives(load, path, files):
    """Load each file; return what could be read. Any error but ours ends the test."""
    read: list[Any] = []
    messages: list[str] = []
    for text in files:
        path.write_bytes(text)
        try:
            read.append(load(path))
        except GradcheckError as error:
            messages.append(str(error))
        assert path.read_bytes() == text
    assert all(0 < len(message) < LONGEST for message in messages)
    assert [each.name for each in path.parent.iterdir()] == [path.name]
    return read


JSON_WAYS = (_edited, _edited, _edited, _flipped, _cut)


@many(4000)
def test_stored_failures(failure, tmp_path, count):
    files = mutations(failure.text().encode(), count, JSON_WAYS, 1)
    read = survives(StoredFailure.load, tmp_path / "a.json", files)
    assert count / 40 < len(read) < count * 3 / 4
    for stored in read[::40]:  # what can be read can be replayed, whatever it says
        assert len(replay(stored, OP).reason) < LONGEST


@many(2500)
def test_runs(failure, tmp_path, count):
    run = RunDocument(
        environment=Environment.current(), conditions=_conditions(), results=(failure.result,)
    )
    files = mutations(run.text().encode(), count, JSON_WAYS, 2)
    read = survives(RunDocument.load, tmp_path / "a.json", files)
    assert read
    from gradcheck.reports.terminal.comparison_table import as_markdown
    from gradcheck.run.history.compare import compare

    for other in read:
        assert len(as_markdown(compare(run, other))) < 10 * LONGEST


def _conditions():
    from gradcheck.run.history.saved_run import Conditions

    return Conditions(cases=5, seed=0)


@many(1500)
def test_last_runs(tmp_path, count):
    text = LastRun(failed=("a", "b")).text().encode()
    assert survives(LastRun.load, tmp_path / "a.json", mutations(text, count, JSON_WAYS, 3))


@many(2000)
def test_configurations(tmp_path, count):
    def load(path):
        read_config(path, tmp_path)
        return resolve(cwd=tmp_path, environ={}, file=str(path))

    files = mutations(CONFIG, count, (_flipped, _cut), 4)
    assert survives(load, tmp_path / "gradcheck.toml", files)


# --- by hand


@pytest.fixture
def own_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("op", "x" * 10**6),
        ("op", "\x1b[31m[bold]red[/bold]\r\n::error::"),
        ("origins", {"modules": ["os.system('touch escaped')"], "builtin": False}),
        ("origins", {"modules": ["x" * 10**6], "builtin": False}),
        ("origins", {"modules": ["x" * 10**6 + ".py"], "builtin": False}),
        ("version", 10**30),
        ("format", ["gradcheck-failure"]),
    ],
)
def test_a_message_says_what_is_wrong_and_is_short(failure, key, value, own_folder, capsys):
    tmp_path = own_folder
    plain = json.loads(failure.text()) | {key: value}
    text = json.dumps(plain)
    (tmp_path / "given.json").write_text(text)
    for command in (["replay", "given.json"], ["replay", "given.json", "--forget-fixed"]):
        with pytest.raises(SystemExit) as caught:
            main(command)
        out, err = capsys.readouterr()
        assert (caught.value.code, out) == (2, "")
        assert err.startswith("Error: ")
        assert "Traceback" not in err
        assert "\x1b" not in err
        assert len(err) < LONGEST
    assert (tmp_path / "given.json").read_text() == text
    assert [path.name for path in tmp_path.iterdir()] == ["given.json"]
