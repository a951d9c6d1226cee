"""Every entry of a gradient judged, against `torch.autograd.gradcheck`.

At 64×64 (8192 inputs) against torch's slow mode, the one that judges every entry; at 4×4,
all 32 entries, against its fast mode, which judges one random projection. torch
differentiates its own `torch.matmul`; both sides are called as a user would call them.

At 4×4 the time is that of eight different pairs of matrices, divided by eight: an entry
whose derivative is small beside the others takes gradcheck a second difference.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import gradcheck as gc
from benchmarks.peers import SKIPPED, leaves, torch_accepts, torch_available
from benchmarks.products import MATMUL, matmul, matmul_vjp, random_arrays
from benchmarks.rows import Row, at_least, at_most
from benchmarks.timing import Effort, race, readable

NAME = "entries"


def rows(*, smoke: bool) -> Iterator[Row]:
    """Measure matmul at 64×64 (16×16 in a smoke run) and at 4×4."""
    size = 16 if smoke else 64
    yield _against_slow(size, Effort(seconds=0, repeats=1 if smoke else 3))
    yield _against_fast(4, Effort(seconds=0.3 if smoke else 4, repeats=5))


def _against_slow(size: int, effort: Effort) -> Row:
    """How many times faster than torch's slow mode."""
    row = Row(
        item=NAME,
        measure=f"torch slow mode / every entry of matmul {size}×{size}",
        target=at_least(12),
    )
    ours, theirs = _times(size, 1, effort, fast=False)
    if theirs is None:
        return _skipped(row, ours)
    detail = f"{readable(theirs)} / {readable(ours)}"
    return replace(row, ratio=theirs / ours, detail=detail)


def _against_fast(size: int, effort: Effort) -> Row:
    """How many times slower than torch's fast mode."""
    row = Row(
        item=NAME,
        measure=f"every entry of matmul {size}×{size} / torch fast mode",
        target=at_most(1),
    )
    ours, theirs = _times(size, 8, effort, fast=True)
    if theirs is None:
        return _skipped(row, ours)
    detail = f"{readable(ours)} / {readable(theirs)}"
    return replace(row, ratio=ours / theirs, detail=detail)


def _skipped(row: Row, ours: float) -> Row:
    return replace(row, detail=f"gradcheck alone: {readable(ours)}", skipped=SKIPPED)


def _times(size: int, pairs: int, effort: Effort, *, fast: bool) -> tuple[float, float | None]:
    """Time of a check by gradcheck and by torch, the mean over pairs of matrices."""
    points = [random_arrays((size, size), (size, size), seed=seed) for seed in range(pairs)]

    def check() -> list[gc.Result]:
        return [
            gc.check_at(matmul, matmul_vjp, *point, signature=MATMUL, probes="all")
            for point in points
        ]

    for result in check():
        assert result, str(result)
        assert result.probes >= 2 * size * size
    if not torch_available():
        (ours,) = race(check, effort=effort)
        return ours / pairs, None
    import torch

    tensors = [leaves(point) for point in points]

    def peer() -> None:
        for point in tensors:
            assert torch_accepts(torch.matmul, point, fast=fast)

    ours, theirs = race(check, peer, effort=effort)
    return ours / pairs, theirs / pairs
