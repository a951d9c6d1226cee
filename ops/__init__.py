"""The built-in catalogue: one file a family, one screen an op.

Loading this package registers every op of it, by the same way as a module of your own:
`gradcheck run --ops my_ops.py`.
"""

from . import (
    arithmetic,
    convolution,
    elementwise,
    indexing,
    linalg,
    losses,
    normalization,
    reductions,
    shaping,
)

__all__ = [
    "arithmetic",
    "convolution",
    "elementwise",
    "indexing",
    "linalg",
    "losses",
    "normalization",
    "reductions",
    "shaping",
]
