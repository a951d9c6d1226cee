"""Safeguards: explanations that are tried before a gradient is called wrong.

A reference is sharp about the numbers that the forward returns. Whether those say anything
about the gradient is another question: a step may be lost beside larger inputs, a slope may
be below what rounding leaves of it, the forward may jitter.
"""
