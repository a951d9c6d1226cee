"""What a case shows, in words that are true of it."""

import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import gradcheck as gc
from gradcheck.cases.case import Case
from gradcheck.cases.conditions import Scope, Trait, in_order, possible, traits_of
from gradcheck.cases.conditions.on_calls import of_defaults
from gradcheck.cases.cotangents import CotangentPlan
from gradcheck.cases.plan import CasePlan
from gradcheck.cases.sampling import Sample, draw_cases
from gradcheck.spec.signature import parse_signature

NAMES = ("x", "y", "z")
SEVERAL = {"p is a tuple", "p has several entries"}


def shown(*inputs, signature=None, cotangents=(), **rest):
    """The phrases of a case with these inputs."""
    arrays = tuple(map(np.asarray, inputs))
    case = Case(inputs=arrays, names=NAMES[: len(arrays)], **rest)
    parsed = signature and parse_signature(signature)
    return set(map(str, traits_of(case, signature=parsed, cotangents=cotangents)))


def possible_for(*args, **kwargs):
    """The phrases that an op with such a spec could show."""
    spec = gc.op(*args, **{"name": "op", **kwargs})(lambda x, y=None, axis=None: x)
    return set(map(str, possible(Scope.of(spec))))


@pytest.mark.parametrize(
    ("x", "phrases"),
    [
        ([1.5, 0.0, -2.25], {"x has an exact zero", "x has exactly one zero"}),
        ([[0.0, 0.0, 3.0], [1, 2, 3]], {"a row or column of x has exactly two zeros"}),
        ([[0.0, 0.0], [1, 2]], {"a row of x is all zeros"}),
        ([[0.0, 1.0], [0, 2]], {"a column of x is all zeros"}),
        ([0.0, 0.0], {"x is all zeros", "x is constant", "x has two equal entries"}),
        ([0.0], {"x is all zeros", "x has exactly one zero"}),
        ([1.25, 7.5, 1.25], {"x has two equal entries"}),
        ([1.0, 1.0001, 7.5], {"two entries of x differ by less than 1 %"}),
        ([[1.0, 2.0], [3.0, 3.0]], {"a row of x is constant"}),
        ([[1.5], [2.5]], {"a row of x is constant"}),
        ([2.5, 2.5], {"x is constant"}),
        ([0.3, -0.2], {"x has a negative entry"}),
        ([0.3, 4.0], {"x has a small whole number"}),
        ([0.3, -1.5], {"x has a small number and a half"}),
        ([1e-7, 1.0], {"|x| falls below 1e-06 but not to 0"}),
        ([1e-101, 0.0], {"|x| falls below 1e-100 but not to 0"}),
        ([25.0, 0.1], {"|x| reaches 20"}),
        ([-711.0], {"|x| reaches 100", "|x| reaches 710"}),
        ([1e200, np.inf], {"|x| reaches 1e+100", "x has an entry of +∞"}),
        ([[-np.inf, -np.inf], [1, 2]], {"x has an entry of −∞", "a row of x is all −∞"}),
        (np.array([1 + 2j]), {"x has an imaginary part"}),
        (np.array([0j, 1 + 2j]), {"x has exactly one zero"}),
    ],
)
def test_numbers(x, phrases):
    assert phrases <= shown(x)


@pytest.mark.parametrize(
    "x",
    [
        np.array([1.3, -7.7, 2.9]),
        np.array([[5.3, -7.7], [2.9, 11.1]]),
        np.array([1.3, 2.9, 4.4], np.float32),
        np.array([1.3 + 1.0j, -7.7 - 2j]),
    ],
)
def test_ordinary_numbers_show_nothing_special(x):
    special = "zero", "two", "constant", "differ", "whole", "half", "reaches", "below", "∞"
    for phrase in shown(x):
        assert not any(word in phrase for word in special), phrase


@given(
    st.lists(st.sampled_from([0.0, 1.0, -1.0, 0.5, 1e-7, 800.0, np.inf, -np.inf, 2.3]), max_size=6)
)
def test_what_is_said_of_numbers_is_true(entries):
    x = np.array(entries)
    phrases = shown(x)
    finite = x[np.isfinite(x)]
    truths = {
        "x has an exact zero": 0 in entries,
        "x has exactly one zero": entries.count(0) == 1,
        "x is all zeros": bool(entries) and set(entries) == {0.0},
        "x has two equal entries": len(set(entries)) < len(entries),
        "x is constant": len(set(entries)) == 1,
        "x has a negative entry": any(n < 0 for n in entries),
        "|x| reaches 710": any(abs(n) >= 710 for n in finite),
        "|x| falls below 1e-06 but not to 0": any(0 < abs(n) < 1e-6 for n in entries),
        "x has an entry of +∞": np.inf in entries,
        "x has an entry of −∞": -np.inf in entries,
        "x has a small whole number": any(n in (1, -1) for n in entries),
        "x has a small number and a half": 0.5 in entries,
        "two entries of x differ by less than 1 %": False,
        "x has no entries": not entries,
    }
    assert {phrase: phrase in phrases for phrase in truths} == truths


def test_bfloat16_is_a_floating_dtype():
    ml_dtypes = pytest.importorskip("ml_dtypes")
    assert "x has an exact zero" in shown(np.array([0.0, 1.5], ml_dtypes.bfloat16))


def test_edges_of_a_domain():
    def of(x, domain):
        return {p for p in shown(x, domains=(domain,)) if "edge" in p}

    near, on = "x comes within 1e-3 of an edge of its domain", "x lies on an edge of its domain"
    assert of([0.5], gc.real(0, 1)) == set()
    assert of([0.5, 1 - 1e-6], gc.real(0, 1)) == {near}
    assert of([0.5, 1.0], gc.real(0, 1, closed=True)) == {on}
    assert of([-np.inf, 1.0], gc.real(infinite=True)) == set()


def test_two_inputs_that_meet():
    assert "x and y have equal values" in shown([1.0, 2.0], [1.0, 2.0])
    assert "x and y are equal somewhere" in shown([1.0, 2.0], [[1.0, 3.0], [4.0, 5.0]])
    assert not any("equal" in p for p in shown([1.5, 2.5], [2.5, 1.5]) if "x and y" in p)


def test_inputs_that_only_broadcast_to_something_huge_are_not_compared():
    column, row = np.zeros((70_000, 1)), np.zeros((1, 70_000))
    started = time.perf_counter()
    assert not any("x and y are" in phrase for phrase in shown(column, row))
    assert time.perf_counter() - started < 1


@pytest.mark.parametrize(
    ("x", "kinds"),
    [
        (np.eye(3), {"identity", "diagonal", "triangular", "symmetric"}),
        (np.diag([1.0, 2.0]), {"diagonal", "triangular", "symmetric"}),
        ([[1.0, 0.0], [2.0, 3.0]], {"triangular"}),
        ([[1.0, 2.0], [2.0, 5.0]], {"symmetric"}),
        (np.array([[1.0, 2j], [-2j, 5.0]]), {"symmetric"}),
        ([[1.0, 2.0], [3.0, 5.0]], set()),
        ([[1.0]], set()),
        (np.stack([[[1.0, 2.0], [3.0, 5.0]], np.eye(2)]), {"identity"}),
        (np.zeros((0, 2, 2)), set()),
    ],
)
def test_matrices(x, kinds):
    found = {phrase.split()[-2] for phrase in shown(x) if phrase.startswith("x holds a")}
    assert kinds - found == set()
    assert bool(kinds) == bool(found)


@pytest.mark.parametrize(
    "x",
    [
        [[1.0, 2, 3], [4, 5, 6], [1, 2, 3]],
        [[1.0, 1], [2, 2]],
        [[0.0, 0], [2, 3]],
        [[0.0, 1], [0, 2]],
    ],
)
def test_singular_matrices(x):
    assert "x holds a matrix with a row or column that is zero or comes twice" in shown(x)


@pytest.mark.parametrize("dtype", ["float16", "float32", "complex64"])
def test_matrices_in_low_precision(dtype):
    assert "x holds a symmetric matrix with a repeated eigenvalue" in shown(np.eye(2, dtype=dtype))


@pytest.mark.parametrize("turned", [False, True])
def test_repeated_eigenvalues(turned):
    x = np.diag([2.0, 2.0, 5.0])
    if turned:
        q, _ = np.linalg.qr(np.arange(9.0).reshape(3, 3) + np.eye(3))
        x = q @ x @ q.T
        x = (x + x.T) / 2
    phrase = "x holds a symmetric matrix with a repeated eigenvalue"
    assert phrase in shown(x)
    assert phrase not in shown(np.diag([2.0, 3.0, 5.0]))


@pytest.mark.parametrize(
    ("shapes", "phrases"),
    [
        (((2, 3), (2, 3)), {"no input is broadcast"}),
        (((2, 3), (3,)), {"y lacks a leading axis"}),
        (((2, 3), ()), {"y lacks all leading axes", "y is 0-D"}),
        (((1, 3), (2, 3)), {"x is stretched along its first axis"}),
        (((2, 1, 3), (2, 4, 3)), {"x is stretched along a middle axis"}),
        (((2, 3), (2, 1)), {"y is stretched along its last leading axis"}),
        (((2, 1), (1, 3)), {"inputs are broadcast against each other"}),
    ],
)
def test_broadcasting(shapes, phrases):
    inputs = [np.ones(shape) for shape in shapes]
    every = {str(t) for t in possible_for("(...),(...)->(...)")}
    patterns = {p for p in every if "broadcast" in p or "stretched" in p or "leading ax" in p}
    found = shown(*inputs, signature="(...),(...)->(...)")
    assert phrases <= found
    if "no input is broadcast" in phrases:
        assert found & patterns == phrases


def test_only_leading_axes_broadcast():
    signature = "(...,m,n),(...,n,p)->(...,m,p)"
    sizes = {"m": 1, "n": 1, "p": 2}
    found = shown(np.ones((1, 1)), np.ones((4, 1, 2)), signature=signature, sizes=sizes)
    assert "x lacks all leading axes" in found
    assert "the leading axes hold several entries" in found
    assert not any("stretched" in phrase for phrase in found)


def test_an_operand_without_a_core_axis_has_no_leading_ones():
    signature = "(...,n?,k),(...,k,m?)->(...,n?,m?)"
    found = shown(
        np.ones(3), np.ones((3, 2)), signature=signature, sizes={"n": None, "k": 3, "m": 2}
    )
    assert {"n is missing", "there are no leading axes"} <= found


@pytest.mark.parametrize(
    ("n", "values"),
    [
        (0, {"n is 0"}),
        (1, {"n is 1", "n is odd"}),
        (6, {"n is even"}),
        (7, {"n is odd", "n is a prime above 3"}),
        (16, {"n is even", "n > 8"}),
        (17, {"n is odd", "n is a prime above 3", "n > 8", "n exceeds 8 and is no multiple of it"}),
        (1025, {"n is odd", "n > 8", "n exceeds 8 and is no multiple of it", "n > 1024"}),
        (65536 + 8, {"n is even", "n > 8", "n > 1024", "n > 65536"}),
    ],
)
def test_sizes(n, values):
    found = shown(np.zeros(n), signature="(n)->()", sizes={"n": n})
    assert {phrase for phrase in found if phrase.startswith("n ")} == values


@pytest.mark.parametrize(
    ("shape", "phrases"),
    [
        ((), {"x is 0-D", "x has a single entry"}),
        ((2, 2), {"x is 2-D", "x is square", "all axes of x are equally long"}),
        ((2, 3), {"x is not square", "x has more columns than rows"}),
        ((4, 2), {"x has more rows than columns", "x has at least two rows more than columns"}),
        ((2, 3, 4), {"x is 3-D", "x has more than two axes", "no two axes of x are equally long"}),
        ((0, 2), {"x has no entries", "an axis of x has size 0"}),
        ((70,), {"x has more than 64 entries", "an axis of x is longer than 8"}),
    ],
)
def test_shapes(shape, phrases):
    assert phrases <= shown(np.ones(shape))


def test_indices():
    def of(*index):
        return {phrase for phrase in shown(np.array(index, int)) if "ind" in phrase}

    assert of() == {"there is no index in x"}
    assert of(0, 1, 3) == set()
    assert of(0, 2, 0) == {"an index in x is repeated", "the indices in x are out of order"}
    assert of(2, 2) == {"an index in x is repeated", "all indices in x are equal"}
    assert of(3, -1) == {
        "an index in x is negative",
        "the indices in x are out of order",
        "the indices in x descend",
    }


def test_masks_of_inputs_and_params():
    assert "a row of x is all false" in shown(np.array([[False, False], [True, False]]))
    found = shown([1.0], params={"mask": np.zeros(2, bool)})
    assert {"mask is false everywhere", "a row of mask is all false"} <= found


@pytest.mark.parametrize(
    ("value", "phrases"),
    [
        (-1, {"p is negative", "p is -1"}),
        (2, {"p is not negative", "p is 2"}),
        (100_000, {"p is not negative"}),
        (-(10**400), {"p is negative"}),
        (1e-5, {"p is not negative", "p is 1e-05"}),
        (0.1234567890123, {"p is not negative"}),
        (None, {"p is None"}),
        (True, {"p is True"}),
        ("same", {"p is 'same'"}),
        ("{}", {"p is '{}'"}),
        ((), {"p is an empty tuple"}),
        ((0, -1), {*SEVERAL, "p has a negative entry"}),
        (
            (1, 2, 0),
            {
                "p is a tuple",
                "p has several entries",
                "p is an order of axes that does not undo itself",
            },
        ),
        ((1, 0), SEVERAL),
        ({"a": 1}, set()),
    ],
)
def test_params(value, phrases):
    found = shown([1.3], params={"p": value})
    assert {phrase for phrase in found if phrase.startswith("p ")} == phrases


def test_a_param_may_be_anything():
    class Odd:
        def __repr__(self):
            raise ValueError

        def __eq__(self, other):
            raise ValueError

        __hash__ = None

    assert shown([1.3], params={"p": Odd(), "q": [np.ones(2)]})
    case = Case(inputs=(np.ones(1),), names=("x",), params={"p": Odd()})
    assert set(map(str, of_defaults(case, {"p": Odd()}))) == {"p has its default value"}


def test_defaults():
    def of(value):
        case = Case(inputs=(np.ones(1),), names=("x",), params={"p": value})
        return set(map(str, of_defaults(case, {"p": 1})))

    assert of(1) == {"p has its default value"}
    for other in (2, None, True, 1.0):
        assert of(other) == {"p does not have its default value"}


@pytest.mark.parametrize(
    ("layout", "x", "phrase"),
    [
        ("C", np.ones((2, 2)), "the inputs are in C order"),
        ("Fortran", np.ones((2, 2)), "the inputs are in Fortran order"),
        ("Fortran", np.ones(3), "the inputs are in C order"),
        ("Fortran", np.ones((1, 3)), "the inputs are in C order"),
        ("transposed", np.ones((2, 2)), "the inputs are transposed in memory"),
        ("strided", np.ones(3), "the inputs are strided"),
        ("strided", np.ones((3, 1)), "the inputs are strided"),
        ("strided", np.ones(1), "the inputs are in C order"),
        ("reversed", np.ones((3, 1)), "the inputs are in C order"),
        ("reversed", np.ones(3), "the inputs run backwards in memory"),
        ("stride 0", np.ones(3), "the inputs have stride 0"),
        ("stride 0", np.arange(3.0), "the inputs are in C order"),
        ("read-only", np.ones(3), "the inputs are read-only"),
        ("scalar", np.ones(()), "an input is a NumPy scalar"),
        ("scalar", np.ones(3), "the inputs are in C order"),
    ],
)
def test_a_layout_counts_where_it_makes_a_difference(layout, x, phrase):
    found = shown(x, layout=layout)
    assert phrase in found
    case = Case(inputs=(x,), names=("x",), layout=layout)
    (arranged,) = case.arranged()
    contiguous = np.asarray(arranged).flags.c_contiguous
    assert ("the inputs are not C-contiguous" in found) == (not contiguous)


@pytest.mark.parametrize(
    ("pattern", "layout", "phrases"),
    [
        ("random", "C", set()),
        ("with zeros", "C", {"the cotangent has an exact zero"}),
        ("one-hot", "C", {"the cotangent has an exact zero", "the cotangent is one-hot"}),
        ("zero rows", "C", {"the cotangent has an exact zero"}),
        ("stride 0", "C", {"the cotangent has stride 0", "the cotangent is not C-contiguous"}),
        (
            "random",
            "Fortran",
            {"the cotangent is in Fortran order", "the cotangent is not C-contiguous"},
        ),
        ("random", "strided", {"the cotangent is strided", "the cotangent is not C-contiguous"}),
        (
            "random",
            "reversed",
            {"the cotangent runs backwards in memory", "the cotangent is not C-contiguous"},
        ),
    ],
)
def test_cotangents(pattern, layout, phrases):
    g = CotangentPlan(pattern, 7, layout).cotangents([np.ones((3, 4))])
    found = {phrase for phrase in shown([1.3], cotangents=g) if "cotangent" in phrase}
    assert phrases <= found
    if not phrases:
        assert found == set()


def test_cotangents_of_several_outputs():
    g = (np.ones(2), np.zeros(3), None)
    found = shown([1.3], cotangents=g)
    assert {"the cotangent of an output is all zeros", "the cotangent is 1 everywhere"} <= found


def test_what_is_possible_follows_from_domains():
    positive = possible_for("(n)->(n)", domains={"x": gc.positive()})
    assert "x has two equal entries" in positive
    assert "|x| reaches 1e+100" in positive
    assert "x comes within 1e-3 of an edge of its domain" in positive
    for never in ("x has an exact zero", "x has a negative entry", "x has an entry of −∞"):
        assert never not in positive
    assert "x has two equal entries" not in possible_for("(n)->(n)", domains={"x": gc.distinct()})
    assert "x has an entry of −∞" in possible_for(domains={"x": gc.real(infinite=True)})
    assert not any("∞" in phrase for phrase in possible_for(domains={"x": gc.nonzero()}))
    assert "|x| reaches 20" not in possible_for(domains={"x": gc.real(-5, 5)})
    assert not any("reaches 1e" in p for p in possible_for(dtypes="float16"))


def test_what_is_possible_follows_from_the_signature():
    fixed = possible_for("(n),(n)->()", dims={"n": gc.size(min=2, max=8)})
    assert {"n is even", "n is odd", "x and y have equal values"} <= fixed
    for never in ("n is 0", "n is 1", "n > 8", "n > 1024", "x is 1-D", "no input is broadcast"):
        assert never not in fixed
    free = possible_for("(...,n,n),(...)->(...)")
    assert {"x holds a symmetric matrix", "the leading axes hold several entries"} <= free
    assert "x is square" not in free
    assert "n > 65536" not in free
    assert "x has more columns than rows" in possible_for("(m,n)->()")


def test_what_is_possible_follows_from_params():
    axis = possible_for(params={"axis": gc.axis_of("x")})
    assert {"axis is negative", "axis does not have its default value"} <= axis
    assert "x is 0-D" not in axis
    assert {"axis is None", "x is 0-D"} <= possible_for(params={"axis": gc.axes_of("x")})
    assert "axis is True" in possible_for(params={"axis": st.booleans()})
    assert "axis is 'mean'" in possible_for(params={"axis": st.sampled_from(["mean", "sum"])})


def test_what_a_domain_does_not_tell_is_not_claimed():
    own = gc.domain(lambda shape, dtype: st.just(np.ones(shape, dtype)))
    phrases = possible_for("(n)->(n)", domains={"x": own})
    assert not any("x" in phrase.split() and "zero" in phrase for phrase in phrases)


@pytest.mark.parametrize("signature", [None, "(...)->(...)", "(...,n,n)->(...)", "(n?,k)->(n?)"])
def test_nothing_is_claimed_that_is_not_a_trait(signature):
    spec = gc.op(signature, name="op", params={"axis": gc.axes_of("x")})(lambda x, axis=None: x)
    for trait in possible(Scope.of(spec)):
        assert isinstance(trait, Trait)
        assert trait.words
        assert "{}" not in trait.words
        assert in_order(trait) < (10_000, "")


def test_traits_are_listed_from_usual_to_unusual():
    phrases = [
        str(t) for t in sorted(traits_of(Case(inputs=(np.zeros(2),), names=("x",))), key=in_order)
    ]
    assert phrases.index("x is 1-D") < phrases.index("x has an exact zero")
    assert phrases.index("x has an exact zero") < phrases.index("x is all zeros")


def test_a_trait_is_known_by_what_it_says_of_whom():
    assert Trait("value", "x", "zero", "x has an exact zero") == Trait("value", "x", "zero")
    assert Trait("value", "x", "zero") < Trait("value", "y", "zero")


def test_traits_leave_the_arrays_alone_and_are_true_of_every_drawn_case():
    spec = gc.op("(...,n),(n)->(...,n)", name="op", domains={"y": gc.positive()})(
        lambda x, y: x * y
    )
    plan = CasePlan.of(spec)

    def check(case):
        before = [x.copy() for x in case.inputs]
        found = set(map(str, traits_of(case, signature=spec.signature)))
        for x, kept in zip(case.inputs, before, strict=True):
            np.testing.assert_array_equal(x, kept)
        x = case.inputs[0]
        assert ("x has an exact zero" in found) == bool((x == 0).any())
        assert ("y has a negative entry" in found) is False
        assert (f"x is {x.ndim}-D") in found
        assert ("n is 1" in found) == (case.sizes["n"] == 1)

    draw_cases(
        lambda draw: plan.draw(draw, ("float64",)), check, Sample(name="op", cases=80, seed=0)
    )
