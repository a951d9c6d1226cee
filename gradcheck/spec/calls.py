"""One concrete call of a forward, as a spec states it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Call:
    """One concrete call of a forward: `forward(*inputs, **params)`."""

    inputs: tuple[Any, ...]
    params: Values


def call(*inputs: Any, **params: Any) -> Call:
    """Arguments for one call of the forward, for `cases=` and `example=`."""
    return Call(inputs, MappingProxyType(dict(params)))
