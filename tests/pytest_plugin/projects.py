"""Small projects on which pytest is run, and what it collects there."""

OPS = """\
import pathlib
import numpy as np
import gradcheck as gc

with pathlib.Path(__file__).with_name("imported").open("a") as log:
    log.write("x")


@gc.op("(...)->(...)", tags=("easy",))
def double(x):
    return 2 * x


@double.vjp
def _(g):
    return 2 * g


@gc.op("(...)->(...)", tags=("hard",))
def cube(x):
    return x**3


@cube.derivative
def _(x):
    return 2 * x**2
"""
CUBE_VJP = OPS.splitlines().index("@cube.derivative") + 1
STAIR = """\
import numpy as np
import gradcheck as gc


@gc.op
def stair(x):
    return np.floor(8 * x) / 8


@stair.derivative
def _(x):
    return np.ones_like(x)
"""
FEW = "--gradcheck-cases=12"


def names(result):
    """The ids of the tests that were collected."""
    return [line for line in result.outlines if "::" in line]


def collected(project, *arguments):
    return names(project.runpytest_inprocess("--collect-only", "-q", *arguments))


def imports(project):
    """How often the module of ops was run."""
    log = project.path / "imported"
    return len(log.read_text()) if log.exists() else 0
