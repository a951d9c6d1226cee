"""Phrases of the conditions that hold of a case, or that an op could show."""

import numpy as np

import gradcheck as gc
from gradcheck.cases.case import Case
from gradcheck.cases.conditions import Scope, possible, traits_of
from gradcheck.spec.signature import parse_signature

NAMES = ("x", "y", "z")


def shown(*inputs, signature=None, cotangents=(), defaults=None, **rest):
    """The phrases of a case with these inputs."""
    arrays = tuple(map(np.asarray, inputs))
    case = Case(inputs=arrays, names=NAMES[: len(arrays)], **rest)
    parsed = signature and parse_signature(signature)
    return set(
        map(str, traits_of(case, signature=parsed, cotangents=cotangents, defaults=defaults))
    )


def possible_for(*args, **kwargs):
    """The phrases that an op with such a spec could show."""
    spec = gc.op(*args, **{"name": "op", **kwargs})(lambda x, y=None, axis=None: x)
    return set(map(str, possible(Scope.of(spec))))
