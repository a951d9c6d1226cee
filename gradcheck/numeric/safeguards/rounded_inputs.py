"""A slope that moves when the inputs along its path are rounded."""

import numpy as np

from gradcheck.numeric.comparison import Comparison
from gradcheck.numeric.paths import SparsePath
from gradcheck.numeric.point import Point
from gradcheck.numeric.safeguards.safeguard import Dispute, safeguard
from gradcheck.numeric.steps import ULPS, eps_of

_STEP = 2.0**-10  # of a second difference; derived: near ε^¼ truncation equals rounding
_FEW = 256  # entries worth a look each; arbitrary: of more, rounding averages out


@safeguard("rounded inputs", source="derived: ε |x f″| is the first-order error of any gradient")
def rounded_inputs(dispute: Dispute) -> Comparison:
    """Widen the bar of a smooth slope by ε times second derivatives."""
    if dispute.reference.kink or not isinstance(dispute.path, SparsePath):
        return dispute.comparison
    bar = dispute.reference.bar + bent(dispute.point, dispute.path)
    return dispute.with_reference(bar=bar)


def bent(point: Point, path: SparsePath) -> float:
    """How far the slope may be off because each input is rounded."""
    if sum(indices.size for _, indices, _ in path.moves) > _FEW:
        return 0.0
    total = 0.0
    for part, indices, values in path.moves:
        for index, value in zip(indices, values, strict=True):
            move = part, np.array([index]), np.array([value])
            alone = SparsePath(point.function, path.point, [move])
            ahead, behind = alone.at(_STEP), alone.at(-_STEP)
            if ahead is not None and behind is not None:
                second = np.abs(ahead - 2 * point.base + behind) @ np.abs(point.weights)
                total += float(second) / _STEP**2
    return ULPS * eps_of(np.float64) * total if np.isfinite(total) else 0.0
