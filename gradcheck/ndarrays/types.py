"""Names of the types that arrays have in annotations."""

from __future__ import annotations

from typing import Any

from numpy.typing import NDArray

Array = NDArray[Any]
Vector = NDArray[Any]
Parts = list[Vector]
