"""The vjp works wherever the forward works.

An exception of the vjp is a failure with its own verdict, ERROR. So is one of the forward,
except on arrays of size zero, which it may refuse: then there is no gradient to ask for. A vjp
that works in place on a read-only cotangent (a broadcast one) is told to copy. Found in the
wild: a sum whose backward pass built a shape from `x.shape[axis + 1:]` and failed for every
negative axis (tensorflow/tensorflow#10835).
"""

from __future__ import annotations

from gradcheck.checks.properties.property import Property

PROPERTY = Property(name="raises", when="always", text=__doc__)
