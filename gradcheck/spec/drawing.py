"""The drawing under way, from which `gc.arrays` takes its dtype."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from hypothesis import strategies as st

from gradcheck.errors import SpecError
from gradcheck.ndarrays.types import Array
from gradcheck.spec.domains import Domain, real

Strategy = st.SearchStrategy[Array]


def arrays(shape: int | Sequence[int], domain: Domain | None = None) -> Strategy:
    """A strategy of arrays, for use in `domains=`, `params=` and `cases=`.

    It draws with the buckets and the shrinking of everything else and with the dtype of
    the case that is being drawn. `domain` is `real()` unless given.
    """
    if domain is not None and not isinstance(domain, Domain):
        raise SpecError(f"arrays(shape, domain) takes a domain such as real(); got {domain!r}.")
    sizes = tuple(map(int, (shape,) if isinstance(shape, int | np.integer) else shape))
    chosen = real() if domain is None else domain

    @st.composite
    def of_the_case(draw: Callable[[Strategy], Array]) -> Array:
        current = drawing()
        array = draw(chosen.strategy(sizes, current.dtype))
        current.domains[id(array)] = (chosen, array)
        return array

    return of_the_case()


@dataclass(frozen=True, slots=True)
class Drawing:
    """One case's drawing: its dtype, and the domains of its arrays.

    The arrays are kept beside their domains so that no id is used twice.
    """

    dtype: np.dtype[Any]
    domains: dict[int, tuple[Domain, Array]] = field(default_factory=dict)

    def domain_of(self, array: Any) -> Domain | None:
        known = self.domains.get(id(array))
        return known[0] if known else None


_drawing: ContextVar[Drawing] = ContextVar("drawing")


def drawing() -> Drawing:
    """Return the drawing under way; outside of one, that of float64."""
    return _drawing.get(None) or Drawing(np.dtype(np.float64))


@contextmanager
def drawing_as(dtype: np.dtype[Any]) -> Iterator[Drawing]:
    """Make `arrays()` draw with this dtype while the context lasts."""
    current = Drawing(dtype)
    token = _drawing.set(current)
    try:
        yield current
    finally:
        _drawing.reset(token)
