"""Every entry of a gradient judged, against `torch.autograd.gradcheck`.

At 64×64 (8192 inputs) against torch's slow mode, the one that judges every entry; at 4×4,
all 32 entries, against its fast mode, which judges one random projection. torch
differentiates its own `torch.matmul`; both sides are called as a user would call them.
"""

from __future__ import annotations

from collections.abc import Iterator

import gradcheck as gc
from benchmarks.peers import SKIPPED, leaves, torch_accepts, torch_available
from benchmarks.products import MATMUL, matmul, matmul_vjp, random_arrays
from benchmarks.rows import Row, Target, at_least, at_most
from benchmarks.timing import Effort, race, readable

NAME = "entries"


def rows(*, smoke: bool) -> Iterator[Row]:
    """Measure matmul at 64×64 (16×16 in a smoke run) and at 4×4."""
    size = 16 if smoke else 64
    yield _against_slow(size, Effort(seconds=0, repeats=1 if smoke else 3))
    yield _against_fast(4, Effort(seconds=0.3 if smoke else 4, repeats=5))


def _against_slow(size: int, effort: Effort) -> Row:
    """How many times faster than torch's slow mode."""
    measure = f"torch slow mode / every entry of matmul {size}×{size}"
    # The target belongs to 64×64; smaller matrices are there to see that it runs.
    return _compared(size, measure, at_least(12), effort, fast=False)


def _against_fast(size: int, effort: Effort) -> Row:
    """How many times slower than torch's fast mode."""
    measure = f"every entry of matmul {size}×{size} / torch fast mode"
    return _compared(size, measure, at_most(1), effort, fast=True)


def _compared(size: int, measure: str, target: Target, effort: Effort, *, fast: bool) -> Row:
    inputs = random_arrays((size, size), (size, size))

    def check() -> gc.Result:
        return gc.check_at(matmul, matmul_vjp, *inputs, signature=MATMUL, probes="all")

    result = check()
    assert result, str(result)
    assert result.probes >= 2 * size * size
    if not torch_available():
        (checked,) = race(check, effort=effort)
        detail = f"gradcheck alone: {readable(checked)}"
        return Row(item=NAME, measure=measure, target=target, detail=detail, skipped=SKIPPED)
    import torch

    tensors = leaves(inputs)

    def peer() -> bool:
        return torch_accepts(torch.matmul, tensors, fast=fast)

    checked, peered = race(check, peer, effort=effort)
    ours, theirs = readable(checked), readable(peered)
    return Row(
        item=NAME,
        measure=measure,
        ratio=checked / peered if fast else peered / checked,
        target=target,
        detail=f"{ours} / {theirs}" if fast else f"{theirs} / {ours}",
    )
