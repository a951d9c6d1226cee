"""A gradient in a short dtype agrees with the one in float64.

That is float32, float16 or bfloat16. Both are computed at the same rounded inputs. The low one
may be off by what its conditioning explains: how far the float64 gradient moves when inputs and
cotangents move by a unit in the last place of the low precision, times a factor for the
roundings in between. A right formula that accumulates in half precision, or counts in it, does
not. Found in the wild: the backward pass of max counted ties in float16 and divided by infinity
(tinygrad/tinygrad#15363).
"""

from __future__ import annotations

from gradcheck.checks.properties.property import Property

PROPERTY = Property(name="precision", when="always", text=__doc__)
