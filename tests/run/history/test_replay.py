"""A stored failure runs again exactly, and what became of it is told."""

import dataclasses
import struct

import numpy as np
import pytest
from hypothesis import strategies as st

import gradcheck as gc
from gradcheck.cases.case import Case
from gradcheck.cases.cotangents import LONG_PATTERNS, CotangentPlan
from gradcheck.errors import SpecError
from gradcheck.ndarrays.dtypes import BFLOAT16, named
from gradcheck.ndarrays.layouts import LAYOUTS
from gradcheck.results.kind import Kind
from gradcheck.run.history.replay import ReplayFate, replay
from gradcheck.spec.domains import Origin
from tests.kept import edited, found, found_at

ODD_NAN = struct.unpack(">d", bytes.fromhex("7ff8000000000123"))[0]
SPECIAL = np.array([[ODD_NAN, -0.0, 5e-324], [np.inf, -1.5, 1e308]])


class Watched:
    """An op whose gradient is of the wrong dtype, and everything that it was called with."""

    def __init__(self, **given):
        self.calls = []
        self.spec = gc.op("(...)->(...)", name="watched", **given)(self._forward).vjp(self._vjp)

    @staticmethod
    def _forward(x):
        with np.errstate(all="ignore"):
            return 2 * x

    def _vjp(self, g, x):
        self.calls.append([*map(memory, (g, x))])
        return np.zeros(np.shape(x), np.int8)


def memory(x):
    """All there is to know about an argument: its bits, and how they lie in memory."""
    x = np.asarray(x) if isinstance(x, np.ndarray) else x
    return type(x), x.dtype, x.shape, x.strides, x.flags.writeable, x.tobytes()


# --- exactly


@pytest.mark.parametrize("layout", LAYOUTS)
def test_inputs_are_the_same_in_every_layout(layout, tmp_path):
    op = Watched()
    x = SPECIAL if layout not in ("scalar", "stride 0") else np.array(-0.0)
    case = Case(inputs=(x,), names=("x",), layout=layout)
    stored = found_at(op.spec, case, tmp_path)
    (first,) = {tuple(call) for call in op.calls}
    op.calls.clear()
    assert replay(stored, op.spec).fate is ReplayFate.STILL_FAILING
    assert tuple(op.calls[0]) == first


@pytest.mark.parametrize("pattern", dict.fromkeys(LONG_PATTERNS))
@pytest.mark.parametrize("layout", LAYOUTS)
def test_cotangents_are_the_same_in_every_pattern_and_layout(pattern, layout, tmp_path):
    op = Watched()
    plan = CotangentPlan(pattern, 7, layout)
    case = Case(inputs=(np.arange(6.0).reshape(2, 3),), names=("x",), cotangent=plan)
    stored = found_at(op.spec, case, tmp_path)
    (first,) = {tuple(call) for call in op.calls}
    op.calls.clear()
    assert replay(stored, op.spec).fate is ReplayFate.STILL_FAILING
    assert tuple(op.calls[0]) == first


@pytest.mark.parametrize("dtype", ["complex128", "complex64", "float32", "float16", BFLOAT16])
def test_short_and_complex_numbers_are_the_same(dtype, tmp_path):
    if dtype == BFLOAT16:
        pytest.importorskip("ml_dtypes")
    op = Watched(dtypes=(dtype,))
    x = np.array([-0.0, 1.5, -2.25]).astype(named(dtype))
    stored = found_at(op.spec, Case(inputs=(x,), names=("x",), dtype=dtype), tmp_path)
    first = op.calls[0]
    op.calls.clear()
    assert replay(stored, op.spec).fate is ReplayFate.STILL_FAILING
    assert op.calls[0] == first


PARAMS = {
    "mask": np.array([True, False]),
    "weights": np.array([-0.0, ODD_NAN]),
    "one": np.float32(0.1),
    "whole": 2**70,
    "number": -0.0,
    "infinite": float("-inf"),
    "z": complex(float("nan"), -0.0),
    "axes": (0, None, (-1,)),
    "several": [1, "two", b"\x00\xff"],
    "kinds": {"a": {1, 2}, "b": frozenset({"c"})},
    "keyed": {(1, 2): "pair"},
    "where": (slice(None, 3, -1), ..., range(1, 9, 2)),
    "dtype": np.dtype("float16"),
    "none": None,
    "yes": True,
}


def same(one, other):
    """Whether two params are equal in type and bits."""
    if isinstance(one, np.ndarray | np.generic):
        return memory(one)[:3] == memory(other)[:3] and one.tobytes() == other.tobytes()
    return repr(one) == repr(other) and type(one) is type(other)


def test_params_of_all_kinds_are_the_same(tmp_path):
    calls = []

    def forward(x, options):
        calls.append(options)
        return 2 * x

    op = gc.op("(...)->(...)", name="f", params={"options": st.just(PARAMS)})(forward)
    op = op.vjp(lambda g: 3 * g)
    stored = found(op, tmp_path)
    calls.clear()
    assert replay(stored, op).fate is ReplayFate.STILL_FAILING
    assert calls[0].keys() == PARAMS.keys()
    for name, value in PARAMS.items():
        assert same(calls[0][name], value), name


def test_a_param_that_is_no_data_is_not_stored(tmp_path):
    op = gc.op("(...)->(...)", name="f", params={"by": st.just(np.tanh)})
    op = op(lambda x, by: 2 * x).vjp(lambda g: 3 * g)
    with pytest.raises(gc.errors.GradcheckError, match="its param 'by' is a ufunc, which is no"):
        found(op, tmp_path)


def a_symmetric_loss(a):
    return np.linalg.slogdet(a)[1]


def inverse(g, a):
    return 3 * g * np.linalg.inv(a)


def pooled(*xs):
    return np.concatenate([x.ravel() for x in xs])


OPS = {
    "real": gc.op("(...)->(...)", name="f")(np.sin).vjp(lambda g, x: 2 * g * np.cos(x)),
    "complex": gc.op("(...)->(...)", name="f", dtypes=("complex128",))(np.square).vjp(
        lambda g, x: 2 * g * x
    ),
    "float32": gc.op("(...)->(...)", name="f", dtypes=("float32",))(np.sin).vjp(
        lambda g, x: 2 * g * np.cos(x)
    ),
    "precision": gc.op("(...)->(...)", name="f", dtypes=("float32",))(np.sin).vjp(
        lambda g, x: (g * np.cos(x).astype(np.float16)).astype(x.dtype)
        if x.dtype == np.float32
        else g * np.cos(x)
    ),
    "short only": gc.op("(...)->(...)", name="f", dtypes=("float32",), widens=False)(np.sin).vjp(
        lambda g, x: 2 * g * np.cos(x)
    ),
    "on a manifold": gc.op("(n,n)->()", name="f", domains={"a": gc.spd()})(a_symmetric_loss).vjp(
        inverse
    ),
    "on a sphere": gc.op("(n)->()", name="f", domains={"x": gc.unit_norm()})(
        lambda x: (x**3).sum()
    ).vjp(lambda g, x: g * x**2),
    "within bounds": gc.op("(...)->(...)", name="f", domains={"x": gc.real(0, 1)})(np.log).vjp(
        lambda g, x: 2 * g / x
    ),
    "with integers": gc.op("(n,c),(n)->(n)", name="f", domains={
        "labels": lambda n, c: gc.arrays((n,), gc.integers(0, c - 1))
    })(lambda x, labels: x[np.arange(len(x)), labels]).vjp(lambda g, x: np.ones_like(x)),
    "variadic": gc.op(
        name="f",
        cases=st.builds(gc.call, gc.arrays((2,), gc.real()), gc.arrays((3,), gc.real())),
    )(pooled).vjp(lambda g, xs: (2 * g[:2], g[2:].copy())),
    "by calls": gc.op(
        name="f",
        cases=st.builds(gc.call, gc.arrays((2,), gc.positive()), by=st.integers(2, 3)),
    )(lambda x, by: x**by).vjp(lambda g, x, by: by * g * x),
    "with jvp": gc.op("(...)->(...)", name="f")(np.sin).vjp(lambda g, x: g * np.cos(x)).jvp(
        lambda t, x: 2 * t * np.cos(x)
    ),
    "several outputs": gc.op("(...),(...)->(...),(...)", name="f")(
        lambda a, b: (a * b, a + b)
    ).vjp(
        lambda g, a, b: (
            gc.unbroadcast(g[0] * b + g[1], a.shape),
            gc.unbroadcast(g[0] * a - g[1], b.shape),
        )
    ),
    "an integer output": gc.op("(n)->(),()", name="f")(lambda x: (x.max(), x.argmax())).vjp(
        lambda g, x: 2 * g[0] * (np.arange(len(x)) == x.argmax())
    ),
    "at a kink": gc.op("(...)->(...)", name="f")(np.abs).vjp(
        lambda g, x: g * np.sign(x) + 2 * g * (x == 0)
    ),
    "forward raises": gc.op("(...)->(...)", name="f")(
        lambda x: np.sin(x) if x.ndim < 2 else 1 / 0
    ).vjp(lambda g, x: g * np.cos(x)),
    "vjp raises": gc.op("(...)->(...)", name="f")(np.sin).vjp(
        lambda g, x: g * np.cos(x) if x.ndim < 2 else 1 / 0
    ),
}  # fmt: skip


@pytest.mark.parametrize("op", OPS.values(), ids=OPS)
def test_whatever_was_found_is_found_again(op, tmp_path):
    stored = found(op, tmp_path)
    again = replay(stored, op)
    assert again.fate is ReplayFate.STILL_FAILING, again
    before, now = stored.result.failure, again.result.failure
    assert now.message == before.message
    assert now.case.gradients.keys() == before.case.gradients.keys()
    if before.case.gradients:
        assert again.reason == "The gradients are the same, bit for bit."


def kept_in(buffer):
    def vjp(g, x):
        buffer.append(0)
        return g * (1 + (len(buffer) % 2) * 1e-3)

    return vjp


BROKEN = {
    "purity": lambda g, x: np.multiply(g, 2, out=g),
    "contract": lambda g, x: 2 * g[..., None],
    "layouts": lambda g, x: 2 * g if x.flags.c_contiguous else 3 * g,
    "zero": lambda g, x: 2 * g + (not g.any()),
}


def doubled(vjp):
    return gc.op("(...,n)->(...,n)", name="f")(lambda x: 2 * x).vjp(vjp)


@pytest.mark.parametrize("name", ["purity", "contract", "layouts", "zero"])
def test_a_property_that_did_not_hold_is_found_again(name, tmp_path):
    op = doubled(BROKEN[name])
    stored = found(op, tmp_path)
    assert stored.result.failure.broken == name
    again = replay(stored, op)
    assert again.fate is ReplayFate.STILL_FAILING
    assert again.result.failure.message == stored.result.failure.message
    assert replay(stored, doubled(lambda g, x: 2 * g)).fate is ReplayFate.FIXED


def test_a_gradient_that_changes_from_call_to_call_is_found_again(tmp_path):
    def op():
        return gc.op("(...)->(...)", name="f")(lambda x: 1.0 * x).vjp(kept_in([]))

    stored = found(op(), tmp_path)
    assert stored.result.failure.kind is Kind.DETERMINISM
    assert replay(stored, op()).fate is ReplayFate.STILL_FAILING


def test_what_is_checked_on_request_is_found_again(tmp_path):
    op = gc.op("(...)->(...)", name="f")(lambda x: 1 / (1 + np.exp(-x))).vjp(
        lambda g, out: g * out * (1 - out)
    )
    stored = found(op, tmp_path, also=("tails",), cases=200)
    assert stored.result.failure.broken == "tails"
    assert replay(stored, op).fate is ReplayFate.STILL_FAILING


def test_a_cotangent_is_stored_as_it_was_before_a_vjp_wrote_into_it(tmp_path):
    op = doubled(BROKEN["purity"])
    stored = found(op, tmp_path)
    assert stored.case.cotangents[0].tobytes() == np.ones(stored.case.cotangents[0].shape).tobytes()


def test_a_param_is_stored_as_it_was_before_a_forward_wrote_into_it(tmp_path):
    def forward(x, w):
        w += 1
        return 2 * x

    op = gc.op("(...)->(...)", name="f", params={"w": st.just(None)})(forward)
    op = op.vjp(lambda g: 2 * g)
    case = Case(inputs=(np.ones(1),), names=("x",), params={"w": np.zeros(2)})
    stored = found_at(op, case, tmp_path)
    assert stored.case.params["w"].tolist() == [0, 0]
    assert replay(stored, op).result.failure.case.params["w"].tolist() == [0, 0]


# --- mended, or another one


@pytest.mark.parametrize("name", ["real", "complex", "float32", "precision", "at a kink"])
def test_a_mended_op_is_fixed(name, tmp_path):
    right = {
        "complex": lambda g, x: g * np.conj(2 * x),
        "at a kink": lambda g, x: g * np.sign(x),
    }.get(name, lambda g, x: g * np.cos(x))
    forward = {"complex": np.square, "at a kink": np.abs}.get(name, np.sin)
    mended = gc.op("(...)->(...)", name="f")(forward).vjp(right)
    again = replay(found(OPS[name], tmp_path), mended)
    assert (again.fate, again.reason) == (ReplayFate.FIXED, "The case passes.")
    assert "the op was edited since" in again.notes


@pytest.mark.parametrize("name", ["forward raises", "vjp raises"])
def test_an_op_that_raises_no_more_is_fixed(name, tmp_path):
    mended = gc.op("(...)->(...)", name="f")(np.sin).vjp(lambda g, x: g * np.cos(x))
    assert replay(found(OPS[name], tmp_path), mended).fate is ReplayFate.FIXED


def sine(**given):
    return gc.op("(...)->(...)", name="f", **given)


@pytest.mark.parametrize(
    ("op", "reason"),
    [
        (sine()(lambda y: 1 * np.sin(y)).vjp(lambda g, y: g), "the inputs 'x'; 'f' takes 'y'"),
        (
            gc.op("(...),(...)->(...)", name="f")(lambda x, y: x + y).vjp(lambda g: (g, g)),
            "the inputs 'x'; 'f' takes 'x' and 'y'",
        ),
        (
            sine(params={"k": st.just(1)})(lambda x, k: k * x).vjp(lambda g, x: g),
            "lacks the param 'k', which 'f' draws",
        ),
        (sine()(np.sin).vjp(lambda g, x: 1 / 0), "It fails in another way; before: "),
        (
            gc.op(name="f")(lambda x: x[..., None] * 1).vjp(lambda g: g[..., 0] * 1),
            "It passes, but the forward returns something of another form now.",
        ),
        (
            gc.op(name="f")(lambda x: x * np.inf - np.inf).vjp(lambda g: 1.0 * g),
            "The case tells nothing any more: forward is not finite.",
        ),
    ],
)
def test_an_op_that_is_another_one_now_is_told(op, reason, tmp_path):
    plain = gc.op(name="f")(np.sin).vjp(lambda g, x: 2 * g * np.cos(x))
    again = replay(found(plain, tmp_path), op)
    assert again.fate is ReplayFate.CHANGED
    assert reason in again.reason


def test_a_param_that_is_gone_is_told(tmp_path):
    before = sine(params={"k": st.just(2)})(lambda x, k: k * x).vjp(lambda g: g)
    after = sine()(lambda x: 2 * x).vjp(lambda g: g)
    again = replay(found(before, tmp_path), after)
    assert again.fate is ReplayFate.CHANGED
    assert again.reason == "The case has the param 'k'; 'f' takes nothing."


def test_an_op_without_a_gradient_is_refused(tmp_path):
    stored = found(OPS["real"], tmp_path)
    with pytest.raises(SpecError, match="has no gradient"):
        replay(stored, gc.op("(...)->(...)", name="f")(np.sin))


def test_other_versions_are_noted(tmp_path):
    stored = found(OPS["real"], tmp_path)
    assert replay(stored, OPS["real"]).notes == ()
    older = dataclasses.replace(
        stored, environment=dataclasses.replace(stored.environment, numpy="1.26.4")
    )
    assert replay(older, OPS["real"]).notes == (f"numpy 1.26.4, now {np.__version__}",)


# --- what no run can have stored


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"layout": "diagonal"}, "the layout 'diagonal'; known are C, Fortran"),
        ({"dtype": "int8"}, "the dtype 'int8'; known are float64"),
        ({"cotangent": CotangentPlan(layout="x")}, "the cotangent layout 'x'"),
        ({"domains": (None, None)}, "2 domains for 1 inputs"),
        ({"domains": (Origin("cube"),)}, "There is no domain 'cube'"),
        ({"domains": (Origin("real", {"low": "x"}),)}, "The domain 'real' cannot be made"),
        ({"domains": (Origin("real", {"low": 10**400}),)}, "The domain 'real' cannot be made"),
        ({"domains": (Origin("integers", {"low": 1, "high": 10**30}),)}, "no whole number that"),
        ({"domains": (Origin("spd"),)}, "The case cannot be run: "),
        ({"inputs": {"x": np.array(["a"])}}, "The case has text for the input 'x'"),
        ({"inputs": {"x": np.array([1, 2])}}, "It fails in another way"),
        ({"cotangents": (np.array([1]),)}, "a cotangent of int64"),
        ({"params": {"y" * 10**6: 1}}, "The case has the param 'yyy"),
        ({"inputs": {"y" * 10**6: np.ones(1)}}, "The case has the inputs 'yyy"),
    ],
)
def test_a_case_that_makes_no_sense_is_told_in_a_sentence(changes, reason, tmp_path):
    stored = edited(found(OPS["real"], tmp_path), **changes)
    again = replay(stored, OPS["real"])
    assert again.fate is ReplayFate.CHANGED
    assert reason in again.reason
    assert len(again.reason) < 500


def test_sizes_and_cotangents_that_do_not_fit_are_no_crash(tmp_path):
    stored = found(OPS["within bounds"], tmp_path)
    for changes in (
        {"sizes": {"n": -5}},
        {"turn": -(10**9)},
        {"cotangents": (np.ones((5, 5)), None)},
        {"inputs": {"x": np.zeros((0, 3))}},
        {"inputs": {"x": np.array([[True]])}},
        {"cotangent": CotangentPlan("sideways", -3)},
    ):
        assert replay(edited(stored, **changes), OPS["within bounds"]).fate in set(ReplayFate)
