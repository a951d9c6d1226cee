"""Along which axes an input is repeated follows from the signature and the shapes."""

import numpy as np
import pytest

from gradcheck.cases.conditions.call_view import CallView, ShapeView
from gradcheck.cases.conditions.repeats import may_be_summed, may_broadcast, repeats
from gradcheck.spec.signature import parse_signature


def call(signature, *shapes, out):
    names = ("x", "y")[: len(shapes)]
    return CallView(
        shapes=ShapeView(names, shapes, (), signature and parse_signature(signature)),
        inputs={name: np.ones(shape) for name, shape in zip(names, shapes, strict=True)},
        outputs=(np.ones(out),),
    )


@pytest.mark.parametrize(
    ("signature", "shapes", "out", "name", "axes"),
    [
        ("(...),(...)->(...)", ((2, 3), (3,)), (2, 3), "y", ((0,), (0,))),
        ("(...),(...)->(...)", ((2, 3), (2, 1)), (2, 3), "y", ((1,), (1,))),
        ("(...),(...)->(...)", ((2, 3), (2, 3)), (2, 3), "y", ((), ())),
        ("(...),(...)->(...)", ((1, 3), (3,)), (1, 3), "y", ((), ())),
        ("(n,d),(d)->(n)", ((4, 3), (3,)), (4,), "y", ((), (0,))),
        ("(n,d),(d)->(n)", ((4, 3), (3,)), (4,), "x", ((), ())),
        ("(n?,k),(k,m?)->(n?,m?)", ((3,), (3, 2)), (2,), "x", ((), (0,))),
        (None, ((2, 3), (3,)), (2, 3), "y", ((), ())),
        ("(n)->(n),(n)", ((3,),), (3,), "x", ((), ())),
    ],
)
def test_repeated_axes(signature, shapes, out, name, axes):
    found = repeats(call(signature, *shapes, out=out), name)
    assert (found.broadcast, found.summed) == axes


def test_sizes_of_the_output_and_of_the_input_itself():
    found = repeats(call("(...,d),(d)->(...,d)", (4, 5, 3), (3,), out=(4, 5, 3)), "y")
    assert (found.lead, found.core) == ((4, 5), (3,))


@pytest.mark.parametrize(
    ("signature", "place", "broadcast", "summed"),
    [
        ("(...),(...)->(...)", 0, True, True),
        ("(...)->(...)", 0, False, False),
        ("(n,d),(d)->(n)", 1, False, True),
        ("(n,d),(d)->(n)", 0, False, False),
        ("(...,d),(d)->(...)", 1, True, True),
        ("(n)->(n)", 3, False, False),
    ],
)
def test_what_a_signature_allows(signature, place, broadcast, summed):
    parsed = parse_signature(signature)
    assert may_broadcast(parsed, place) is broadcast
    assert may_be_summed(parsed, place) is summed


def test_without_a_signature_nothing_is_known():
    assert not may_broadcast(None, 0)
    assert not may_be_summed(None, 0)
