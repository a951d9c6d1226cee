"""Ops for tests of runs, right and wrong ones, and what is equal of their results."""

import numpy as np

import gradcheck as gc


def make(name, forward, vjp, signature="(...)->(...)", **options):
    return gc.op(signature, name=name, **options)(forward).vjp(vjp)


def right(name="right", **options):
    return make(name, np.sin, lambda g, x: g * np.cos(x), **options)


def wrong(name="wrong", **options):
    return make(name, np.sin, lambda g, x: -g * np.cos(x), **options)


def plain(result):
    """What must be equal for equal seeds."""
    return {k: v for k, v in result.to_dict().items() if k != "seconds"}


def over(domain):
    spec = gc.op("(n)->(n)", name="empty_domain", domains={"x": domain})(lambda x: 2 * x)
    return spec.vjp(lambda g: 2 * g)


def slow(clock, seconds, factor=1):
    """An op each of whose calls takes some seconds."""

    def forward(x):
        clock(seconds)
        return np.sin(x)

    return make("slow", forward, lambda g, x: factor * g * np.cos(x))
