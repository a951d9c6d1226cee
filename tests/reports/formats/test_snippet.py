"""The snippet runs by itself, imports what it needs, and prints the numbers of the panel."""

import ast
import re
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import gradcheck as gc
from gradcheck.reports.formats.snippet import snippet
from gradcheck.reports.text.python_code import array, literal, text
from gradcheck.run.history.stored_failure import Origins
from tests.kept import found
from tests.run.history.test_replay import ODD_NAN, PARAMS, same

OPS = """
import numpy as np
import gradcheck as gc
from hypothesis import strategies as st

def op(name, signature="(...)->(...)", **given):
    return gc.op(signature, name=name, **given)

op("real")(np.sin).vjp(lambda g, x: 2 * g * np.cos(x))
op("complex", dtypes=("complex128",))(np.square).vjp(lambda g, x: 2 * g * x)
op("float32", dtypes=("float32",))(np.sin).vjp(lambda g, x: 2 * g * np.cos(x))
op("precision", dtypes=("float32",))(np.sin).vjp(
    lambda g, x: (g * np.cos(x) * (1 + 1e-3 * (x.dtype == np.float32))).astype(x.dtype)
)
op("bounded", domains={"x": gc.real(0, 1)})(np.log).vjp(lambda g, x: 2 * g / x)
op("curved", "(n,n)->()", domains={"a": gc.spd()})(lambda a: np.linalg.slogdet(a)[1]).vjp(
    lambda g, a: 3 * g * np.linalg.inv(a)
)
op("kink")(np.abs).vjp(lambda g, x: g * np.sign(x) + 2 * g * (x == 0))
op("several", "(...),(...)->(...),(...)")(lambda a, b: (a * b, a + b)).vjp(
    lambda g, a, b: (
        gc.unbroadcast(g[0] * b + g[1], a.shape),
        gc.unbroadcast(g[0] * a - g[1], b.shape),
    )
)
op("params", params={"w": st.just(np.array([2.0, -0.0])), "by": st.just({"a": (1, None)})})(
    lambda x, w, by: x * w[0]
).vjp(lambda g, w: g * 3)
op("layouts")(lambda x: 2 * x).vjp(lambda g, x: 2 * g if x.flags.c_contiguous else 3 * g)
op("purity")(lambda x: 2 * x).vjp(lambda g, x: np.multiply(g, 2, out=g))
op("shape")(lambda x: 2 * x).vjp(lambda g: 2 * g[..., None])
op("jvp")(np.sin).vjp(lambda g, x: g * np.cos(x)).jvp(lambda t, x: 2 * t * np.cos(x))
op("raises")(lambda x: 2 * x).vjp(lambda g: 1 / 0)
"""
NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e[+-]?\d+)?")


@pytest.fixture(scope="module")
def wrong(tmp_path_factory):
    """Stored failures of all these ops, by name, and the module they come from."""
    folder = tmp_path_factory.mktemp("ops")
    path = folder / "ops_of_snippets.py"
    path.write_text(OPS)
    registry = gc.Registry()
    specs = registry.load(path)
    origins = Origins(modules=(str(path),), builtin=False)
    return {spec.name: replace(found(spec, folder), origins=origins) for spec in specs}


def run(code, capsys):
    capsys.readouterr()
    exec(compile(code, "snippet", "exec"), {"__name__": "snippet"})  # noqa: S102 - it is meant to be run
    return capsys.readouterr().out


VALUES = ("real", "complex", "float32", "bounded", "several", "params")


@pytest.mark.parametrize("name", VALUES)
def test_a_wrong_entry_is_shown_by_plain_differences(name, wrong, capsys):
    stored = wrong[name]
    out = run(snippet(stored), capsys)
    analytic, numeric = (float(line.split()[-1]) for line in out.splitlines())
    worst = stored.result.failure.worst
    assert analytic == worst.analytic
    assert numeric == pytest.approx(worst.reference.value, rel=1e-2)


def test_at_a_kink_both_slopes_are_shown(wrong, capsys):
    out = run(snippet(wrong["kink"]), capsys)
    reference = wrong["kink"].result.failure.worst.reference
    left, right = (float(line.split()[-1]) for line in out.splitlines()[1:])
    assert sorted((left, right)) == pytest.approx([reference.low, reference.high])


@pytest.mark.parametrize("name", ["precision", "curved", "purity", "shape", "jvp"])
def test_any_other_failure_is_shown_by_the_check_that_found_it(name, wrong, capsys):
    out = run(snippet(wrong[name]), capsys)
    assert out == f"{wrong[name].result.failure.message}\n"


def test_what_raised_raises(wrong):
    with pytest.raises(ZeroDivisionError):
        exec(snippet(wrong["raises"]), {})  # noqa: S102


def test_it_runs_in_a_fresh_process(wrong, tmp_path):
    (tmp_path / "debug.py").write_text(snippet(wrong["real"]))
    done = subprocess.run(
        [sys.executable, "debug.py"], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith(f"analytic {wrong['real'].result.failure.worst.analytic!r}\n")
    assert done.stderr == ""


def imported(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield from ((alias.asname or alias.name) for alias in node.names)


@pytest.mark.parametrize("name", [*VALUES, "kink", "precision", "curved", "layouts", "raises"])
def test_it_is_tidy(name, wrong):
    code = snippet(wrong[name])
    tree = ast.parse(code)
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    assert set(imported(tree)) <= used
    assert all(len(line) <= 100 and line == line.rstrip() for line in code.split("\n"))
    assert "\n\n\n\n" not in code


def test_a_snippet_looks_like_this(wrong, snapshot):
    stored = wrong["bounded"]
    code = snippet(replace(stored, origins=Origins(modules=("my_ops.py",), builtin=True)))
    assert code.replace(stored.id, "ID") == snapshot


def test_nothing_in_a_name_is_code(wrong):
    op = '"""\'\n#\x1b[31m\N{GRINNING FACE}\\'
    tree = ast.parse(snippet(replace(wrong["real"], op=op)))
    assert op in {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)}


# --- values as code


def evaluated(code):
    return eval(code, {"np": np, "base64": __import__("base64")})  # noqa: S307 - our own code


@pytest.mark.parametrize("name", PARAMS)
def test_a_param_comes_back_bit_for_bit(name):
    assert same(evaluated(literal(PARAMS[name])), PARAMS[name])


@pytest.mark.parametrize(
    "x",
    [
        np.array([ODD_NAN, -0.0, np.inf]),
        np.array([[1 + 2j, complex(np.nan, -0.0)]]),
        np.zeros((0, 3), np.float32),
        np.array(-0.0),
        np.arange(500.0).reshape(2, 250) / 3,
        np.array([1, 2], np.int8),
        np.array([True, False]),
        np.array([1, 3], np.longdouble) / 3,
    ],
    ids=lambda x: f"{x.dtype}{x.shape}",
)
def test_an_array_comes_back_bit_for_bit(x):
    back = evaluated(array(x))
    assert (back.dtype, back.shape, back.flags.writeable) == (x.dtype, x.shape, True)
    assert back.tobytes() == x.tobytes()


@given(st.text())
def test_text_comes_back_and_stays_on_its_line(value):
    assert evaluated(text(value)) == value
    assert text(value).isascii()
    assert "\n" not in text(value)
