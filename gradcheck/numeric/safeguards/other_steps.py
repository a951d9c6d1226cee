"""Steps in tune with the forward: powers of two on a lattice."""

from dataclasses import replace

from gradcheck.numeric import ladder
from gradcheck.numeric.comparison import Comparison, Obstacle, Reference
from gradcheck.numeric.paths import Path, SparsePath
from gradcheck.numeric.safeguards.safeguard import Dispute, safeguard

# Of the path's own steps; derived: near the inverse of the plastic number, so that lattices of
# powers of two are missed, and of ten bits, so that steps stay exact.
_SHARE = 773 / 1024


@safeguard(
    "other steps",
    Obstacle.OSCILLATES,
    source="measured: smooth steps of width 1 at 280, tests/numeric/kinds/test_lattices.py",
)
def other_steps(dispute: Dispute) -> Comparison:
    """Ask a ladder of incommensurate steps before anything fails."""
    point, reference = dispute.point, dispute.reference
    path = _shorter(dispute.path)
    other = _longer(ladder.climb(path, point.base, point.weights).floored(path.reach))
    if other.problem:
        return dispute.beside(other)
    if _overlap(reference, other):
        return dispute.comparison
    compared = dispute.beside(other)
    return compared if compared.agrees else dispute.unusable(Obstacle.OSCILLATES)


def _shorter(path: Path) -> Path:
    if isinstance(path, SparsePath):
        return replace(path, moves=[(k, i, _SHARE * u) for k, i, u in path.moves])
    return replace(path, direction=[_SHARE * u for u in path.direction])


def _longer(reference: Reference) -> Reference:
    """The slope per unit of the path itself."""
    return replace(
        reference,
        low=reference.low / _SHARE,
        high=reference.high / _SHARE,
        bar=reference.bar / _SHARE,
        hidden=reference.hidden / _SHARE,
    )


def _overlap(one: Reference, other: Reference) -> bool:
    apart = max(one.low - other.high, other.low - one.high)
    return apart <= 2 * (one.bar + other.bar)
