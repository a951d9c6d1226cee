"""One case, from the call of the forward to what is known about its gradient."""

import warnings
from pathlib import Path

import numpy as np
import pytest

import gradcheck as gc
from gradcheck.cases.case import Case
from gradcheck.cases.cotangents import CotangentPlan
from gradcheck.checks.examine import examine
from gradcheck.checks.subject import Subject, subject_of
from gradcheck.results.kind import Kind
from gradcheck.results.verdict import Verdict
from gradcheck.spec.spec_options import DEFAULT_RTOL

X = np.array([1.0, 2.0, 3.0])


def subject(forward, vjp=lambda g, inputs, params, out: 2 * g, **options):
    return Subject(name="op", forward=forward, vjp=vjp, rtol=DEFAULT_RTOL, **options)


def case(*inputs, **options):
    names = ("x", "y", "z")[: len(inputs)]
    return Case(inputs=inputs, names=names, **options)


def twice(x):
    return 2 * x


def failure(forward, *inputs, vjp=lambda g, inputs, params, out: 2 * g, **options):
    found = examine(subject(forward, vjp), case(*inputs, **options)).failure
    assert found is not None
    return found


def test_a_right_gradient_leaves_no_failure():
    outcome = examine(subject(twice), case(X))
    assert outcome.failure is None
    assert outcome.unusable == ""
    assert outcome.tally.probes == 3
    report = outcome.report
    assert report.inputs["x"].tolist() == [1, 2, 3]
    assert report.outputs[0].tolist() == [2, 4, 6]
    assert report.gradients["x"] == pytest.approx(2 * report.cotangents[0])


def test_a_table_has_every_entry():
    outcome = examine(subject(twice), case(X), table="every entry")
    assert [c.where for c in outcome.report.comparisons] == ["x[0]", "x[1]", "x[2]"]
    assert all(c.reference.bar < 1e-9 for c in outcome.report.comparisons)


def test_the_entry_that_is_furthest_off_is_shown():
    found = failure(twice, X, vjp=lambda g, xs, params, out: 2 * g * np.array([1.001, 3.0, 1.0]))
    assert found.kind is Kind.VALUE
    assert found.headline == "∂L/∂x is wrong"
    assert found.worst.where == "x[1]"
    assert found.message.startswith("At x[1] the analytic derivative is ")


def test_several_wrong_gradients_are_all_named():
    found = failure(np.multiply, X, X + 1, vjp=lambda g, xs, params, out: (g * xs[0], g * xs[1]))
    assert found.headline == "∂L/∂x and ∂L/∂y are wrong"


# Forwards that cannot be used.


@pytest.mark.parametrize(
    ("returned", "message"),
    [
        (None, "forward returned None; it must return a NumPy array or a tuple of them."),
        ([1.0], "forward returned a list; it must return a NumPy array or a tuple of them."),
        ("abc", "forward returned a str; it must return a NumPy array or a tuple of them."),
        (
            np.array([None]),
            "forward returned an array of dtype object; it must return a NumPy array or a tuple "
            "of them.",
        ),
        (
            np.array([1, 2]),
            "forward returned int64; an output with a gradient is floating or complex.",
        ),
        (
            np.array([1j]),
            "forward returned complex numbers for real inputs; return real ones, or split them "
            "into real and imaginary outputs.",
        ),
    ],
)
def test_a_forward_without_a_usable_output(returned, message):
    found = failure(lambda x: returned, X)
    assert found.kind is Kind.FORWARD
    assert found.kind.verdict is Verdict.ERROR
    assert found.message == message


def test_a_forward_that_disagrees_with_the_signature():
    op = gc.op("(n,m)->(n)", name="evidence_shape", dims={"n": gc.size(min=2), "m": gc.size(min=3)})
    op = op(lambda x: x.sum(axis=0)).vjp(lambda g, x: np.broadcast_to(g, x.shape).copy())
    found = gc.check(op, cases=20).failure
    assert found.headline == "forward disagrees with the signature"
    assert "where the signature says (n) with n = 2" in found.message


def test_no_differentiable_input():
    found = failure(lambda k: k * 1.0, np.array([1, 2]))
    assert (found.kind, found.kind.verdict) == (Kind.SPEC, Verdict.ERROR)
    assert found.headline == "no input is differentiable"
    assert "x is int64" in found.message


# Exceptions of the op's own code.


def broken_forward(x):
    if x.sum() > 0:
        raise ZeroDivisionError("sum is positive")
    return x


def broken_vjp(g, inputs, params, out):
    return helper(g)


def helper(g):
    raise LookupError("no such thing")


def test_an_exception_of_the_forward_is_kept_with_its_line():
    found = failure(broken_forward, X)
    assert (found.kind, found.headline) == (Kind.RAISED, "forward raised ZeroDivisionError")
    assert found.message == "Forward raised ZeroDivisionError: sum is positive"
    assert Path(found.raised.location.file) == Path(__file__)
    assert found.raised.location.line == broken_forward.__code__.co_firstlineno + 2
    assert found.case.inputs["x"].tolist() == [1, 2, 3]
    assert found.case.cotangents == ()


def test_an_exception_of_the_vjp_is_kept_with_its_innermost_line():
    found = failure(twice, X, vjp=broken_vjp)
    assert found.headline == "the vjp raised LookupError"
    assert found.raised.location.line == helper.__code__.co_firstlineno + 1
    assert "broken_vjp" in found.raised.traceback
    assert "gradcheck/checks/examine.py" not in found.raised.traceback
    assert found.case.outputs[0].tolist() == [2, 4, 6]


def test_an_exception_in_a_library_points_to_the_op_s_line_or_the_library_s():
    def vjp(g, inputs, params, out):
        return np.linalg.inv(g)

    found = failure(twice, X, vjp=vjp)
    assert found.raised.type == "LinAlgError"
    assert "test_examine.py" in found.raised.traceback


# Sizes of zero.


def test_a_size_of_zero_on_which_the_forward_raises_is_excused():
    outcome = examine(subject(lambda x: x.max()), case(np.zeros(0)))
    assert outcome.failure is None
    assert outcome.unusable == "forward raises on a size of zero"


def test_a_size_of_zero_on_which_the_vjp_raises_is_not():
    found = failure(np.sum, np.zeros(0), vjp=lambda g, xs, params, out: g / xs[0][0])
    assert found.kind is Kind.RAISED


def test_a_gradient_of_nothing_is_checked_for_its_shape():
    right = examine(subject(np.sum, lambda g, xs, p, o: np.zeros((0, 3))), case(np.zeros((0, 3))))
    assert right.failure is None
    found = failure(np.sum, np.zeros((0, 3)), vjp=lambda g, xs, p, o: np.zeros(0))
    assert found.kind is Kind.SHAPE


def test_without_outputs_the_gradient_is_zero():
    def empty(x):
        return x[:0]

    zero = examine(subject(empty, lambda g, xs, p, o: np.zeros(3)), case(X))
    assert zero.failure is None
    assert zero.tally.probes == 0
    found = failure(empty, X, vjp=lambda g, xs, p, o: np.array([0.0, 5.0, 0.0]))
    assert found.message == ("The output has no entries, so ∂L/∂x is zero; the vjp returned 5.")


@pytest.mark.parametrize("shape", [(), (1,), (1, 1, 1)])
def test_single_numbers_of_any_rank(shape):
    assert examine(subject(twice), case(np.full(shape, 3.0))).failure is None


# Unusable cases.


def test_a_forward_that_is_not_finite_is_unusable():
    outcome = examine(subject(lambda x: x / 0), case(X))
    assert (outcome.failure, outcome.unusable) == (None, "forward is not finite")


def test_the_contract_is_checked_on_unusable_cases_too():
    found = failure(lambda x: x / 0, X, vjp=lambda g, xs, p, o: g[:2])
    assert found.kind is Kind.SHAPE


def test_a_case_is_unusable_where_most_of_its_references_are():
    outcome = examine(subject(np.floor, lambda g, xs, p, o: 0 * g), case(np.array([1.0, 2.0, 0.5])))
    assert outcome.unusable.startswith("forward jumps")
    outcome = examine(subject(np.floor, lambda g, xs, p, o: 0 * g), case(np.array([1.0, 1.5, 0.5])))
    assert outcome.unusable == ""


# What surrounds a call.


def test_the_op_sees_the_layout_of_the_case():
    seen = []

    def forward(x):
        seen.append(x.flags.c_contiguous)
        return 2 * x

    examine(subject(forward), case(np.ones((2, 3)), layout="Fortran"))
    assert seen[0] is False


def test_outputs_without_gradient_have_no_cotangent():
    seen = []

    def vjp(g, inputs, params, out):
        seen.append(g)
        return 2 * g[0]

    outcome = examine(subject(lambda x: (2 * x, x.argmax()), vjp), case(X))
    assert outcome.failure is None
    assert seen[0][1] is None


def test_a_tuple_of_outputs_has_a_tuple_of_cotangents():
    def vjp(g, inputs, params, out):
        return 2 * g[0] + g[1] * np.cos(inputs[0])

    assert examine(subject(lambda x: (2 * x, np.sin(x)), vjp), case(X)).failure is None
    wrong = failure(
        lambda x: (2 * x, np.sin(x)), X, vjp=lambda g, xs, p, o: 2 * g[0] + g[1] * np.sin(xs[0])
    )
    assert wrong.kind is Kind.VALUE


def test_a_large_output_does_not_hide_a_small_one():
    def forward(x):
        return 1e12 * x, 1e-12 * x

    def vjp(g, inputs, params, out):
        return 1e12 * g[0] + 1.001e-12 * g[1]

    assert failure(forward, X, vjp=vjp).kind is Kind.VALUE


def test_warnings_of_the_floating_point_unit_are_not_raised():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        examine(subject(lambda x: np.log(x * 0)), case(X))


# jvp.


def jvp_of(jvp, vjp=lambda g, x: g * np.cos(x)):
    op = gc.op("(...)->(...)", name="evidence_jvp")(np.sin)
    return op.vjp(vjp).jvp(jvp)


def test_a_right_jvp_passes():
    assert gc.check(jvp_of(lambda u, x: u * np.cos(x)), cases=30)


@pytest.mark.parametrize(
    ("jvp", "headline"),
    [
        (lambda u, x: u * np.cos(x) * 1.001, "the jvp is wrong"),
        (lambda u, x: -u * np.cos(x), "the jvp is wrong"),
        (lambda u, x: np.sum(u * np.cos(x)), "the jvp has the wrong shape or dtype"),
        (lambda u, x: (u * np.cos(x))[None], "the jvp has the wrong shape or dtype"),
    ],
)
def test_a_wrong_jvp_fails(jvp, headline):
    failure = gc.check(jvp_of(jvp), cases=30).failure
    assert (failure.kind, failure.headline) == (Kind.JVP, headline)
    assert failure.location.line == jvp.__code__.co_firstlineno


def test_a_jvp_that_raises_is_an_error():
    def jvp(u, x):
        raise ValueError("not yet")

    result = gc.check(jvp_of(jvp), cases=30)
    assert result.verdict is Verdict.ERROR
    assert result.failure.headline == "the jvp raised ValueError"
    assert result.failure.location.line == jvp.__code__.co_firstlineno


def test_a_jvp_gets_one_tangent_per_input():
    op = gc.op("(...),(...)->(...)", name="evidence_jvp_two")(np.multiply)
    op.vjp(lambda g, x, y: (gc.unbroadcast(g * y, x.shape), gc.unbroadcast(g * x, y.shape)))
    op.jvp(lambda u, x, y: u[0] * y + x * u[1])
    assert gc.check(op, cases=40)


def test_subject_of_binds_rules_by_name():
    op = gc.op("(n)->(n)", name="evidence_bound")(lambda x, power=3: x**power)
    op.vjp(lambda g, out, x, power: g * power * out / x)
    bound = subject_of(op)
    out = bound.forward(X, power=2)
    assert bound.vjp(np.ones(3), [X], {"power": 2}, out) == pytest.approx(2 * X)


def test_cotangent_plans_reach_the_vjp():
    seen = []

    def vjp(g, inputs, params, out):
        seen.append((g.copy(), g.strides))
        return 2 * g

    plan = CotangentPlan(pattern="stride 0", seed=3)
    examine(subject(twice, vjp), case(X, cotangent=plan))
    assert seen[0][1] == (0,)


# Whatever else is found, a case goes on to its numbers.


def test_a_wrong_shape_does_not_hide_a_wrong_value():
    found = failure(
        np.multiply, X, X + 1, vjp=lambda g, xs, params, out: (2 * g * xs[1], (g * xs[0])[:1])
    )
    assert (found.kind, found.argument) == (Kind.SHAPE, "y")
    assert "At x[" in found.besides[0]


def test_two_wrong_shapes_are_both_told():
    found = failure(np.add, X, X, vjp=lambda g, xs, params, out: (g[:1], g[:2]))
    assert (found.argument, len(found.besides)) == ("x", 1)
    assert "∂L/∂y has shape" in found.besides[0]


@pytest.mark.parametrize(
    ("forward", "vjp"),
    [
        (lambda x, b: x + b, lambda g, x, b: (g, g[0])),
        (lambda x, b: x - b, lambda g, x, b: (g, -g[0])),
        (lambda x, b: x + 0 * b + b, lambda g, x, b: (g[:], g[-1])),
        (lambda x, b: x + 2 * b, lambda g, x, b: (g, 2 * g.mean(axis=0))),
    ],
)
def test_a_missing_sum_is_told_and_not_whose_memory_it_lies_in(forward, vjp):
    m = np.arange(6.0).reshape(2, 3)
    found = failure(forward, m, X, vjp=lambda g, xs, params, out: vjp(g, *xs))
    assert (found.kind, found.headline) == (Kind.VALUE, "∂L/∂y is wrong")
    assert "memory" not in found.message


@pytest.mark.parametrize(
    ("forward", "vjp"),
    [
        (lambda x, b: x + b, lambda g, x, b: (g, g.sum(axis=0))),
        (lambda x, b: x.T.T, lambda g, x, b: (g.T.T, 0 * b)),
        (lambda x, b: x[::-1] + b, lambda g, x, b: (g[::-1], g.sum(axis=0))),
        (lambda x, b: x.reshape(-1), lambda g, x, b: (g.reshape(x.shape), 0 * b)),
    ],
)
def test_a_right_gradient_that_is_the_cotangent_is_right(forward, vjp):
    m = np.arange(6.0).reshape(2, 3)
    outcome = examine(subject(forward, lambda g, xs, params, out: vjp(g, *xs)), case(m, X))
    assert outcome.failure is None
    assert outcome.notes == ("hazard: ∂L/∂x shares memory with the cotangent",)


@pytest.mark.parametrize(
    ("vjp", "message"),
    [
        (lambda g, x: np.multiply(g, 2, out=g), "The vjp wrote ∂L/∂x over the cotangent"),
        (lambda g, x: np.multiply(g, 2, out=x), "The vjp wrote ∂L/∂x over x"),
        (lambda g, x: (x.fill(0), 2 * g)[1], "The vjp wrote into x"),
    ],
)
def test_an_array_that_was_overwritten_fails_though_the_numbers_are_right(vjp, message):
    found = failure(twice, X.copy(), vjp=lambda g, xs, params, out: vjp(g, *xs))
    assert found.kind is Kind.MUTATION
    assert found.message.startswith(message)
    assert found.besides == ()


@pytest.mark.parametrize("layout", ["Fortran", "strided"])
def test_a_layout_that_the_forward_refuses_is_a_hazard(layout):
    def strict(x):
        if not x.flags.c_contiguous:
            raise ValueError("contiguous arrays only")
        return 2 * x

    m = np.arange(6.0).reshape(2, 3)
    outcome = examine(subject(strict), case(m, layout=layout))
    assert outcome.failure is None
    assert outcome.notes == (f"hazard: forward refuses inputs in {layout} layout",)
    failing = examine(subject(strict, hazards="fail"), case(m, layout=layout)).failure
    assert failing.kind is Kind.REFUSED
    assert "layouts=('C',)" in failing.message


def test_a_forward_that_raises_in_any_layout_is_an_error():
    m = np.arange(6.0).reshape(2, 3)
    found = failure(broken_forward, m, layout="Fortran")
    assert (found.kind, found.headline) == (Kind.RAISED, "forward raised ZeroDivisionError")
