"""A spec's functions, bound by name."""

import numpy as np
from hypothesis import strategies as st

import gradcheck as gc
from gradcheck.checks.subject import subject_of

X = np.array([1.0, -2.0, 3.0])


def test_rules_get_inputs_params_defaults_and_the_result_by_name():
    def forward(x, power=2, *, scale=1.0):
        return scale * x**power

    op = gc.op("(n)->(n)", name="power")(forward)
    op = op.vjp(lambda g, x, out, scale, power: g * power * out / x * scale / scale)
    subject = subject_of(op)
    out = subject.forward(X, scale=3.0)
    np.testing.assert_allclose(subject.vjp(np.ones(3), [X], {"scale": 3.0}, out), 6 * X)


def test_a_variadic_forward_gets_all_its_inputs():
    op = gc.op(name="total", cases=st.just(gc.call(X, X)))(lambda *xs: sum(xs))
    subject = subject_of(op.vjp(lambda g, xs: tuple(g.copy() for _ in xs)))
    assert len(subject.vjp(X, [X, X], {}, X)) == 2


def test_what_works_in_place_is_given_copies_in_the_same_layout():
    seen = []

    def forward(x):
        seen.append(x)
        x *= 2
        return x

    plain = gc.op("(m,n)->(m,n)", name="plain")(forward).vjp(lambda g: 2 * g)
    guarded = gc.op("(m,n)->(m,n)", name="guarded", skip={"purity": "in place"})(forward)
    x = np.asfortranarray(np.ones((2, 3)))
    subject_of(guarded.vjp(lambda g: 2 * g)).forward(x)
    assert (x == 1).all()
    assert seen[0].strides == x.strides
    subject_of(plain).forward(x)
    assert (x == 2).all()


def test_a_spec_without_a_jvp_has_none():
    op = gc.op("(n)->(n)", name="plain")(np.sin).vjp(lambda g, x: g * np.cos(x))
    assert subject_of(op).jvp is None
    with_jvp = subject_of(op.jvp(lambda t, x: t * np.cos(x)))
    np.testing.assert_allclose(with_jvp.jvp((X,), [X], {}, None), X * np.cos(X))
