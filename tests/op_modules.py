"""Modules as users write them: with 3 as their factor they are right, with 2 they are not."""

CUBE = """
import gradcheck as gc


@gc.op("(...)->(...)")
def cube(x):
    return x**3


@cube.derivative
def _(x):
    return {factor} * x**2
"""

DOUBLE_AND_CUBE = '''
import numpy as np
import gradcheck as gc


@gc.op("(...)->(...)", name="{prefix}double", tags=("easy",))
def double(x):
    """Twice the input."""
    return 2 * x


@double.vjp
def _(g):
    return 2 * g


@gc.op("(...)->(...)", name="{prefix}cube", tags=("hard",))
def cube(x):
    """Third power."""
    return x**3


@cube.derivative
def _(x):
    return {factor} * x**2
'''

OP = """
import numpy as np
import gradcheck as gc


@gc.op("(...)->(...)")
def {name}(x):
    return 2 * x


@{name}.vjp
def _(g):
    return 2 * g
"""
DOUBLE = OP.format(name="double")
