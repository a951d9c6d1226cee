"""`check_at` against the floor: what any check by differences has to compute.

The floor is two forwards (at x + h u and x − h u), one vjp and the projections of both on
a given direction and cotangent, in plain NumPy. `check_at` draws its own directions (two)
and cotangent, calls the forward once more for its outputs, and holds the vjp to its contract.

Per probe means: divided by what as many probes cost at the floor, which needs one vjp and
one cotangent for all of them.

Extra memory is the peak that `tracemalloc` sees in `check_at`, less the peak of one plain
forward and vjp whose results are kept. It is compared with the bytes of all inputs and
outputs; the cotangent that `check_at` draws counts against it.
"""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

import gradcheck as gc
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


def rows(*, smoke: bool) -> Iterator[Row]:
    """Measure matmul at 64×64 and layer_norm at 1024×1024."""
    effort = Effort(seconds=0.3 if smoke else 4, repeats=5)
    inputs = random_arrays((64, 64), (64, 64))
    result, check = _check(matmul, matmul_vjp, inputs)
    checked, least = race(check, _floor(matmul, matmul_vjp, inputs), effort=effort)
    yield Row(
        item=NAME,
        measure="check_at / floor, matmul 64×64, the whole check",
        ratio=checked / least,
        target=at_most(4),
        detail=f"{readable(checked)} for {result.probes} probes / {readable(least)}",
    )
    size = 256 if smoke else 1024
    inputs = random_arrays((size, size), (size,), (size,))
    result, check = _check(layer_norm, layer_norm_vjp, inputs)
    floor = _floor(layer_norm, layer_norm_vjp, inputs, probes=result.probes)
    checked, least = race(check, floor, effort=effort)
    yield Row(
        item=NAME,
        measure=f"check_at / floor, layer_norm {size}×{size}, per probe",
        ratio=checked / least,
        target=at_most(1.5),
        detail=f"{readable(checked / result.probes)} / {readable(least / result.probes)}",
    )
    yield _memory(layer_norm, layer_norm_vjp, inputs, check, size)


def _check(
    forward: Callable[..., Any], vjp: Callable[..., Any], inputs: Sequence[Array]
) -> tuple[gc.Result, Work]:
    def check() -> gc.Result:
        return gc.check_at(forward, vjp, *inputs)

    result = check()
    assert result, str(result)
    return result, check


def _floor(
    forward: Callable[..., Array],
    vjp: Callable[..., tuple[Array, ...]],
    inputs: Sequence[Array],
    *,
    probes: int = 1,
) -> Work:
    g, *directions = random_arrays(forward(*inputs).shape, *(x.shape for x in inputs), seed=1)

    def floor() -> float:
        gradients = vjp(g, *inputs)
        worst = 0.0
        for _ in range(probes):
            pairs = list(zip(inputs, directions, strict=True))
            change = forward(*(x + _STEP * u for x, u in pairs))
            change -= forward(*(x - _STEP * u for x, u in pairs))
            numeric = float(np.vdot(g, change)) / (2 * _STEP)
            analytic = sum(float(np.vdot(d, u)) for d, u in zip(gradients, directions, strict=True))
            worst = max(worst, abs(numeric - analytic))
        return worst

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
    extra = _peak(check) - _peak(lambda: (forward(*inputs), vjp(g, *inputs)))
    return Row(
        item=NAME,
        measure=f"extra memory of check_at / inputs and outputs, layer_norm {size}×{size}",
        ratio=extra / held,
        target=at_most(4),
        detail=f"{extra / 2**20:.1f} MiB / {held / 2**20:.1f} MiB",
    )


def _peak(work: Work) -> int:
    """The most memory that a call holds at once, in bytes."""
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
