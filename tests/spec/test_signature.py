"""Signatures parse, print back, and say how shapes disagree with them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradcheck.errors import SpecError
from gradcheck.spec.signature import ArgumentAxes, Dim, parse_signature

EXAMPLE = "for example '(...,m,n),(...,n,p)->(...,m,p)'"
NORMAL_FORMS = [
    "(...)->(...)",
    "(...,m,n),(...,n,p)->(...,m,p)",
    "(n?,k),(k,m?)->(n?,m?)",
    "(...,3),(...,3)->(...,3)",
    "(...,d),(k,d),(k)->(...,k)",
    "(),()->()",
    "(n)->(n),()",
    "(batch_size,n1)->(n1)",
    "(0)->()",
]
NOT_A_SIZE = (
    "{token!r} is not a size; allowed are a name, a number, either with '?' behind it, and '...' "
    "in the first place."
)
MISTAKES = [
    ("(n)", f"Signature '(n)' needs exactly one '->', {EXAMPLE}."),
    ("", f"Signature '' needs exactly one '->', {EXAMPLE}."),
    ("(n)->(n)->()", f"Signature '(n)->(n)->()' needs exactly one '->', {EXAMPLE}."),
    *(
        (
            text,
            f"Signature {text!r}: the {side} side {part!r} is not a list of parenthesised "
            f"arguments, {EXAMPLE}.",
        )
        for text, side, part in (
            ("n->(n)", "left", "n"),
            ("->(n)", "left", ""),
            ("(n)->", "right", ""),
            ("(n)->n", "right", "n"),
            ("(n)->(n", "right", "(n"),
            ("(n)(m)->()", "left", "(n)(m)"),
            ("(n),->()", "left", "(n),"),
            ("((n))->()", "left", "((n))"),
        )
    ),
    *(
        (text, f"Signature {text!r}: {NOT_A_SIZE.format(token=token)}")
        for text, token in (
            ("(n-1)->()", "n-1"),
            ("(n,)->()", ""),
            ("(..,n)->()", ".."),
            ("(n??)->()", "n??"),
            ("(2n)->()", "2n"),
            ("(-1)->()", "-1"),
        )
    ),
    (
        "(n,...)->()",
        "Signature '(n,...)->()': '...' stands for leading axes and must come first, as in "
        "'(...,n)'.",
    ),
    (
        "(...,...)->()",
        "Signature '(...,...)->()': '...' stands for leading axes and must come first, as in "
        "'(...)'.",
    ),
    (
        "(3?)->()",
        "Signature '(3?)->()': '3?' is a fixed size and cannot be missing; give it a name, as in "
        "'(n?)', and narrow it with dims=.",
    ),
    (
        "(n?),(n)->()",
        "Signature '(n?),(n)->()' writes the size 'n' with and without '?'; write 'n?' in each "
        "place.",
    ),
    (
        "(n)->(n?)",
        "Signature '(n)->(n?)' writes the size 'n' with and without '?'; write 'n?' in each place.",
    ),
    (
        "(n)->(m?)",
        "Signature '(n)->(m?)': 'm?' may be missing, but no input has it; a size is missing from "
        "an output where it is missing from the inputs.",
    ),
    (
        "(n m)->()",
        "Signature '(n m)->()': 'n m' is not a size; a comma is missing where the space is.",
    ),
]


@st.composite
def texts(draw):
    """Signatures in their normal form: any sizes, a name optional everywhere or nowhere."""
    optional = draw(st.sets(st.sampled_from("abc")))
    named = st.sampled_from("abcdef").map(lambda n: f"{n}?" if n in optional else n)
    fixed = st.integers(0, 12).map(str)

    def arguments(sizes, most):
        one = st.tuples(st.booleans(), st.lists(sizes, max_size=3))
        joined = one.map(lambda drawn: f"({','.join(['...'] * drawn[0] + drawn[1])})")
        return ",".join(draw(st.lists(joined, min_size=1, max_size=most)))

    left = arguments(named | fixed, 4)
    missing = {name for name in optional if f"{name}?" not in left}
    return f"{left}->{arguments(named.filter(lambda n: n[0] not in missing) | fixed, 3)}"


@pytest.mark.parametrize("text", NORMAL_FORMS)
def test_prints_back(text):
    assert str(parse_signature(text)) == text


@given(texts())
def test_every_signature_prints_back(text):
    signature = parse_signature(text)
    assert str(signature) == text
    assert parse_signature(str(signature)) == signature


@given(texts())
def test_space_around_sizes_means_nothing(text):
    spaced = text.replace(",", " , ").replace("->", " ->\t").replace("(", "( ").replace(")", " )")
    assert parse_signature(spaced) == parse_signature(text)


def test_parts():
    signature = parse_signature("(...,n?,3)->(n?)")
    assert signature.inputs == (ArgumentAxes(True, (Dim("n", None, True), Dim(None, 3, False))),)
    assert signature.outputs == (ArgumentAxes(False, (Dim("n", None, True),)),)


def test_names_of_sizes_come_in_order_of_appearance():
    signature = parse_signature("(b?,a),(a,c?),(3)->(b?,z)")
    assert signature.input_names == ("b", "a", "c")
    assert signature.optional_names == ("b", "c")


@pytest.mark.parametrize(("text", "said"), MISTAKES, ids=[text or "empty" for text, _ in MISTAKES])
def test_each_mistake_has_its_own_sentence(text, said):
    with pytest.raises(SpecError) as caught:
        parse_signature(text)
    assert str(caught.value) == said


MATMUL = "(...,n?,k),(...,k,p?)->(...,n?,p?)"
FITS = [
    ("(n)->(n)", [(3,)], {"n": 3}),
    ("(n)->()", [()], {"n": 3}),
    ("(...,n)->(...,n)", [(2, 5, 3)], {"n": 3}),
    ("(...,n)->(...)", [()], {"n": 3}),
    ("(n)->(2,n)", [(2, 3)], {"n": 3}),
    ("(n)->(m)", [(17,)], {"n": 3}),
    ("(n)->(m),(m,m)", [(2,), (2, 2)], {"n": 3}),
    (MATMUL, [(4, 2, 5)], {"n": 2, "k": 3, "p": 5}),
    (MATMUL, [(4, 5)], {"n": None, "k": 3, "p": 5}),
    (MATMUL, [(2,)], {"n": 2, "k": 3, "p": None}),
    (MATMUL, [()], {"n": None, "k": 3, "p": None}),
    ("(n)->(n)", [(0,)], {"n": 0}),
]
DISAGREES = [
    ("(n)->(n)", [], {}, "0 output(s) where the signature (n)->(n) has 1"),
    ("(n)->(n)", [(3,), (3,)], {"n": 3}, "2 output(s) where the signature (n)->(n) has 1"),
    (
        "(n)->(n)",
        [(4,)],
        {"n": 3},
        "an output of shape (4,) where the signature says (n) with n = 3",
    ),
    ("(n)->()", [(1,)], {"n": 1}, "an output of shape (1,) where the signature says ()"),
    ("(n)->(2)", [(3,)], {"n": 3}, "an output of shape (3,) where the signature says (2)"),
    (
        "(n)->(n)",
        [(2, 3)],
        {"n": 3},
        "an output of shape (2, 3) where the signature says (n) with n = 3",
    ),
    (
        "(...,n)->(...,n)",
        [()],
        {"n": 3},
        "an output of shape () where the signature says (...,n) with n = 3",
    ),
    (
        MATMUL,
        [(2, 5)],
        {"n": None, "k": 3, "p": 4},
        "an output of shape (2, 5) where the signature says (...,n?,p?) with p = 4",
    ),
    (
        "(n)->(m),(m)",
        [(2,), (5,)],
        {"n": 3},
        "an output of shape (5,) where the signature says (m) with m = 2",
    ),
    (
        "(n)->(m,m)",
        [(2, 5)],
        {"n": 3},
        "an output of shape (2, 5) where the signature says (m,m) with m = 2",
    ),
]


@pytest.mark.parametrize(("text", "shapes", "sizes"), FITS)
def test_output_shapes_that_fit(text, shapes, sizes):
    assert parse_signature(text).mismatch(shapes, sizes) is None


@pytest.mark.parametrize(("text", "shapes", "sizes", "said"), DISAGREES)
def test_output_shapes_that_do_not_fit(text, shapes, sizes, said):
    assert parse_signature(text).mismatch(shapes, sizes) == said


def test_looking_at_shapes_leaves_the_sizes_alone():
    sizes = {"n": 3}
    parse_signature("(n)->(m)").mismatch([(2,)], sizes)
    assert sizes == {"n": 3}


@given(texts(), st.data())
def test_shapes_made_from_the_sizes_fit(text, data):
    signature = parse_signature(text)
    sizes = {}
    for name in "abcdef":
        optional = name in signature.optional_names
        sizes[name] = data.draw(st.none() | st.integers(0, 5) if optional else st.integers(0, 5))
    shapes = []
    for argument in signature.outputs:
        core = [dim.size if dim.name is None else sizes[dim.name] for dim in argument.dims]
        lead = data.draw(st.lists(st.integers(0, 5), max_size=2)) if argument.leading else []
        shapes.append((*lead, *(n for n in core if n is not None)))
    known = {name: sizes[name] for name in signature.input_names}
    assert signature.mismatch(shapes, known) is None
    assert signature.mismatch([*shapes, ()], known) is not None
    if not all(argument.leading for argument in signature.outputs):
        assert signature.mismatch([(9, *shape) for shape in shapes], known) is not None


@pytest.mark.parametrize(
    ("text", "shapes", "sizes"),
    [
        ("(...,m,n),(n,p)->(...,m,p)", [(5, 2, 3), (3, 4)], {"m": 2, "n": 3, "p": 4}),
        ("(n),(n)->()", [(2,), (3,)], None),
        ("(n)->()", [(2,), (2,)], None),
        ("(n)->()", [()], None),
        ("(3)->()", [(3,)], {}),
        ("(...)->(...)", [(2, 2)], {}),
    ],
)
def test_sizes_are_told_from_shapes_where_they_fit(text, shapes, sizes):
    assert parse_signature(text).sizes_of(shapes) == sizes
