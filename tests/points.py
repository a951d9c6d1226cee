"""Points at which a gradient is judged, made from plain functions."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from gradcheck.ndarrays.flat import flat
from gradcheck.numeric.argument import Argument, Place
from gradcheck.numeric.forward import FlatForward
from gradcheck.numeric.paths import Path, SparsePath
from gradcheck.numeric.point import Point
from gradcheck.numeric.safeguards.nearby import Nearby
from gradcheck.numeric.safeguards.safeguard import Dispute

RTOL = 1e-8


def point_at(
    f: Any,
    *inputs: Any,
    gradient: Sequence[Any] = (),
    weights: Any = None,
    arguments: Sequence[Argument] = (),
    **fields: Any,
) -> Point:
    """A point of a function of arrays, with cotangents of 1 and the gradients given."""
    arrays = [np.array(x, dtype=np.result_type(np.asarray(x), np.float64)) for x in inputs]
    names = "xyz"[: len(arrays)]
    function = FlatForward(f, arrays, range(len(arrays)), {})
    base = function(function.base)
    assert base is not None
    known = [flat(np.array(g, dtype=x.dtype)) for g, x in zip(gradient, arrays, strict=False)]
    rest = [np.zeros(x.size) for x in function.base[len(known) :]]
    return Point(
        function=function,
        arguments=arguments
        or [Argument(n, x.shape, x.dtype.kind == "c") for n, x in zip(names, arrays, strict=True)],
        base=base,
        weights=np.ones(base.size) if weights is None else np.array(weights, dtype=float),
        gradient=known + rest,
        rtol=RTOL,
        seed=7,
        **fields,
    )


def entry(point: Point, index: int = 0, part: int = 0) -> Any:
    """The path of one entry, and its claim."""
    return point.entry(Place(part, index))


def together(point: Point, *indices: int) -> SparsePath:
    """The path that moves some entries of the first input as one."""
    step = point.scales[0][list(indices)].min()
    moves = [(0, np.array(indices), np.full(len(indices), step))]
    return SparsePath(point.function, point.inputs, moves)


def dispute_about(
    point: Point, reference: Any, path: Path | None = None, index: int = 0
) -> Dispute:
    """A claim about an entry, or about a path, beside a reference."""
    own, claim = entry(point)
    if path is not None:
        claim = point.claim(path, "a path", None)
    near = Nearby(point)
    return Dispute(near, path or own, claim, claim.beside(reference, point.rtol))
