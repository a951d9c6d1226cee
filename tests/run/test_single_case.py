"""One case from plain values: shapes tell sizes, properties come first, nonsense is refused."""

import numpy as np
import pytest

import gradcheck as gc
from gradcheck.errors import SelectionError, SpecError
from gradcheck.results.verdict import Verdict
from gradcheck.run.single_case import CaseOptions, case_from

M = np.array([[1.0, 2.0, -1.0], [0.5, 3.0, 0.25]])
ROW = np.array([2.0, -1.0, 0.5])


def scaled_rows(name, slope=1.0):
    op = gc.op("(...,n),(n)->(...,n)", name=name)(lambda x, w: x * w)
    return op.vjp(lambda g, x, w: (slope * g * w, gc.unbroadcast(g * x, w.shape)))


def test_a_right_case_passes_and_keeps_every_number():
    result = gc.check_case(scaled_rows("rows"), (M, ROW), g=np.ones_like(M))
    assert result.verdict is Verdict.PASS
    assert (result.cases, result.op) == (1, "rows")
    np.testing.assert_array_equal(result.last.gradients["w"], M.sum(axis=0))
    entries = {c.where for c in result.last.comparisons}
    assert {"x[0,0]", "x[1,2]", "w[0]", "w[2]"} <= entries


def test_a_wrong_case_fails_with_its_own_cotangent():
    g = np.arange(6.0).reshape(2, 3) + 1
    result = gc.check_case(scaled_rows("rows", slope=2.0), (M, ROW), g=g)
    assert result.failure.headline == "∂L/∂x is wrong"
    np.testing.assert_array_equal(result.failure.case.cotangents[0], g)


def test_inputs_may_take_any_value_unless_the_spec_says_otherwise():
    case = case_from(scaled_rows("rows"), (M, ROW), CaseOptions())
    assert [domain.origin.factory for domain in case.domains] == ["real", "real"]


def test_equal_seeds_make_equal_cotangents():
    one, same, other = (gc.check_case(scaled_rows("rows"), (M, ROW), seed=s) for s in (5, 5, 6))
    np.testing.assert_array_equal(one.last.cotangents[0], same.last.cotangents[0])
    assert (one.last.cotangents[0] != other.last.cotangents[0]).any()


def test_sizes_are_told_from_the_shapes():
    case = case_from(scaled_rows("rows"), (M, ROW), CaseOptions())
    assert case.sizes == {"n": 3}
    given = case_from(scaled_rows("rows"), (M, ROW), CaseOptions(sizes={"n": 4}))
    assert given.sizes == {"n": 4}


def test_a_named_property_comes_before_the_numbers():
    op = gc.op("(n)->(n)", name="raw")(lambda x: 3 * x)
    op = op.vjp(lambda g, x: 2 * g if g.flags.c_contiguous else 3 * g)
    assert gc.check_case(op, (ROW,)).failure.broken == ""
    result = gc.check_case(op, (ROW,), properties=("layouts",))
    assert result.failure.broken == "layouts"


def test_layouts_of_inputs_and_cotangents_reach_the_op():
    seen = []

    def rule(g, x):
        seen.append((x.flags.c_contiguous, g.flags.c_contiguous))
        return 2 * g

    op = gc.op("(m,n)->(m,n)", name="seen")(lambda x: 2 * x).vjp(rule)
    gc.check_case(op, (M,), layout="Fortran", g_layout="transposed", properties=())
    assert seen[0] == (False, False)


def test_a_cotangent_of_stride_0_stays_one():
    strides = []
    op = gc.op("(n)->(n)", name="spread")(lambda x: 2 * x)
    op = op.vjp(lambda g, x: (strides.append(g.strides), 2 * g)[1])
    gc.check_case(op, (ROW,), g=np.broadcast_to(1.5, (3,)), properties=())
    assert strides[0] == (0,)


def test_a_domain_keeps_the_moves_inside():
    lowest = []
    op = gc.op("(n)->(n)", name="logs")(lambda x: (lowest.append(x.min()), np.log(x))[1])
    op = op.vjp(lambda g, x: g / x)
    assert gc.check_case(op, (np.array([1e-3]),), domains={"x": gc.positive()}, properties=())
    assert min(lowest) > 0


def test_the_dtype_is_that_of_the_first_floating_input():
    op = gc.op("(n),(n)->(n)", name="picked")(lambda k, x: k * x)
    op = op.vjp(lambda g, k, x: (None, (g * k).astype(x.dtype)))
    case = case_from(op, (np.array([1, 2, 3]), ROW.astype(np.float32)), CaseOptions())
    assert case.dtype == "float32"


@pytest.mark.parametrize(
    ("inputs", "options", "message"),
    [
        ((M, ROW, ROW), {}, "has 3 inputs"),
        ((M,), {}, "The case has the inputs"),
        ((M, ROW), {"params": {"axis": 1}}, "the param 'axis'"),
        ((M, ROW), {"layout": "sideways"}, "the layout 'sideways'"),
        ((M, ROW), {"domains": {"b": gc.positive()}}, "no input 'b'"),
        ((M, ROW), {"g": np.ones((2, 3), int)}, "a cotangent of int64"),
    ],
)
def test_what_the_op_does_not_take_is_refused(inputs, options, message):
    with pytest.raises(SpecError, match=message):
        gc.check_case(scaled_rows("rows"), inputs, **options)


def test_an_unknown_property_is_refused():
    with pytest.raises(SelectionError, match="layots"):
        gc.check_case(scaled_rows("rows"), (M, ROW), properties=("layots",))
