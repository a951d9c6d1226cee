"""Functions are called with what they ask for by name, and told what there is."""

import functools

import numpy as np
import pytest

from gradcheck.errors import SpecError
from gradcheck.spec.binding import ANY, Location, bind, location_of, parameters_of

KNOWN = ("x", "y", "axis", "out")
ONES = np.ones(2)
VALUES = {"x": 1, "y": 2, "axis": 3, "out": 4}


def bound(function, leading=0):
    return bind(
        function, KNOWN, leading=leading, what="the rule of 'f'", defaults={"axis": -1, "y": ANY}
    )


@pytest.mark.parametrize(
    ("function", "names", "result"),
    [
        (lambda out, x: (out, x), ("out", "x"), (4, 1)),
        (lambda: "nothing", (), "nothing"),
        (lambda x, *, axis: (x, axis), ("x", "axis"), (1, 3)),
        (lambda y, x=None: (y, x), ("y", "x"), (2, 1)),
        (lambda x, axis=-1: (x, axis), ("x", "axis"), (1, 3)),
        (lambda x, y=7: (x, y), ("x", "y"), (1, 2)),
        (lambda x, factor=5: (x, factor), ("x",), (1, 5)),
        (lambda y, x, /, out: (y, x, out), ("y", "x", "out"), (2, 1, 4)),
        (lambda x, **rest: (x, rest), ("x",), (1, {})),
    ],
    ids=[
        "any order",
        "none",
        "keyword",
        "placeholder",
        "same default",
        "any default",
        "default kept",
        "by place",
        "rest",
    ],
)
def test_by_name(function, names, result):
    rule = bound(function)
    assert rule.names == names
    assert rule(VALUES) == result


def test_leading_parameters_are_passed_by_place_whatever_their_names():
    assert bound(lambda x, y: (x, y), leading=1)(VALUES, "g") == ("g", 2)
    assert bound(lambda g, /, *, x: (g, x), leading=1)(VALUES, "g") == ("g", 1)


def test_functions_of_other_kinds():
    class Scaled:
        def __call__(self, x):
            return 10 * x

    assert bound(Scaled())(VALUES) == 10
    assert bound(Scaled().__call__)(VALUES) == 10
    assert bound(functools.partial(lambda k, y: k * y, 5))(VALUES) == 10


OTHER = (
    "the rule of 'f' has a default of its own for {name!r}, where the op's {name!r} would be "
    "passed: rename the parameter to keep its default, or drop the default."
)
MISTAKES = [
    (
        lambda ouput: 0,
        0,
        "the rule of 'f' asks for 'ouput', which there is not: it can ask for x, y, axis and out. "
        "Did you mean 'out'?",
    ),
    (
        lambda weight: 0,
        0,
        "the rule of 'f' asks for 'weight', which there is not: it can ask for x, y, axis and out.",
    ),
    (
        lambda *xs: 0,
        0,
        "the rule of 'f' takes *xs; its parameters are bound by name, so name them.",
    ),
    (lambda: 0, 1, "the rule of 'f' must take the cotangent as its first parameter."),
    (lambda *, x: 0, 1, "the rule of 'f' must take the cotangent as its first parameter."),
    (lambda x, axis=1: 0, 0, OTHER.format(name="axis")),
    (lambda x, out=abs: 0, 0, OTHER.format(name="out")),
    (lambda g, x=ONES: 0, 1, OTHER.format(name="x")),
    (functools.partial(lambda x, out: 0, out=abs), 0, OTHER.format(name="out")),
    (np.exp, 0, "the rule of 'f' has no readable parameters; wrap it in a lambda."),
    (3, 0, "the rule of 'f' must be a function; got 3."),
]


@pytest.mark.parametrize(("function", "leading", "said"), MISTAKES)
def test_mistakes(function, leading, said):
    with pytest.raises(SpecError) as caught:
        bound(function, leading)
    assert str(caught.value) == said


def test_where_nothing_can_be_asked_for():
    with pytest.raises(SpecError) as caught:
        bind(lambda x: 0, (), what="the function")
    assert str(caught.value) == (
        "the function asks for 'x', which there is not: it can ask for nothing."
    )


def test_parameters_of_a_ufunc_are_unknown():
    assert parameters_of(np.add) is None
    assert list(map(str, parameters_of(lambda a, b: 0) or ())) == ["a", "b"]


def here(x):
    return x


@functools.wraps(here)
def wrapper(*args):
    return here(*args)


def test_location():
    line = here.__code__.co_firstlineno
    assert str(location_of(here)) == f"{__file__}:{line}"
    assert location_of(wrapper) == Location(__file__, line)
    assert location_of(np.exp) is None
