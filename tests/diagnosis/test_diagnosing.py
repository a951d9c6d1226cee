"""Mistakes in gradients by complex numbers are named as well."""

import numpy as np
import pytest

import gradcheck as gc
from tests.sampled import sampled


@pytest.mark.parametrize(
    ("forward", "vjp", "named"),
    [
        (
            lambda z: z * z,
            lambda g, z: 2 * g * z,
            "the cotangent times the derivative, where its complex conjugate belongs",
        ),
        (
            lambda z: z * z,
            lambda g, z: -2 * g * z.conj(),
            "the right gradient with the wrong sign",
        ),
        (lambda z: z * z, lambda g, z: 4 * g * z.conj(), "twice the right gradient"),
        (
            np.angle,
            lambda g, z: g * 1j / z,
            "the complex conjugate of the right gradient, with the wrong sign",
        ),
        (
            lambda z: z * z,
            lambda g, z: 2 * g.conj() * z,
            "the complex conjugate of the right gradient",
        ),
        (
            lambda z: z * z,
            lambda g, z: 2 * z.conj(),
            "the right gradient for a cotangent of ones: the cotangent is ignored",
        ),
        (lambda z: z.real.copy(), lambda g, z: g * 1j * (1 + z), ""),
    ],
)
@pytest.mark.parametrize("dtype", sampled(["complex128", "complex64"], every=2))
def test_a_mistake_is_named(forward, vjp, named, dtype):
    op = gc.op(name="op")(forward)
    op.vjp(lambda g, z: np.asarray(vjp(g, z), z.dtype))
    result = gc.check(op, cases=30, dtypes=(dtype,))
    assert result.failure is not None
    assert result.failure.looks_like == named
    assert not any("no diagnosis" in note for note in result.notes)
