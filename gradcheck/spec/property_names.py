"""Names of the properties, which a spec may skip or ask for."""

from __future__ import annotations

# In the order in which they are checked and listed.
NAMES = (
    "purity",
    "contract",
    "aliasing",
    "raises",
    "precision",
    "vacuity",
    "infinities",
    "determinism",
    "state",
    "zero",
    "linearity",
    "layouts",
    "empty",
    "batch",
    "twice",
    "adjoint",
    "reference",
    "tails",
    "hessian",
)
ON_REQUEST = ("tails", "hessian")
# Without these nothing could be compared.
ESSENTIAL = ("contract", "raises")
SKIPPABLE = tuple(name for name in NAMES if name not in ESSENTIAL)
