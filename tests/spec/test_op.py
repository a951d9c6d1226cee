"""`gc.op` as a decorator and as a plain call."""

import re
import subprocess
import sys

import numpy as np
import pytest

import gradcheck as gc
from tests.forwards import identity
from tests.root import ROOT

HERE = __file__


def test_the_decorated_name_is_an_op_that_calls_its_forward():
    @gc.op("(...,n)->(...)", tags=("a", "b"), source="somebody (2020)")
    def total(x):
        """Sum over the last axis.

        y = Σ x
        """
        return x.sum(axis=-1)

    assert isinstance(total, gc.OpSpec)
    assert total.name == "total"
    assert total.inputs == ("x",)
    assert str(total.signature) == "(...,n)->(...)"
    assert total.tags == ("a", "b")
    assert total.source == "somebody (2020)"
    assert total.summary == "Sum over the last axis."
    assert total.doc == "Sum over the last axis.\n\ny = Σ x"
    assert total(np.array([1.0, 2.0])) == 3.0
    assert total.location.file == HERE
    assert repr(total) == f"<op 'total' (...,n)->(...) at {total.location}>"


def test_without_parentheses():
    @gc.op
    def negate(x):
        return -x

    assert (negate.name, negate.signature, negate.inputs) == ("negate", None, ("x",))
    assert repr(negate) == f"<op 'negate' (no signature) at {negate.location}>"


def test_module_and_place_are_those_of_the_definition():
    line = sys._getframe().f_lineno + 1
    spec = gc.op("(...)->(...)", name="exp")(np.exp)
    assert str(spec.location) == f"{HERE}:{line}"
    assert spec.module == __name__


def test_a_plain_call_is_complete_in_one_line():
    spec = gc.op("(...)->(...)", name="exp")(np.exp).vjp(lambda g, out: g * out)
    assert spec.complete
    assert spec(0.0) == 1.0
    assert gc.check(spec, cases=20)


def test_a_table_of_ops():
    rows = {
        "tanh": (np.tanh, lambda out: 1 - out**2),
        "cos": (np.cos, lambda x: -np.sin(x)),
    }
    table = {
        name: gc.op("(...)->(...)", name=name)(forward).derivative(rule)
        for name, (forward, rule) in rows.items()
    }
    assert [spec.name for spec in table.values()] == ["tanh", "cos"]
    assert all(gc.check(spec, cases=20) for spec in table.values())


def test_one_forward_serves_several_ops():
    first = gc.op(name="first")(identity).vjp(lambda g: g)
    second = gc.op(name="second", rtol=1e-6, reason="a test")(identity).vjp(lambda g: g)
    assert first.forward is second.forward
    assert (first.rtol, second.rtol) == (1e-8, 1e-6)


USER_MODULE = """
import numpy as np
import gradcheck as gc

bare = gc.op(np.exp)
spec: gc.OpSpec = gc.op("(...)->(...)", name="exp")(np.exp).vjp(lambda g, out: g * out)


@gc.op
def negate(x):
    return -x


@negate.derivative
def _():
    return -1.0


@gc.op("(n)->(n)", tags=("a", "b"), dims={"n": gc.size(min=1)}, skip={"batch": "why"})
def scale(x, factor=2.0):
    return factor * x


@scale.vjp
def _(g, factor):
    return factor * g


reveal_type(bare)
reveal_type(negate)
reveal_type(scale)
reveal_type(scale.jvp(lambda t: t))
scale.vpj(lambda g: g)  # wrong
gc.op("(n)->(n)", tag="a")  # wrong
gc.op("(n)->(n)", rtol="1e-6")  # wrong
gc.op(3)  # wrong
"""


@pytest.mark.slow
def test_type_checkers_know_an_op(tmp_path):
    file = tmp_path / "my_ops.py"
    file.write_text(USER_MODULE)
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--config-file=", f"--cache-dir={tmp_path}", file],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.count('Revealed type is "gradcheck.spec.spec.OpSpec"') == 4, done.stdout
    errors = {int(n) for n in re.findall(r"my_ops\.py:(\d+): error", done.stdout)}
    lines = USER_MODULE.splitlines()
    assert errors == {n for n, line in enumerate(lines, 1) if line.endswith("# wrong")}, done.stdout
