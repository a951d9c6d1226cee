"""Numbers that a domain holds, as far as it can be asked."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from gradcheck.cases.conditions.possible import Scope
from gradcheck.ndarrays.types import Array
from gradcheck.spec.domains import Domain

# Numbers of which at least one lies in any domain that is not an odd one.
ORDINARY = (1.0, 2.0, 0.5, 0.25, -0.5, -1.0, -2.0, 0.1, 0.75, 3.0, 10.0, 100.0, -10.0)
_SHOWN = 8  # arbitrary: entries of an array by which it is seen what its domain is about


class Held:
    """Asks a domain whether it holds some numbers."""

    def __init__(self, domain: Domain) -> None:
        self._domain = domain
        inside = [n for n in ORDINARY if self((n,))] or [1.0]
        self.ordinary = (inside[0], inside[-1])

    def __call__(self, numbers: tuple[float, ...]) -> bool:
        assert self._domain.contains is not None
        x = np.array(numbers)
        if self._domain.project is not None:
            x = np.full((2, 2), x[0])  # a matrix domain: it is symmetric, and has these numbers
        with np.errstate(all="ignore"):
            return bool(self._domain.contains(x)) and self._leaves_alone(x[~np.isfinite(x)])

    def _leaves_alone(self, infinite: Array) -> bool:
        """Whether infinities stay where they are, as the domain says."""
        room = self._domain.room
        return not infinite.size or (room is not None and not np.any(room(infinite)))

    def near_an_edge(self, distance: float) -> bool:
        """Whether the domain ends at a number, and holds one beside it."""
        room = self._domain.room
        inside = self.ordinary[0]
        if room is None or not self((inside,)):
            return False
        left = float(room(np.array([inside]))[0])
        near = (inside - left + distance / 2, inside + left - distance / 2)
        return bool(np.isfinite(left)) and any(self((n,)) for n in near)


_held = lru_cache(maxsize=256)(Held)  # arbitrary: more domains than an op has


def held_by(scope: Scope, name: str) -> list[Held]:
    """The domains of an argument that can be asked."""
    return [_held(d) for d in scope.domains.get(name, ()) if d.contains is not None]


def is_entrywise(domain: Domain, x: Array) -> bool:
    """Whether a domain is about entries, so that single ones tell."""
    related = domain.project is not None or domain.retract is not None
    return not related and all(contains(domain, n.reshape(1)) for n in x.ravel()[:_SHOWN])


def contains(domain: Domain, values: Array) -> bool:
    """Whether values lie in a domain; False where it cannot be asked."""
    try:
        return domain.contains is not None and domain.contains(values)
    except (ValueError, IndexError):  # a domain of matrices, for example
        return False
