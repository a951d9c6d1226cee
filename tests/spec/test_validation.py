"""Specs that are refused."""

import numpy as np
import pytest
from hypothesis import strategies as st

import gradcheck as gc
from gradcheck.errors import SpecError
from tests.forwards import identity, scale
from tests.messages import message_of

REFUSED = [
    (
        lambda: gc.op("(...)->(...)", domains={"w": gc.real()})(scale),
        "domains of 'scale' names 'w'; known are x.",
    ),
    (
        lambda: gc.op("(...)->(...)", params={"factr": st.just(1)})(scale),
        "params of 'scale' names 'factr'; known are factor. Did you mean 'factor'?",
    ),
    (
        lambda: gc.op("(rows,n)->(n)", dims={"row": gc.size()})(identity),
        "dims of 'identity' names 'row'; known are rows and n. Did you mean 'rows'?",
    ),
    (
        lambda: gc.op("(n)->(m)", dims={"m": gc.size()})(identity),
        "dims of 'identity' names 'm'; known are n.",
    ),
    (
        lambda: gc.op(nondiff="factor")(scale),
        "nondiff of 'scale' names 'factor'; known are x.",
    ),
    (
        lambda: gc.op(dtypes=("float63",))(identity),
        "dtypes of 'identity' names 'float63'; known are float64, float32, float16, bfloat16, "
        "complex128 and complex64. Did you mean 'float64'?",
    ),
    (
        lambda: gc.op(dtypes=())(identity),
        "dtypes of 'identity' is empty; allowed are float64, float32, float16, bfloat16, "
        "complex128 and complex64.",
    ),
    (
        lambda: gc.op(domains={"x": (0, 1)})(identity),
        "The domain of 'x' in 'identity' must be a domain such as gc.real(0, 1) or a function that "
        "returns one; got (0, 1).",
    ),
    (
        lambda: gc.op(params={"factor": 3.0})(scale),
        "The param 'factor' of 'scale' must be a Hypothesis strategy or a function that returns "
        "one; got 3.0. For one constant use st.just(3.0).",
    ),
    (
        lambda: gc.op("(n)->(n)", dims={"n": 3})(identity),  # type: ignore[dict-item]
        "dims['n'] of 'identity' must be gc.size(...); got 3.",
    ),
    (
        lambda: gc.op(cases=[gc.call(1.0)])(identity),  # type: ignore[call-overload]
        "cases of 'identity' must be a strategy; got "
        "[Call(inputs=(1.0,), params=mappingproxy({}))].",
    ),
    (lambda: gc.op(rtol=1e-4)(identity), "rtol=0.0001 of 'identity' needs a reason='...'."),
    (
        lambda: gc.op(rtol=2.0, reason="none")(identity),
        "rtol of 'identity' must lie between 0 and 1; got 2.0.",
    ),
    (
        lambda: gc.op(rtol=0, reason="none")(identity),
        "rtol of 'identity' must lie between 0 and 1; got 0.",
    ),
    (
        lambda: gc.op(name="f")(lambda x, out=None: x),
        "forward of 'f' has a parameter 'out', which rules use for the forward result; rename it "
        "or wrap the function in a lambda without it.",
    ),
]


@pytest.mark.parametrize(("make", "said"), REFUSED, ids=[said[:40] for _, said in REFUSED])
def test_refused(make, said):
    assert message_of(SpecError, make) == said


def test_a_skipped_property_needs_a_reason():
    assert gc.op("(...)->(...)", name="s", skip={"batch": "it looks across"})(np.sin).skip == {
        "batch": "it looks across"
    }
    for reason in ("", "  ", None, 3):
        with pytest.raises(SpecError, match=r"skip\['batch'\] of 's' needs a reason"):
            gc.op("(...)->(...)", name="s", skip={"batch": reason})(np.sin)


def test_a_property_without_which_nothing_can_be_compared_is_not_skipped():
    with pytest.raises(SpecError, match="skip of 's' names 'contract'"):
        gc.op("(...)->(...)", name="s", skip={"contract": "we know better"})(np.sin)


def test_unknown_properties_and_layouts_get_the_nearest():
    with pytest.raises(SpecError, match="Did you mean 'linearity'"):
        gc.op("(...)->(...)", name="s", skip={"linearty": "why not"})(np.sin)
    with pytest.raises(SpecError, match="Did you mean 'tails'"):
        gc.op("(...)->(...)", name="s", also="tail")(np.sin)
    with pytest.raises(SpecError, match="Did you mean 'Fortran'"):
        gc.op("(...)->(...)", name="s", layouts=("C", "fortran"))(np.sin)


def test_some_layout_must_be_left():
    with pytest.raises(SpecError, match="layouts of 's' is empty"):
        gc.op("(...)->(...)", name="s", layouts=())(np.sin)


def test_a_reference_is_called_like_the_forward():
    spec = gc.op("(...)->(...)", name="s", reference=np.array)(np.positive)
    assert spec.reference(np.ones(2)).tolist() == [1, 1]
    with pytest.raises(SpecError, match="The reference of 's' must be a function"):
        gc.op("(...)->(...)", name="s", reference=3)(np.positive)
