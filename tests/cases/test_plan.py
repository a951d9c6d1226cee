"""Cases fit their spec, hold what finds mistakes, and follow from the seed alone."""

import hashlib
import os
import subprocess
import sys
from functools import cache

import numpy as np
import pytest
from hypothesis import strategies as st

import gradcheck as gc
from gradcheck.cases.case import Case, case_of
from gradcheck.cases.plan import CasePlan
from gradcheck.cases.sampling import Sample, draw_cases
from gradcheck.errors import SpecError


def cases_of(spec, count=300, *, seed=0, dtypes=None, name=None, stretch=None):
    found: list[Case] = []
    plan = CasePlan.of(spec)
    draw_cases(
        lambda draw: plan.draw(draw, dtypes or spec.dtypes, stretch),
        found.append,
        Sample(name=name or spec.name, cases=count, seed=seed),
    )
    return found


def op_of(signature, count=1, **given):
    """An op of some inputs called x, y, z and any params."""
    names = "xyz"[:count]
    forward = eval(f"lambda {', '.join(names)}, **params: x")  # noqa: S307
    return gc.op(signature, name="f", **given)(forward).vjp(lambda g: None)


def digest(cases):
    """A fingerprint of all that a case says."""
    text = hashlib.sha256()
    for case in cases:
        for x in case.inputs:
            text.update(f"{x.shape}{x.dtype}".encode() + x.tobytes())
        text.update(
            f"{case.names}{dict(case.params)}{dict(case.sizes)}{case.dtype}{case.layout}"
            f"{case.cotangent}".encode()
        )
    return text.hexdigest()


# --- shapes fit the signature


def fit(arguments, shapes, sizes):
    """Match shapes with parts of a signature, written as lists; return the leading axes."""
    leads = []
    for argument, shape in zip(arguments, shapes, strict=True):
        core = [size for size in argument if size != "..."]
        present = [c for c in core if sizes.get(c, c) is not None]
        lead, rest = shape[: len(shape) - len(present)], shape[len(shape) - len(present) :]
        assert len(shape) >= len(present)
        assert "..." in argument or not lead
        for name, size in zip(present, rest, strict=True):
            assert size == (sizes[name] if isinstance(name, str) else name)
        leads.append(lead)
    return leads


SIGNATURES = [
    ("(...)->(...)", [["..."]]),
    ("(...),(...)->(...)", [["..."], ["..."]]),
    ("(...,m,n),(...,n,p)->(...,m,p)", [["...", "m", "n"], ["...", "n", "p"]]),
    ("(...,n?,k),(...,k,p?)->(...,n?,p?)", [["...", "n", "k"], ["...", "k", "p"]]),
    ("(...,d),(k,d),(k)->(...,k)", [["...", "d"], ["k", "d"], ["k"]]),
    ("(n,d),(d,k),(k)->(n,k)", [["n", "d"], ["d", "k"], ["k"]]),
    ("(...,3),(...,3)->(...,3)", [["...", 3], ["...", 3]]),
    ("(n,n)->()", [["n", "n"]]),
    ("(...,n),()->(...,n)", [["...", "n"], []]),
    ("(2,n?)->(m)", [[2, "n"]]),
]


@pytest.mark.parametrize(("signature", "arguments"), SIGNATURES, ids=[s for s, _ in SIGNATURES])
def test_every_case_satisfies_the_signature_and_broadcasts(signature, arguments):
    for case in cases_of(op_of(signature, len(arguments)), 80):
        leads = fit(arguments, [x.shape for x in case.inputs], case.sizes)
        np.broadcast_shapes(*leads)
        assert case.names == ("x", "y", "z")[: len(arguments)]
        assert all(x.flags.c_contiguous and x.dtype == np.float64 for x in case.inputs)


@pytest.mark.filterwarnings("ignore:.*in matmul")  # of inputs that are extreme
def test_numpy_accepts_every_case_of_its_own_signature():
    spec = gc.op(np.matmul.signature, name="matmul")(np.matmul).vjp(lambda g: None)
    kinds = set()
    for case in cases_of(spec, 200):
        a, b = case.inputs
        assert np.matmul(a, b).ndim == a.ndim + b.ndim - 2
        kinds.add((a.ndim, b.ndim))
    assert kinds == {(1, 1), (1, 2), (2, 1), (2, 2)}


@pytest.mark.filterwarnings("ignore:.*in matmul")  # of inputs that are extreme
def test_an_operand_that_lacks_a_core_axis_has_no_batch_axes():
    spec = op_of("(...,n?,k),(...,k,p?)->(...,n?,p?)", 2)
    cases = cases_of(spec)
    for case in cases:
        a, b = case.inputs
        assert np.matmul(a, b) is not None
        assert case.sizes["n"] is not None or a.ndim == 1
        assert case.sizes["p"] is not None or b.ndim == 1
    ranks = {tuple(x.ndim for x in case.inputs) for case in cases}
    assert {(1, 1), (1, 2), (2, 1), (2, 2), (3, 1), (1, 3), (3, 3), (2, 3)} <= ranks


@pytest.mark.parametrize(
    ("size", "allowed"),
    [
        (gc.size(min=1), lambda n: n >= 1),
        (gc.size(min=4), lambda n: n >= 4),
        (gc.size(min=6), lambda n: n >= 6),
        (gc.size(max=2), lambda n: n <= 2),
        (gc.size(min=3, max=3), lambda n: n == 3),
        (gc.size(max=0), lambda n: n == 0),
        (gc.size(multiple_of=2), lambda n: n % 2 == 0),
        (gc.size(min=1, multiple_of=4), lambda n: n >= 4 and n % 4 == 0),
        (gc.size(min=10, max=50, multiple_of=7), lambda n: n in (14, 21, 28, 35, 42, 49)),
        (gc.size(min=100, max=101), lambda n: n in (100, 101)),
    ],
    ids=[f"sizes {i}" for i in range(10)],
)
def test_dims_narrow_sizes(size, allowed):
    sizes = {case.sizes["n"] for case in cases_of(op_of("(n)->(n)", dims={"n": size}), 100)}
    assert all(map(allowed, sizes))
    assert len(sizes) > 1 or size.max in (0, size.min)


def test_sizes_that_are_not_narrowed_reach_zero():
    sizes = [case.sizes["n"] for case in cases_of(op_of("(n)->(n)"), 200)]
    assert {0, 1, 2, 3} <= set(sizes)
    assert max(sizes) >= 9


# --- what occurs within 300 cases

ORDERS = ("C", "Fortran", "transposed", "strided", "reversed")
UNARY = "(...)->(...)"
BINARY = "(...),(...)->(...)"
MATMUL = "(...,m,n),(...,n,p)->(...,m,p)"


@cache
def sample(signature):
    return cases_of(op_of(signature, 1 if signature == UNARY else 2))


def shapes(case):
    return [x.shape for x in case.inputs]


def result_of(case):
    return np.broadcast_shapes(*shapes(case))


OCCURS = [
    ("0-d", UNARY, lambda c: c.inputs[0].ndim == 0),
    ("4-d", UNARY, lambda c: c.inputs[0].ndim == 4),
    ("zero-size", UNARY, lambda c: c.inputs[0].size == 0),
    ("one entry", UNARY, lambda c: c.inputs[0].shape == (1,)),
    ("an axis of size 1 among others", UNARY, lambda c: {1, 3} <= set(c.inputs[0].shape)),
    ("more than 64 entries", UNARY, lambda c: c.inputs[0].size > 64),
    ("equal shapes", BINARY, lambda c: len(set(shapes(c))) == 1 and result_of(c)),
    ("0-d and 0-d", BINARY, lambda c: shapes(c) == [(), ()]),
    ("0-d and more", BINARY, lambda c: () in shapes(c) and result_of(c)),
    ("fewer axes left", BINARY, lambda c: 0 < c.inputs[0].ndim < c.inputs[1].ndim),
    ("fewer axes right", BINARY, lambda c: 0 < c.inputs[1].ndim < c.inputs[0].ndim),
    (
        "an axis stretched",
        BINARY,
        lambda c: c.inputs[0].ndim == c.inputs[1].ndim and len(set(shapes(c))) == 2,
    ),
    (
        "both stretched",
        BINARY,
        lambda c: all(s != result_of(c) for s in shapes(c)) and 0 not in result_of(c),
    ),
    ("zero-size broadcast", BINARY, lambda c: 0 in result_of(c) and len(set(shapes(c))) == 2),
    (
        "an axis of 1 against 0",
        BINARY,
        lambda c: any(
            {a, b} == {0, 1} for a, b in zip(*(s[::-1] for s in shapes(c)), strict=False)
        ),
    ),
    ("more than 64 together", BINARY, lambda c: sum(x.size for x in c.inputs) > 64),
    ("no batch", MATMUL, lambda c: all(x.ndim == 2 for x in c.inputs)),
    ("a batch on one side", MATMUL, lambda c: {x.ndim for x in c.inputs} == {2, 3}),
    (
        "batches that stretch",
        MATMUL,
        lambda c: all(x.ndim > 2 for x in c.inputs) and len({s[:-2] for s in shapes(c)}) == 2,
    ),
    ("two batch axes", MATMUL, lambda c: any(x.ndim == 4 for x in c.inputs)),
    ("an inner size of 0", MATMUL, lambda c: c.sizes["n"] == 0 and c.sizes["m"] and c.sizes["p"]),
    ("an inner size of 1", MATMUL, lambda c: c.sizes["n"] == 1),
    ("three different sizes", MATMUL, lambda c: len(set(c.sizes.values())) == 3),
    ("square", MATMUL, lambda c: len(set(c.sizes.values())) == 1 and c.sizes["n"] > 1),
    ("a large size", MATMUL, lambda c: max(c.sizes.values()) >= 9),
    ("exact zeros", MATMUL, lambda c: any((x == 0).any() for x in c.inputs)),
    *(
        (f"layout {name}", MATMUL, lambda c, name=name: c.layout == name)
        for name in (*ORDERS, "read-only")
    ),
    *(
        (f"cotangent {name}", MATMUL, lambda c, name=name: c.cotangent.pattern == name)
        for name in ("random", "with zeros", "zero rows", "one-hot", "stride 0")
    ),
    *(
        (f"cotangent in layout {name}", MATMUL, lambda c, name=name: c.cotangent.layout == name)
        for name in ORDERS
    ),
]


@pytest.mark.parametrize(("what", "of", "condition"), OCCURS, ids=[what for what, *_ in OCCURS])
def test_occurs(what, of, condition):
    assert any(map(condition, sample(of))), what


def test_most_cases_are_worth_running():
    for cases in map(sample, (UNARY, BINARY, MATMUL)):
        empty = sum(case.empty for case in cases)
        assert 0 < empty < 0.35 * len(cases)
        assert sum(case.layout == "C" for case in cases) > 0.5 * len(cases)
        assert sum(case.cotangent.pattern == "random" for case in cases) > 0.4 * len(cases)


def test_the_first_case_is_the_simplest():
    case = sample(MATMUL)[0]
    a, b = case.inputs
    np.testing.assert_array_equal(a, [[1.0]])
    np.testing.assert_array_equal(b, [[1.0]])
    assert (case.layout, case.cotangent.seed) == ("C", 0)


# --- a case


def test_a_case_gives_fresh_arrays_in_its_layout():
    x = np.arange(6.0).reshape(2, 3)
    case = Case(inputs=(x, x[:, :1]), names=("x", "y"), layout="reversed")
    for _ in range(2):
        first, second = case.arranged()
        np.testing.assert_array_equal(first, np.arange(6.0).reshape(2, 3))
        assert first.strides[-1] < 0
        first[:] = second[:] = 99.0


def test_a_case_of_a_call():
    spec = op_of("(n),(n)->(n)", 2, domains={"y": gc.positive()})
    case = case_of(spec, gc.call([1.0, 2.0], np.array([3.0, 4.0]), axis=0))
    np.testing.assert_array_equal(case.inputs, [[1.0, 2.0], [3.0, 4.0]])
    assert (case.names, case.params) == (("x", "y"), {"axis": 0})
    assert [d and d.name for d in case.domains] == [None, "positive"]
    np.testing.assert_array_equal(case.cotangent.cotangents((np.zeros(2),)), [[1.0, 1.0]])


# --- functions of sizes, inputs and params


def test_functions_get_sizes_inputs_and_params_by_name():
    spec = op_of(
        "(n,c)->()",
        domains={"x": lambda k: gc.real(0, k)},
        params={
            "labels": lambda n, c: gc.arrays((n,), gc.integers(0, c - 1)),
            "top": lambda x: st.just(float(x.max())),
            "k": st.integers(1, 3),
        },
        dims={"n": gc.size(min=1), "c": gc.size(min=2)},
    )
    for case in cases_of(spec, 60):
        (x,) = case.inputs
        n, c = x.shape
        assert (x > 0).all()
        assert (x < case.params["k"]).all()
        assert case.params["labels"].shape == (n,)
        assert 0 <= case.params["labels"].min() <= case.params["labels"].max() < c
        assert case.params["top"] == x.max()
        assert list(case.params) == ["labels", "top", "k"]
        assert case.domains[0].name == f"real(0, {case.params['k']})"


def test_a_function_gets_none_for_a_size_that_is_missing():
    seen = set()

    def note(n):
        seen.add(n is None)
        return st.just(n)

    for case in cases_of(op_of("(n?,2)->()", params={"rows": note}), 60):
        assert case.inputs[0].ndim == 1 + (case.params["rows"] is not None)
    assert seen == {True, False}


def test_a_domain_may_be_a_function_that_returns_a_strategy():
    spec = op_of("(n),(n)->(n)", 2, domains={"y": lambda x: st.just(x + 1), "x": gc.integers(0, 3)})
    for case in cases_of(spec, 30):
        np.testing.assert_array_equal(case.inputs[1], case.inputs[0] + 1)
        assert case.domains[1] is None
    spec = op_of("(n)->(n)", domains={"x": lambda n: gc.arrays((n, 2), gc.positive())})
    for case in cases_of(spec, 30):
        assert case.inputs[0].shape == (case.sizes["n"], 2)
        assert case.domains[0].name == "positive"


def test_axes_follow_the_input():
    spec = op_of("(...)->(...)", params={"axis": gc.axis_of("x")})
    for case in cases_of(spec, 60):
        assert -case.inputs[0].ndim <= case.params["axis"] < case.inputs[0].ndim


def test_each_dtype_is_drawn():
    every = ("float64", "float32", "float16", "complex128", "complex64")
    cases = cases_of(op_of("(...)->(...)"), 60, dtypes=every)
    assert {case.dtype for case in cases} == set(every)
    assert all(case.inputs[0].dtype == case.dtype for case in cases)


# --- assume and cases


def test_assume_rejects_cases():
    spec = op_of("(n),(n)->(n)", 2, assume=lambda x, n: n > 2 and (x > 0).any())
    cases = cases_of(spec, 40)
    assert len(cases) == 40
    assert all(case.sizes["n"] > 2 and (case.inputs[0] > 0).any() for case in cases)


def test_assume_sees_params_and_their_defaults():
    seen = set()

    def odd(k, factor):
        seen.add(factor)
        return k % 2

    spec = gc.op(name="f", params={"k": st.integers(0, 3)}, assume=odd)(lambda x, k, factor=2.5: x)
    assert {case.params["k"] for case in cases_of(spec, 20)} == {1, 3}
    assert seen == {2.5}


def test_cases_say_it_all():
    @st.composite
    def calls(draw):
        n = draw(st.integers(1, 3))
        x = draw(gc.arrays((n, n), gc.positive()))
        return gc.call(x, draw(gc.arrays(2)), axis=draw(st.sampled_from([0, 1])))

    spec = gc.op(name="f", cases=calls(), dtypes=("float64", "float32", "complex64"))(
        lambda x, y, axis=0: x
    )
    cases = cases_of(spec, 80)
    assert {case.dtype for case in cases} == {"float64", "float32", "complex64"}
    for case in cases:
        x, y = case.inputs
        assert {x.dtype, y.dtype} == {np.dtype(case.dtype)}
        assert x.shape[0] == x.shape[1]
        assert (x.real > 0).all()
        assert case.params["axis"] in (0, 1)
        assert case.names == ("x", "y")
        assert [d.name for d in case.domains] == ["positive", "real"]


def test_cases_of_a_forward_of_any_number_of_inputs():
    lists = st.lists(gc.arrays((2,)), min_size=1, max_size=3).map(lambda xs: gc.call(*xs))
    spec = gc.op(name="f", cases=lists, assume=lambda xs: len(xs) > 1)(lambda *xs: xs[0])
    cases = cases_of(spec, 30)
    assert {case.names for case in cases} == {("xs[0]", "xs[1]"), ("xs[0]", "xs[1]", "xs[2]")}


# --- what cannot be drawn


def said_by(make):
    with pytest.raises(SpecError) as caught:
        make()
    return str(caught.value)


MISTAKES = [
    (
        lambda: op_of("(n)->(n)", params={"k": lambda m: st.integers(0, m)}),
        "the param function for 'k' of 'f' asks for 'm', which there is not: it can ask for n and "
        "x.",
    ),
    (
        lambda: op_of("(rows)->()", domains={"x": lambda row: gc.real(0, row)}),
        "the domain function for 'x' of 'f' asks for 'row', which there is not: it can ask for "
        "rows. Did you mean 'rows'?",
    ),
    (
        lambda: op_of("(n)->(n)", params={"axis": gc.permutation_of("z")}),
        "The param 'axis' of 'f' is to be the permutation of z, but the inputs are x.",
    ),
    (
        lambda: gc.op("(n)->(n)", name="f", params={"axis": gc.axis_of("wieght")})(
            lambda weight, axis: weight
        ),
        "The param 'axis' of 'f' is to be the axis of wieght, but the inputs are weight. Did you "
        "mean 'weight'?",
    ),
    (
        lambda: op_of(
            "(n),(n)->(n)",
            2,
            domains={"x": lambda y: gc.real(0, y.size), "y": lambda x: gc.real(0, x.size)},
        ),
        "In 'f', x and y wait for each other: draw one of them first.",
    ),
    (
        lambda: op_of(
            "(n)->(n)",
            params={
                "a": lambda b: st.integers(0, b),
                "b": lambda c: st.integers(0, c),
                "c": lambda a: st.integers(0, a),
            },
        ),
        "In 'f', a, b and c wait for each other: draw one of them first.",
    ),
    (
        lambda: gc.op(name="f")(lambda *xs: xs[0]),
        "forward of 'f' takes *xs: say what to call it with by cases=, a strategy of gc.call(...).",
    ),
    (
        lambda: op_of("(n)->(n)", domains={"x": lambda n: 3}),
        "The function for 'x' of 'f' must return a strategy or a domain; it returned 3.",
    ),
    (
        lambda: op_of("(n)->(n)", params={"k": lambda n: 3}),
        "The function for 'k' of 'f' must return a strategy; it returned 3.",
    ),
    (
        lambda: gc.op(name="f", cases=st.just((1.0,)))(lambda x: x),  # type: ignore[arg-type]
        "cases of 'f' must give gc.call(*inputs, **params); got (1.0,).",
    ),
    (
        lambda: gc.op(name="f", cases=st.just(gc.call(1.0, 2.0, 3.0)))(lambda x, y: x),
        "A call of 'f' has 3 inputs; forward takes 2: x and y.",
    ),
]


@pytest.mark.parametrize(("make", "said"), MISTAKES, ids=[said[:40] for _, said in MISTAKES])
def test_mistakes(make, said):
    spec = make()
    assert said_by(lambda: cases_of(spec, 5)) == said


def test_assume_beside_cases_knows_no_sizes():
    calls = st.just(gc.call(np.ones(3)))
    assert said_by(lambda: op_of("(n)->(n)", cases=calls, assume=lambda n: n > 1)) == (
        "assume of 'f' asks for 'n', which there is not: it can ask for x."
    )


# --- reproducible

SCRIPT = """
import sys
sys.path.insert(0, {folder!r})
{before}
import test_plan
print(test_plan.digest(test_plan.cases_of(test_plan.op_of({signature!r}, 2), 60, seed=7)))
"""
DISTURBED = """
import random, numpy
random.seed(3), numpy.random.seed(3)
import hypothesis
hypothesis.settings.register_profile("other", max_examples=3, derandomize=True)
hypothesis.settings.load_profile("other")
import constants_of_their_own
"""


def test_equal_seeds_give_equal_cases():
    spec = op_of(MATMUL, 2)
    first = digest(cases_of(spec, 30, seed=7))
    assert digest(cases_of(op_of(MATMUL, 2), 30, seed=7)) == first
    assert digest(cases_of(spec, 30, seed=8)) != first
    assert digest(cases_of(spec, 30, seed=7, name="g")) != first


def test_other_ops_change_nothing():
    spec = op_of(MATMUL, 2)
    alone = digest(cases_of(spec, 30))
    other = op_of("(...)->(...)", params={"axis": gc.axes_of("x")}, dtypes=("float32", "float64"))
    cases_of(other, 40, name="other")
    np.random.seed(5)
    assert digest(cases_of(spec, 30)) == alone


def test_nothing_outside_changes_the_cases(tmp_path):
    """Neither the hash seed, a CI variable, a Hypothesis profile, nor what is imported."""
    (tmp_path / "constants_of_their_own.py").write_text(
        "".join(f"N{i} = {i * 1237}\nS{i} = 'text {i}'\nB{i} = b'by{i}'\n" for i in range(200))
    )
    here = os.path.dirname(__file__)  # noqa: PTH120
    spoken = []
    for before, variables in (("", {"PYTHONHASHSEED": "1"}), (DISTURBED, {"CI": "true"})):
        done = subprocess.run(
            [sys.executable, "-c", SCRIPT.format(folder=here, before=before, signature=MATMUL)],
            env={k: v for k, v in os.environ.items() if k != "CI"}
            | {"PYTHONPATH": str(tmp_path), "PYTHONHASHSEED": "2"}
            | variables,
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=True,
            timeout=120,
        )
        spoken.append(done.stdout.strip())
    own = digest(cases_of(op_of(MATMUL, 2), 60, seed=7))
    assert spoken == [own, own]


# --- notes


@pytest.mark.parametrize(
    ("signature", "noted"),
    [
        ("(...),()->(...)", ["b"]),
        ("(),(...)->(...)", ["a"]),
        ("(...),(...)->(...)", []),
        ("(),()->()", []),
        ("(n),()->(n)", []),
        ("(...,n),()->(...)", []),
    ],
)
def test_a_scalar_beside_an_elementwise_input_is_noted(signature, noted):
    spec = gc.op(signature, name="op")(lambda a, b: a + b).vjp(lambda g, a, b: (g, g))
    texts = [
        f"{name} is (): only 0-d arrays are tested; (...) would broadcast it" for name in noted
    ]
    assert list(CasePlan.of(spec).notes()) == texts


def test_notes_of_the_plan_stand_in_the_result():
    spec = gc.op("(...),()->(...)", name="scale")(lambda x, a: x * a)
    result = gc.check(spec.vjp(lambda g, x, a: (g * a, (g * x).sum())), cases=8)
    assert result.verdict is gc.Verdict.PASS
    assert [note.partition(":")[0] for note in result.notes] == ["a is ()"]
