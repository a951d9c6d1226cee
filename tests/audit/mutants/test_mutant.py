"""Mutants: what they break, what has to come up for it, and what becomes of them."""

import functools

import numpy as np
import pytest
from hypothesis import strategies as st

import gradcheck as gc
from gradcheck.audit.audit import bench_of
from gradcheck.audit.mutants import MUTANTS, select
from gradcheck.audit.mutants.mutant import targets
from gradcheck.audit.mutants.outcome import Fate, fate_of
from gradcheck.audit.mutants.watcher import differs
from gradcheck.errors import SelectionError
from gradcheck.results.kind import Kind
from gradcheck.results.settings import Settings


def product(**described):
    described = {"signature": "(...),(...)->(...)", **described}
    return gc.op(described.pop("signature"), name="product", **described)(
        lambda x, y: x * y
    ).derivative(lambda x, y: (y, x))


def addition():
    return gc.op("(...),(...)->(...)", name="addition")(lambda x, y: x + y).vjp(
        lambda g, x, y: (gc.unbroadcast(g, x.shape), gc.unbroadcast(g, y.shape))
    )


def cube(**described):
    return gc.op("(...)->(...)", name="cube", **described)(lambda x: x**3).derivative(
        lambda x: 3 * x**2
    )


def square():
    return gc.op("(...)->(...)", name="square")(lambda x: x * x).derivative(lambda x: 2 * x)


def exponential(**described):
    return gc.op("(...)->(...)", name="exponential", **described)(np.exp).derivative(
        lambda out: out
    )


def complex_square():
    return gc.op("(...)->(...)", name="complex_square", dtypes="complex128")(
        lambda x: x * x
    ).derivative(lambda x: 2 * x)


def gather():
    """Rows by index, added up where an index is repeated."""

    def vjp(g, x, k):
        dx = np.zeros_like(x)
        np.add.at(dx, k, g)
        return dx

    return gc.op(
        "(n,d),(m)->(m,d)",
        name="gather",
        dims={"n": gc.size(min=1)},
        domains={"k": lambda n: gc.integers(0, n - 1)},
    )(lambda x, k: x[k]).vjp(vjp)


def total():
    def vjp(g, x, axis):
        return np.broadcast_to(np.expand_dims(g, axis), x.shape).copy()

    return gc.op(name="total", params={"axis": gc.axis_of("x")})(
        lambda x, axis=0: np.sum(x, axis=axis)
    ).vjp(vjp)


def weighted():
    return gc.op(
        "(n)->(n)", name="weighted", params={"w": lambda n: gc.arrays((n,), gc.positive())}
    )(lambda x, w: x * w).vjp(lambda g, w: g * w)


def turned():
    """An output in Fortran order, which the gradient reads."""
    return gc.op("(m,n)->(n,m)", name="turned")(lambda x: np.exp(x).T).vjp(
        lambda g, out: (g * out).T.copy()
    )


def linear():
    return gc.op("(n,d),(d)->(n)", name="linear")(lambda x, w: x @ w).vjp(
        lambda g, x, w: (np.multiply.outer(g, w), g @ x)
    )


# What calls the vjp again finds what it remembers, whichever property comes first.
FURTHER = tuple(set(Kind) - {Kind.VALUE})
KILLED = {
    "negated": (cube, Kind.VALUE),
    "doubled": (cube, Kind.VALUE),
    "halved": (cube, Kind.VALUE),
    "times-1.001": (cube, Kind.VALUE),
    "times-0.999": (cube, Kind.VALUE),
    "times-1.000001": (cube, Kind.VALUE),
    "times-0.999999": (cube, Kind.VALUE),
    "all-zero": (cube, Kind.VALUE),
    "first-entry-off": (cube, Kind.VALUE),
    "middle-entry-off": (cube, Kind.VALUE),
    "last-entry-off": (cube, Kind.VALUE),
    "entry-zeroed": (cube, Kind.VALUE),
    "constant-added": (cube, Kind.VALUE),
    "float32-inside": (cube, Kind.VALUE),
    "float16-inside": (square, (Kind.VALUE, Kind.NONFINITE)),
    "conjugated": (complex_square, Kind.VALUE),
    "transposed": (cube, (Kind.VALUE, Kind.SHAPE)),
    "reversed": (cube, Kind.VALUE),
    "swapped": (product, (Kind.VALUE, Kind.SHAPE)),
    "cotangent-ignored": (cube, Kind.VALUE),
    "cotangent-sign": (cube, Kind.VALUE),
    "cotangent-magnitude": (cube, Kind.VALUE),
    "cotangent-squared": (cube, Kind.VALUE),
    "cotangent-in-memory-order": (cube, Kind.VALUE),
    "nan-at-zero-cotangent": (cube, Kind.NONFINITE),
    "ones-at-no-cotangent": (cube, Kind.ZERO),
    "sum-missing": (product, Kind.SHAPE),
    "mean-for-sum": (product, Kind.VALUE),
    "last-term-only": (product, Kind.VALUE),
    "overwritten": (gather, Kind.VALUE),
    "last-block-dropped": (square, Kind.VALUE),
    "last-terms-dropped": (linear, Kind.VALUE),
    "zero-beyond-65535": (square, Kind.VALUE),
    "zero-at-zero": (exponential, Kind.VALUE),
    "doubled-at-zero": (exponential, Kind.VALUE),
    "nan-at-zero": (cube, Kind.NONFINITE),
    "negated-at-negatives": (cube, Kind.VALUE),
    "zero-at-negatives": (cube, Kind.VALUE),
    "doubled-near-zero": (exponential, Kind.VALUE),
    "nan-at-large": (cube, Kind.NONFINITE),
    "infinite-at-large": (cube, Kind.NONFINITE),
    "summed-at-ties": (cube, Kind.VALUE),
    "merged-inputs": (product, Kind.VALUE),
    "doubled-at-odd-size": (cube, Kind.VALUE),
    "doubled-at-option": (total, Kind.VALUE),
    "raises-at-size-zero": (cube, Kind.RAISED),
    "raises-at-scalar": (cube, Kind.RAISED),
    "raises-at-negative-axis": (total, Kind.RAISED),
    "axis-added": (cube, Kind.SHAPE),
    "raveled": (cube, Kind.SHAPE),
    "squeezed": (cube, Kind.SHAPE),
    "other-dtype": (cube, Kind.DTYPE),
    "none-returned": (cube, Kind.MISSING),
    "nested-list": (cube, Kind.TYPE),
    "list-returned": (cube, Kind.TYPE),
    "one-missing": (cube, Kind.ARITY),
    "one-too-many": (cube, Kind.ARITY),
    "same-array-twice": (addition, Kind.ALIASING),
    "view-of-cotangent": (addition, Kind.ALIASING),
    "view-of-input": (product, Kind.ALIASING),
    "cotangent-changed": (cube, Kind.MUTATION),
    "input-changed": (cube, Kind.MUTATION),
    "output-changed": (cube, Kind.MUTATION),
    "param-changed": (weighted, Kind.MUTATION),
    "input-in-memory-order": (cube, Kind.VALUE),
    "output-in-memory-order": (turned, Kind.VALUE),
    "raises-at-strided": (cube, Kind.RAISED),
    "doubled-when-repeated": (cube, FURTHER),
    "first-call-kept": (cube, Kind.VALUE),
    "last-forward-kept": (cube, Kind.STATE),
    "buffer-reused": (cube, FURTHER),
}


@functools.cache
def bench(make, cases=100):
    return bench_of(make(), Settings(cases=cases))


def fates(mutant, bench):
    """What becomes of a mutant in each gradient, by input."""
    (chosen,) = select([mutant])
    found = targets(chosen, bench.spec, bench.cases[0])
    return {target.name: fate_of(chosen, target, bench) for target in found}


@pytest.mark.parametrize("mutant", [mutant.name for mutant in MUTANTS])
def test_each_mutant_is_killed_where_it_shows(mutant):
    make, kinds = KILLED[mutant]
    found = fates(mutant, bench(make)).values()
    assert [each.fate for each in found] == [Fate.KILLED] * len(found), found
    wanted = (kinds,) if isinstance(kinds, Kind) else kinds
    assert all(Kind(each.kind) in wanted for each in found), found


def test_the_names_are_distinct_and_the_descriptions_too():
    assert len({mutant.name for mutant in MUTANTS}) == len(MUTANTS)
    assert len({mutant.description for mutant in MUTANTS}) == len(MUTANTS)


def test_mutants_are_selected_by_name_and_by_glob():
    assert select([]) == MUTANTS
    assert [mutant.name for mutant in select(["negated", "*-at-zero"])] == [
        "negated",
        "zero-at-zero",
        "doubled-at-zero",
        "nan-at-zero",
    ]


def test_an_unknown_mutant_gets_the_nearest_name():
    with pytest.raises(SelectionError) as caught:
        select(["dubled"])
    assert str(caught.value) == (
        "There is no mutant 'dubled'. Did you mean 'doubled'? "
        "'gradcheck audit --list' shows all of them."
    )


def test_a_mutant_is_planted_into_one_gradient_at_a_time():
    found = bench(product)
    (negated,) = select(["negated"])
    first, second = targets(negated, found.spec, found.cases[0])
    assert (first.name, second.name) == ("x", "y")
    planted = found.watch(negated, second).subject
    x, y, g = np.array([1.0, 2.0]), np.array([3.0, 4.0]), np.array([5.0, 6.0])
    dx, dy = planted.vjp(g, (x, y), {}, x * y)
    assert dx.tolist() == [15.0, 24.0]
    assert dy.tolist() == [-5.0, -12.0]


def test_inputs_without_a_gradient_are_no_targets():
    found = bench(gather)
    (negated,) = select(["negated"])
    assert [target.name for target in targets(negated, found.spec, found.cases[0])] == ["x"]


def test_of_any_number_of_arrays_the_first_and_the_last_are_targets():
    def join():
        calls = st.integers(1, 3).flatmap(
            lambda k: st.tuples(*[gc.arrays((2,))] * k).map(lambda arrays: gc.call(*arrays))
        )

        def vjp(g, arrays):
            return tuple(part.copy() for part in np.split(g, len(arrays)))

        return gc.op(name="join", cases=calls)(lambda *arrays: np.concatenate(arrays)).vjp(vjp)

    assert {name: each.fate for name, each in fates("doubled", bench(join, 30)).items()} == {
        "arrays[0]": Fate.KILLED,
        "arrays[-1]": Fate.KILLED,
    }


@pytest.mark.parametrize(
    ("mutant", "make", "reason"),
    [
        ("zero-at-zero", lambda: cube(domains={"x": gc.real(0.5, 1.5)}), "x is real(0.5, 1.5), wi"),
        ("nan-at-zero", lambda: cube(domains={"x": gc.nonzero()}), "x is nonzero, without a zero"),
        (
            "negated-at-negatives",
            lambda: cube(domains={"x": gc.positive()}),
            "x is positive, without a negative number",
        ),
        ("nan-at-large", lambda: cube(domains={"x": gc.real(-5, 5)}), "without a number beyond"),
        ("doubled-near-zero", lambda: cube(domains={"x": gc.real(1, 2)}), "a number near 0"),
        ("summed-at-ties", lambda: cube(domains={"x": gc.distinct()}), "x is distinct, without eq"),
        ("swapped", cube, "there is only one differentiable input"),
        ("merged-inputs", cube, "there is only one differentiable input"),
        ("sum-missing", cube, "nothing that x could be broadcast against"),
        ("mean-for-sum", linear, "nothing that x could be broadcast against"),
        ("last-term-only", cube, "no axis of the output is known along which x is repeated"),
        ("overwritten", cube, "no input and no param holds indices"),
        ("doubled-at-option", cube, "there are no params"),
        ("raises-at-negative-axis", cube, "no param is an axis"),
        ("raises-at-scalar", total, "x always has an axis"),
        ("raises-at-scalar", weighted, "x always has an axis"),
        ("raveled", weighted, "x always has one axis"),
        ("transposed", weighted, "x never has 2 axes"),
        ("param-changed", cube, "no param is an array"),
        ("conjugated", cube, "no dtype that is drawn is complex"),
        ("input-in-memory-order", exponential, "the vjp does not read x"),
        ("input-in-memory-order", weighted, "x never has 2 axes"),
        ("cotangent-in-memory-order", weighted, "no output has two axes"),
        ("output-in-memory-order", cube, "the vjp does not read the output"),
        ("first-call-kept", addition, "the vjp reads neither inputs nor output"),
        ("zero-at-zero", cube, "it changes nothing, though"),
        (
            "last-block-dropped",
            lambda: gc.op("(n)->(n)", name="short", dims={"n": gc.size(max=9)})(np.exp).derivative(
                lambda out: out
            ),
            "x may not have 1024 rows",
        ),
        (
            "zero-beyond-65535",
            lambda: gc.op("(2,n)->(2,n)", name="few", dims={"n": gc.size(max=9)})(
                np.exp
            ).derivative(lambda out: out),
            "x has at most 18 entries",
        ),
        (
            "raises-at-size-zero",
            lambda: gc.op("(n)->(n)", name="full", dims={"n": gc.size(min=1)})(np.exp).derivative(
                lambda out: out
            ),
            "no axis of x may be of size 0",
        ),
    ],
)
def test_what_cannot_come_up_or_changes_nothing_is_equivalent(mutant, make, reason):
    found = bench_of(make(), Settings(cases=60))
    each = next(iter(fates(mutant, found).values()))
    assert each.fate is Fate.EQUIVALENT, each
    assert reason in each.reason


def rectifier():
    return gc.op("(...)->(...)", name="rectifier")(lambda x: np.maximum(x, 0)).derivative(
        lambda x: x >= 0
    )


def test_another_slope_at_a_kink_is_equivalent():
    (each,) = fates("zero-at-zero", bench(rectifier, 30)).values()
    assert each.fate is Fate.EQUIVALENT
    assert each.reason == "all that it changes are choices between slopes at kinks"


def test_a_slope_beyond_both_at_a_kink_is_killed():
    (each,) = fates("doubled-at-zero", bench(rectifier, 30)).values()
    assert each.fate is Fate.KILLED


def test_what_could_come_up_and_never_did_survives_with_a_hint():
    tame = gc.domain(lambda shape, dtype: st.just(np.full(shape, 2.0, dtype)), name="two")
    (each,) = fates(
        "zero-at-zero", bench_of(cube(domains={"x": tame}), Settings(cases=30))
    ).values()
    assert each.fate is Fate.SURVIVED
    assert each.reason == "never triggered: no case had an exact zero in x"
    assert each.hint == "let the domain of x contain 0, or say that it does not: gc.nonzero()"


def test_what_came_up_only_once_or_twice_and_did_not_show_survives():
    calls = st.sampled_from([0.0, *map(float, range(1, 60))]).map(lambda v: gc.call(np.array([v])))
    square = gc.op(name="square", cases=calls)(lambda x: x * x).derivative(lambda x: 2 * x)
    (each,) = fates("doubled-at-zero", bench_of(square, Settings(cases=60))).values()
    assert each.fate is Fate.SURVIVED
    assert each.reason.startswith("it shows in no case, and only ")


def test_what_is_below_the_tolerance_survives_and_says_so():
    coarse = cube(rtol=1e-4, reason="for the sake of the example")
    (each,) = fates("times-1.000001", bench_of(coarse, Settings(cases=30))).values()
    assert each.fate is Fate.SURVIVED
    assert each.reason.endswith("always by less than the tolerance")
    (each,) = fates("times-1.001", bench_of(coarse, Settings(cases=30))).values()
    assert each.fate is Fate.KILLED


def test_what_a_property_would_find_survives_where_the_spec_skips_it():
    careless = gc.op("(n)->(n)", name="careless", skip={"aliasing": "for the sake of an example"})(
        lambda x: x + 1
    ).vjp(lambda g: g.copy())
    (each,) = fates("view-of-cotangent", bench_of(careless, Settings(cases=30))).values()
    assert each.fate is Fate.SURVIVED
    assert each.reason.endswith("and all of them passed")


def test_all_entries_of_a_domain_of_matrices_are_not_thought_to_be_excluded():
    """Of a unit vector no entry alone lies in its domain; that says nothing about zeros."""
    norm = gc.op("(...,d)->(...,d)", name="kept", domains={"x": gc.unit_norm()})(np.exp).derivative(
        lambda out: out
    )
    (each,) = fates("zero-at-zero", bench_of(norm, Settings(cases=60))).values()
    assert each.fate is Fate.KILLED


@pytest.mark.parametrize(
    ("one", "other", "differ"),
    [
        (np.array([1.0, np.nan]), np.array([1.0, np.nan]), False),
        (np.array([0.0]), np.array([-0.0]), False),
        (np.float64(2.0), np.array(2.0), False),
        (np.array([1.0]), np.array([1.0 + 1e-15]), True),
        (np.array([1.0]), np.array(1.0), True),
        (np.array([1.0]), np.array([1.0], np.float32), True),
        ([1.0], np.array([1.0]), True),
        (None, np.array([1.0]), True),
    ],
)
def test_gradients_differ_in_value_shape_dtype_or_kind(one, other, differ):
    assert differs(one, other) is differ
