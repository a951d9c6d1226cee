"""Something was really compared, and not all of it was zero.

A check that compares nothing passes everything: if `assume` rejects all that is drawn, if no
case has an entry, or if every derivative is zero because the forward rounds or counts. Such an
op is VACUOUS, which fails under --strict. Found in the wild: gradients that were silently
missing or zero, so that a comparison of zeros with zeros passed (huggingface/candle#3568,
pytorch/pytorch#7710).
"""

from __future__ import annotations

from gradcheck.checks.properties.property import Property

PROPERTY = Property(name="vacuity", when="per run", text=__doc__)
