"""Properties that call the op again: each finds what it is for, and leaves right rules alone."""

import numpy as np
import pytest

from gradcheck.checks.properties.catalogue import properties
from gradcheck.results.kind import Kind

X = np.array([1.0, -2.0, 3.0])
M = np.array([[1.0, 2.0, -1.0], [0.5, 3.0, 0.25]])
ROW = np.array([2.0, -1.0, 0.5])
DUE = [p.name for p in properties() if p.when == "in turn"]


def matmul_vjp(g, a, b):
    return g @ b.T, a.T @ g


RIGHT = {
    "sin": (np.sin, lambda g, x: g * np.cos(x), (M,), "(...)->(...)"),
    "multiply": (np.multiply, lambda g, x, y: (g * y, g * x), (M, M), "(...),(...)->(...)"),
    "row": (
        np.multiply,
        lambda g, x, y: (g * y, (g * x).sum(axis=0)),
        (M, ROW),
        "(...),(...)->(...)",
    ),
    "norm": (lambda x: np.sqrt((x * x).sum(-1)), None, (M,), "(...,n)->(...)"),
    "matmul": (np.matmul, matmul_vjp, (M, M.T.copy()), None),
    "sum": (np.sum, lambda g, x: np.full(x.shape, g), (M,), None),
}
RIGHT["norm"] = (
    RIGHT["norm"][0],
    lambda g, x: x * (g / np.sqrt((x * x).sum(-1)))[..., None],
    *RIGHT["norm"][2:],
)


@pytest.mark.parametrize("name", DUE)
@pytest.mark.parametrize("op", RIGHT)
def test_a_right_gradient_has_every_property(broken, op, name):
    forward, vjp, inputs, signature = RIGHT[op]
    assert broken(name, forward, vjp, *inputs, signature=signature) is None


@pytest.mark.parametrize("dtype", ["float32", "float16"])
@pytest.mark.parametrize("name", DUE)
def test_rounding_in_low_precision_is_no_failure(broken, name, dtype):
    def softmax(x):
        e = np.exp(x - x.max(-1, keepdims=True))
        return e / e.sum(-1, keepdims=True)

    def vjp(g, x):
        p = softmax(x)
        return p * (g - (g * p).sum(-1, keepdims=True))

    x = np.array([[20.0, 0.5, -1.0, 3.0], [1.0, 1.0, 1.0, 0.0]], dtype)
    assert broken(name, softmax, vjp, x, signature="(...,n)->(...,n)") is None


# Each by itself.


def alternating(first, second):
    """A function that answers differently when it is called again."""
    answers = [first, second]

    def call(*arguments):
        answers.append(answers.pop(0))
        return answers[-1](*arguments)

    return call


def test_a_vjp_that_answers_differently_is_not_deterministic(broken):
    vjp = alternating(lambda g, x: g * np.cos(x), lambda g, x: g * np.cos(x) + 1e-3)
    found = broken("determinism", np.sin, vjp, np.array([0.5]))
    assert (found.kind, found.broken, found.argument) == (Kind.DETERMINISM, "determinism", "x")


def test_a_forward_that_draws_is_not_deterministic():
    from gradcheck.cases.case import Case
    from gradcheck.checks.examine import examine
    from gradcheck.checks.properties.catalogue import property_of
    from gradcheck.checks.subject import Subject

    rng = np.random.default_rng(0)
    subject = Subject(
        name="op",
        forward=lambda x: x + 1e-6 * rng.random(x.shape),
        vjp=lambda g, xs, params, out: g.copy(),
        rtol=1e-8,
    )
    case = Case(inputs=(X,), names=("x",))
    found = examine(subject, case, due=(property_of("determinism"),)).failure
    assert found.headline == "forward is not deterministic"


class Layer:
    """A layer as in many courses: the backward pass reads what the last forward has stored."""

    def forward(self, x):
        self.x = x
        return x**2

    def vjp(self, g, x):
        return 2 * g * self.x


def test_a_layer_that_keeps_its_input_depends_on_other_calls():
    from gradcheck.cases.case import Case
    from gradcheck.checks.properties.state import check
    from gradcheck.checks.subject import Subject
    from gradcheck.checks.trial import Trial
    from gradcheck.spec.domains import real

    layer = Layer()
    subject = Subject(
        name="op",
        forward=layer.forward,
        vjp=lambda g, xs, params, out: layer.vjp(g, *xs),
        rtol=1e-8,
    )
    trial = Trial(subject, Case(inputs=(X,), names=("x",), domains=(real(),)))
    assert trial.call_forward() is None
    trial.call_vjp()
    found = check(trial)
    assert (found.kind, found.argument) == (Kind.STATE, "x")
    assert "other calls" in found.headline


def test_a_cotangent_of_zeros_gives_zeros(broken):
    def roots(x):
        return np.sqrt(np.maximum(x, 0))

    def naive(g, x):
        with np.errstate(all="ignore"):
            return g / (2 * roots(x))

    found = broken("zero", roots, naive, np.array([4.0, 0.0]))
    # At 0 the slope is infinite and so is the gradient: only the zero cotangent shows the NaN.
    assert found is not None
    assert found.kind in (Kind.ZERO, Kind.NONFINITE)


def test_a_constant_term_is_found_by_a_cotangent_of_zeros(broken):
    # Below what differences of so large an output resolve.
    found = broken("zero", lambda x: 1e6 * x, lambda g, x: 1e6 * g + 1e-9, X)
    assert (found.kind, found.broken, found.argument) == (Kind.ZERO, "zero", "x")


def test_a_term_without_the_cotangent_is_not_linear(broken):
    def vjp(g, x):
        return 2 * g * x + 1e-4 * np.sign(g)

    # The value itself is compared with a reference that a loose tolerance lets pass.
    found = broken("linearity", lambda x: x * x, vjp, X)
    assert found.kind in (Kind.VALUE, Kind.LINEARITY)


def test_what_differences_cannot_see_linearity_does(broken):
    def forward(x):
        return np.round(x * 1e2) * 1e-2  # a staircase: its reference is coarse

    def vjp(g, x):
        return g + 1e-4 * g * np.abs(g)

    found = broken("linearity", forward, vjp, X + 0.00021)
    assert (found.kind, found.broken, found.argument) == (Kind.LINEARITY, "linearity", "x")


def test_memory_order_of_the_cotangent_matters_to_one_who_reads_it_raw(broken):
    def vjp(g, x):
        return 3 * g.ravel(order="K").reshape(g.shape)

    found = broken("layouts", lambda x: 3 * x, vjp, M)
    assert (found.kind, found.broken, found.argument) == (Kind.LAYOUT, "layouts", "x")
    assert "the cotangent in Fortran layout" in found.message


def test_a_layout_that_the_spec_leaves_out_is_not_tried(broken):
    def vjp(g, x):
        return 3 * g.ravel(order="K").reshape(g.shape)

    assert broken("layouts", lambda x: 3 * x, vjp, M, layouts=("C",)) is None


def test_a_rule_that_takes_contiguous_arrays_only_is_told_how_to_say_so(broken):
    def vjp(g, x):
        if not g.flags.c_contiguous:
            raise ValueError("g must be contiguous")
        return 3 * g

    found = broken("layouts", lambda x: 3 * x, vjp, M)
    assert (found.kind, found.broken) == (Kind.RAISED, "layouts")
    assert "layouts=('C',)" in found.message


def test_an_empty_batch_works(broken):
    def fragile(g, x):
        if not len(x):
            raise IndexError("nothing here")
        return 2 * g

    found = broken("empty", lambda x: 2 * x, fragile, M, signature="(...,n)->(...,n)")
    assert (found.kind, found.broken) == (Kind.RAISED, "empty")


def test_a_forward_may_refuse_what_is_empty(broken):
    def forward(x):
        if not len(x):
            raise ValueError("nothing here")
        return 2 * x

    assert broken("empty", forward, lambda g, x: 2 * g, M, signature="(...,n)->(...,n)") is None


def test_weights_that_get_the_last_entry_of_a_batch_only_differ_from_a_loop(broken):
    from gradcheck.cases.case import Case
    from gradcheck.checks.properties.batch import check
    from gradcheck.checks.subject import Subject
    from gradcheck.checks.trial import Trial
    from gradcheck.spec.signature import parse_signature

    subject = Subject(
        name="op",
        forward=np.multiply,
        vjp=lambda g, xs, params, out: (g * xs[1], np.atleast_2d(g * xs[0])[-1]),
        signature=parse_signature("(...,n),(n)->(...,n)"),
        rtol=1e-8,
    )
    trial = Trial(subject, Case(inputs=(M, ROW), names=("x", "w"), sizes={"n": 3}))
    assert trial.call_forward() is None
    trial.call_vjp()
    found = check(trial)
    assert (found.kind, found.argument) == (Kind.BATCH, "w")
    assert "batch of 2" in found.message


def test_a_forward_that_looks_across_its_batch_is_not_compared_with_a_loop(broken):
    def forward(x):
        return x - x.mean()

    def vjp(g, x):
        return g - g.mean()

    assert broken("batch", forward, vjp, M, signature="(...,n)->(...,n)", sizes={"n": 3}) is None


def test_gradients_kept_by_identity_are_found_where_one_array_is_passed_twice(broken):
    def vjp(g, x, y):
        if x is y:
            return 2 * g, 2 * g
        return g.copy(), g.copy()

    found = broken("twice", np.add, vjp, X, X * 2)
    assert (found.kind, found.broken) == (Kind.TWICE, "twice")
    assert "one array" in found.headline


def test_a_jvp_must_be_the_transpose_of_the_vjp(broken):
    def jvp(tangents, xs, params, out):
        return tangents[0] * np.cos(xs[0]) * (1 + 1e-7)

    found = broken("adjoint", np.sin, lambda g, x: g * np.cos(x), X, jvp=jvp)
    assert found.kind in (Kind.ADJOINT, Kind.JVP)


def test_a_forward_is_held_to_its_reference(broken):
    def slow(x):
        return np.array([float(v) ** 2 for v in x])

    def fast(x):
        return x * x

    def vjp(g, x):
        return 2 * g * x

    assert broken("reference", fast, vjp, X, reference=slow) is None
    found = broken("reference", fast, vjp, X, reference=lambda x: slow(x) + 1e-6)
    assert (found.kind, found.broken) == (Kind.REFERENCE, "reference")
    assert "out[0]" in found.message
    found = broken("reference", fast, vjp, X, reference=lambda x: slow(x)[:1])
    assert "shapes" in found.message


def test_gradients_kept_by_value_are_found_where_two_inputs_are_equal(broken):
    def vjp(g, x, y):
        if (x == y).all():
            return 2 * g, 2 * g
        return g.copy(), g.copy()

    found = broken("twice", np.add, vjp, X, X * 2)
    assert (found.kind, found.broken) == (Kind.TWICE, "twice")
    assert found.headline == "the gradient is wrong where x and y are equal"


def test_numbers_too_small_to_round_well_are_no_reason(broken):
    """Near the smallest numbers of float32 neighbours are far apart."""
    small = np.float32(3e-22)

    def jvp(tangents, inputs, params, out):
        return (tangents[0] * small) * small

    def vjp(g, x):
        return g * np.float32(9e-44)

    x = np.array([1.0, 2.0, 3.0], "f4")
    found = broken("adjoint", lambda x: x * small * small, vjp, x, jvp=jvp, widens=False)
    assert found is None
