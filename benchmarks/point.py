"""`check_at` against the floor: what any check by differences has to compute.

The floor is two forwards (at x + h u and x − h u), one vjp and the projections of both on
a given direction and cotangent, in plain NumPy. `check_at` draws its own direction and
cotangent, calls the forward once more for its outputs, and holds the vjp to its contract.

Per probe means: the time of a check with four random directions, divided by four. The
check with its default number of them stands beside it, without a target.

Extra memory is the peak that `tracemalloc` sees in `check_at`, less the peak of one plain
forward and vjp whose results are kept. It is compared with the bytes of all inputs and
outputs; the cotangent that `check_at` draws counts against it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Literal

import numpy as np

import gradcheck as gc
from benchmarks.memory import peak
from benchmarks.products import (
    Array,
    layer_norm,
    layer_norm_vjp,
    matmul,
    matmul_vjp,
    random_arrays,
)
from benchmarks.rows import Row, at_most
from benchmarks.timing import Effort, Work, race, readable

NAME = "point"
_STEP = 2.0**-17
_SEVERAL = 4


def rows(*, smoke: bool) -> Iterator[Row]:
    """Measure matmul at 64×64 and layer_norm at 1024×1024 (256×256 in a smoke run)."""
    effort = Effort(seconds=0.3 if smoke else 6, repeats=5)
    inputs = random_arrays((64, 64), (64, 64))
    checked, least = race(
        _check(matmul, matmul_vjp, inputs), _floor(matmul, matmul_vjp, inputs), effort=effort
    )
    yield Row(
        item=NAME,
        measure="check_at / floor, matmul 64×64, the whole check",
        ratio=checked / least,
        target=at_most(4),
        detail=f"{readable(checked)} / {readable(least)}",
    )
    size = 256 if smoke else 1024
    inputs = random_arrays((size, size), (size,), (size,))
    check = _check(layer_norm, layer_norm_vjp, inputs)
    several = _check(layer_norm, layer_norm_vjp, inputs, probes=_SEVERAL)
    floor = _floor(layer_norm, layer_norm_vjp, inputs)
    together, checked, least = race(several, check, floor, effort=effort)
    yield Row(
        item=NAME,
        measure=f"check_at / floor, layer_norm {size}×{size}, per probe",
        ratio=together / _SEVERAL / least,
        target=at_most(1.5),
        detail=f"{readable(together)} for {_SEVERAL} probes / {readable(least)}",
    )
    yield Row(
        item=NAME,
        measure=f"check_at / floor, layer_norm {size}×{size}, the whole check",
        ratio=checked / least,
        detail=f"{readable(checked)} / {readable(least)}",
    )
    yield _memory(layer_norm, layer_norm_vjp, inputs, check, size)


def _check(
    forward: Callable[..., Any],
    vjp: Callable[..., Any],
    inputs: Sequence[Array],
    *,
    probes: int | Literal["auto"] = "auto",
) -> Work:
    def check() -> gc.Result:
        return gc.check_at(forward, vjp, *inputs, probes=probes)

    result = check()
    assert result, str(result)
    return check


def _floor(
    forward: Callable[..., Array], vjp: Callable[..., tuple[Array, ...]], inputs: Sequence[Array]
) -> Work:
    g, *directions = random_arrays(forward(*inputs).shape, *(x.shape for x in inputs), seed=1)

    def floor() -> float:
        pairs = list(zip(inputs, directions, strict=True))
        change = forward(*(x + _STEP * u for x, u in pairs))
        change -= forward(*(x - _STEP * u for x, u in pairs))
        numeric = float(np.vdot(g, change)) / (2 * _STEP)
        gradients = vjp(g, *inputs)
        analytic = sum(float(np.vdot(d, u)) for d, u in zip(gradients, directions, strict=True))
        return abs(numeric - analytic)

    assert floor() < 1e-4, "the floor compares the wrong numbers"
    return floor


def _memory(
    forward: Callable[..., Array],
    vjp: Callable[..., tuple[Array, ...]],
    inputs: Sequence[Array],
    check: Work,
    size: int,
) -> Row:
    out = forward(*inputs)
    held = sum(array.nbytes for array in (*inputs, out))
    (g,) = random_arrays(out.shape, seed=1)
    extra = peak(check) - peak(lambda: (forward(*inputs), vjp(g, *inputs)))
    return Row(
        item=NAME,
        measure=f"extra memory of check_at / inputs and outputs, layer_norm {size}×{size}",
        ratio=extra / held,
        target=at_most(4),
        detail=f"{extra / 2**20:.1f} MiB / {held / 2**20:.1f} MiB",
    )
